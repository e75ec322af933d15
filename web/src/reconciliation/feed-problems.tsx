import { useInfiniteQuery } from '@tanstack/react-query'
import { useId } from 'react'
import { api } from '../api/client.ts'
import { Button } from '../controls/button.tsx'
import { Failure } from '../controls/failure.tsx'
import { Waiting } from '../controls/waiting.tsx'
import { Table } from '../controls/table.tsx'
import { WideTable } from '../controls/wide-table.tsx'
import { formatInstant } from '../format/instant.ts'
import { useLanguage, type Word } from '../language/use-words.ts'

/** Unreadable records of a feed: file and line, error, and what to do. */
export function FeedProblems({ feed, period }: { feed: string; period: { from: string; to: string } }) {
  const { t, language } = useLanguage()
  const title = useId()
  const found = useInfiniteQuery({
    queryKey: ['reconciliation-problems', feed, period],
    initialPageParam: '',
    queryFn: async ({ pageParam, signal }) => {
      const query = { ...period, feed, ...(pageParam !== '' && { cursor: pageParam }) }
      const { data, error } = await api.GET('/api/reconciliation/problems', { params: { query }, signal })
      if (!data) throw error
      return data
    },
    getNextPageParam: (page) => page.next,
    staleTime: 0,
  })
  const problems = found.data?.pages.flatMap((page) => page.items) ?? []
  return (
    <div className="stack-small">
      <h4 id={title}>{t('reconciliation.problems')}</h4>
      <p className="plan-explained">{t('reconciliation.problems.what', { feed })}</p>
      {found.isPending && <Waiting lines={4} />}
      {found.isError && <Failure error={found.error} onAgain={() => void found.refetch()} />}
      {problems.length > 0 && (
        <WideTable aria-labelledby={title}>
          <Table
            rows={problems}
            keyOf={({ id }) => id}
            columns={[
              {
                head: t('reconciliation.problem.where'),
                cell: ({ file, line }) => (
                  <>
                    {file}
                    <span className="second">{t('reconciliation.problem.line', { line })}</span>
                  </>
                ),
                className: 'breaking',
              },
              {
                head: t('reconciliation.problem.what'),
                cell: ({ reason }) => t(`reconciliation.problem.${reason}` as Word),
              },
              {
                head: t('reconciliation.problem.do'),
                cell: ({ reason }) => t(`reconciliation.problem.${reason}.do` as Word),
              },
              {
                head: t('reconciliation.problem.at'),
                cell: ({ at }) => formatInstant(at, language),
                className: 'nowrap',
              },
            ]}
          />
        </WideTable>
      )}
      {found.hasNextPage && (
        <div className="more">
          <Button kind="secondary" isBusy={found.isFetchingNextPage} onPress={() => void found.fetchNextPage()}>
            {t(found.isFetchingNextPage ? 'shell.loading' : 'contacts.results.more')}
          </Button>
        </div>
      )}
    </div>
  )
}
