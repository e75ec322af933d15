import type { UseInfiniteQueryResult } from '@tanstack/react-query'
import { ArrowDown } from 'lucide-react'
import { useEffect, useEffectEvent, useId, useRef, type ReactNode } from 'react'
import { useLanguage } from '../language/use-words.ts'
import { announce } from '../shell/announce.tsx'
import { Button } from './button.tsx'
import { Failure } from './failure.tsx'
import { Notice } from './notice.tsx'
import { Waiting } from './waiting.tsx'

/** Search results in pages. Announces the count; "show more" moves the focus to the first new row. */
export function FoundList({
  title,
  found,
  shown,
  summary,
  none,
  hint,
  end,
  tools,
  children,
}: {
  title: string
  found: Pick<
    UseInfiniteQueryResult,
    | 'isPending'
    | 'isError'
    | 'isSuccess'
    | 'isFetching'
    | 'isFetchingNextPage'
    | 'hasNextPage'
    | 'error'
    | 'refetch'
    | 'fetchNextPage'
  >
  /** Number of rows shown; each has one `row-link`, in list order. */
  shown: number
  summary: string
  none: string
  hint: string
  /** Text at the end of the list. */
  end?: string
  /** Controls of the list, shown beside the count. */
  tools?: ReactNode
  children: ReactNode
}) {
  const { t } = useLanguage()
  const id = useId()
  const list = useRef<HTMLDivElement>(null)
  const focusFrom = useRef<number>(undefined)

  const announceNow = useEffectEvent(() => announce(shown === 0 ? none : summary))
  useEffect(() => {
    if (found.isSuccess && !found.isFetching) announceNow()
  }, [found.isSuccess, found.isFetching, shown])

  useEffect(() => {
    // After "show more" the focus moves to the first new row.
    if (focusFrom.current == null || found.isFetchingNextPage || shown <= focusFrom.current) return
    list.current?.querySelectorAll<HTMLElement>('a.row-link')[focusFrom.current]?.focus()
    focusFrom.current = undefined
  }, [found.isFetchingNextPage, shown])

  return (
    <section aria-labelledby={id} className="results-section" aria-busy={found.isFetching}>
      <div className="results-head">
        <h2 id={id}>{title}</h2>
        {shown > 0 && tools}
        {shown > 0 && <p className="results-count">{summary}</p>}
      </div>
      {found.isPending && <Waiting lines={8} />}
      {found.isError && <Failure error={found.error} onAgain={() => void found.refetch()} />}
      {found.isSuccess && shown === 0 && (
        <Notice kind="info" title={none}>
          {hint}
        </Notice>
      )}
      {shown > 0 && (
        <div ref={list} className={found.isFetching && !found.isFetchingNextPage ? 'is-stale' : ''}>
          {children}
        </div>
      )}
      {found.hasNextPage && (
        <div className="more">
          <Button
            kind="secondary"
            isBusy={found.isFetchingNextPage}
            onPress={() => {
              focusFrom.current = shown
              void found.fetchNextPage()
            }}
          >
            <ArrowDown aria-hidden="true" size={18} />
            {t(found.isFetchingNextPage ? 'shell.loading' : 'contacts.results.more')}
          </Button>
        </div>
      )}
      {end !== undefined && found.isSuccess && shown > 0 && !found.hasNextPage && (
        <p className="muted results-end">{end}</p>
      )}
    </section>
  )
}
