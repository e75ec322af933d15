import { useInfiniteQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { useId, useState } from 'react'
import { $api, api, queries } from '../api/client.ts'
import { Button } from '../controls/button.tsx'
import { Failure } from '../controls/failure.tsx'
import { Field } from '../controls/field.tsx'
import { Notice } from '../controls/notice.tsx'
import { Waiting } from '../controls/waiting.tsx'
import { finishRequest } from '../controls/finish-request.ts'
import { formatDate, formatInstant } from '../format/instant.ts'
import { formatCount } from '../format/number.ts'
import { useLanguage } from '../language/use-words.ts'
import { announce } from '../shell/announce.tsx'
import { Page } from '../shell/page.tsx'
import { ViewsTable } from './views-table.tsx'
import { formatMonth } from './months.ts'
import { ReviewBadge } from './reviews-page.tsx'
import type { ReviewMonth } from './watch-shapes.ts'

/** One month of accesses by maintenance and the security unit, and its sign-off (AC24). */
export function ReviewPage() {
  const { t, language } = useLanguage()
  const { month } = useParams({ from: '/reviews/$month' })
  const months = $api.useQuery('get', '/api/reviews', undefined, { staleTime: 0 })
  const found = useInfiniteQuery({
    queryKey: ['reviews', month],
    initialPageParam: 0,
    queryFn: async ({ pageParam, signal }) => {
      const params = { path: { month }, query: { after: pageParam } }
      const { data, error } = await api.GET('/api/reviews/{month}', { params, signal })
      if (!data) throw error
      return data
    },
    getNextPageParam: (page) => page.next,
    // Each read is logged.
    staleTime: Infinity,
  })
  const views = found.data?.pages.flatMap((page) => page.items) ?? []
  const reviewMonth = months.data?.items.find((one) => one.month === month)
  const isMonth = /^20\d\d-(0[1-9]|1[0-2])$/.test(month)
  const title = isMonth ? t('watch.review.title', { month: formatMonth(month, language) }) : t('shell.nav.reviews')

  return (
    <Page title={title} crumbs={[{ label: t('shell.nav.reviews'), to: '/reviews' }]} lead={t('watch.review.lead')}>
      {found.isPending && <Waiting lines={8} />}
      {found.isError && <Failure error={found.error} onAgain={() => void found.refetch()} />}
      {reviewMonth && (
        <p>
          <ReviewBadge month={reviewMonth} />
        </p>
      )}
      {found.isSuccess && views.length === 0 && <Notice kind="info">{t('watch.review.none')}</Notice>}
      {views.length > 0 && (
        <div className="results-section">
          <div className="results-head">
            <h2 id="review-looks">{t('watch.review.looks')}</h2>
            <p className="results-count">
              {t('watch.review.shown', {
                shown: formatCount(views.length, language),
                total: formatCount(reviewMonth?.looks ?? views.length, language),
              })}
            </p>
          </div>
          <ViewsTable views={views} />
          {found.hasNextPage && (
            <div className="more">
              <Button kind="secondary" isBusy={found.isFetchingNextPage} onPress={() => void found.fetchNextPage()}>
                {t(found.isFetchingNextPage ? 'shell.loading' : 'contacts.results.more')}
              </Button>
            </div>
          )}
        </div>
      )}
      {reviewMonth && <SignOff month={reviewMonth} isWhole={found.isSuccess && !found.hasNextPage} />}
    </Page>
  )
}

/** Sign-off: reviewer and findings, or its form. */
function SignOff({ month, isWhole }: { month: ReviewMonth; isWhole: boolean }) {
  const { t, language } = useLanguage()
  const [note, setNote] = useState('')
  const [isMissing, setMissing] = useState(false)
  const review = $api.useMutation('post', '/api/reviews/{month}')
  const field = useId()
  const title = useId()

  const sign = async () => {
    if (note.trim() === '') {
      setMissing(true)
      document.getElementById(field)?.focus()
      return
    }
    const params = { path: { month: month.month } }
    await finishRequest(review.mutateAsync({ params, body: { note } }), async () => {
      announce(t('watch.review.signed'))
      await queries.invalidateQueries({ queryKey: ['get', '/api/reviews'] })
    })
  }

  return (
    <section className="panel stack-small" aria-labelledby={title}>
      <h2 id={title}>{t('watch.review.sign')}</h2>
      {month.review && (
        <>
          <p>{t('watch.review.by', { name: month.review.by, time: formatInstant(month.review.at, language) })}</p>
          <p className="note">{month.review.note}</p>
        </>
      )}
      {month.state === 'going-on' && <p>{t('watch.review.going-on', { day: formatDate(month.dueAt, language) })}</p>}
      {(month.state === 'to-review' || month.state === 'overdue') && (
        <>
          <p>{t('watch.review.sign.text', { day: formatDate(month.dueAt, language) })}</p>
          {!isWhole && <Notice kind="info">{t('watch.review.more')}</Notice>}
          <Field
            id={field}
            label={t('watch.review.note')}
            hint={t('watch.review.note.hint')}
            error={isMissing && note.trim() === '' ? t('watch.review.note.missing') : undefined}
            rows={3}
            value={note}
            onChange={setNote}
            maxLength={2000}
          />
          {review.error && <Failure error={review.error} />}
          <div className="actions">
            <Button kind="primary" isBusy={review.isPending} isDisabled={!isWhole} onPress={() => void sign()}>
              {t('watch.review.sign.do')}
            </Button>
          </div>
        </>
      )}
    </section>
  )
}
