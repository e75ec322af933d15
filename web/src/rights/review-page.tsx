import { useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useId, useState } from 'react'
import { $api } from '../api/client.ts'
import { Button } from '../controls/button.tsx'
import { Field } from '../controls/field.tsx'
import { focusHeading } from '../controls/focus-heading.ts'
import { Loaded } from '../controls/loaded.tsx'
import { Notice } from '../controls/notice.tsx'
import { formatDate, formatLastDay } from '../format/instant.ts'
import { useLanguage } from '../language/use-words.ts'
import { announce } from '../shell/announce.tsx'
import { Page } from '../shell/page.tsx'
import { Doubts, RightFacts } from './right-card.tsx'
import type { HeldRight } from './rights-shapes.ts'
import { refusalIn, roleText } from './rights-words.ts'
import { invalidateRights } from './use-decide.ts'

/** Rights not yet reviewed this quarter: each is confirmed or ended (L20). */
export function ReviewRightsPage() {
  const { t, language } = useLanguage()
  const query = $api.useQuery('get', '/api/rights/review', undefined, { staleTime: 0 })
  const { data } = query
  const items = data?.items ?? []
  const overdue = data?.overdue ?? 0
  return (
    <Page
      title={t('rights.review')}
      lead={t('rights.review.lead')}
      crumbs={[{ label: t('rights.title'), to: '/rights' }]}
    >
      <Loaded query={query} lines={8} />
      {data && (
        <section aria-labelledby="review-list" className="stack">
          <h2 id="review-list" tabIndex={-1}>
            {t('rights.review.left', { count: data.left })}
          </h2>
          <p>
            {t('rights.review.done', { count: data.reviewed })}{' '}
            {t('rights.review.by', { date: formatLastDay(data.quarterEnds, language) })}
          </p>
          {overdue > 0 && <Notice kind="warning">{t('rights.review.overdue', { count: overdue })}</Notice>}
          {items.map((right) => (
            <Review key={right.id} right={right} />
          ))}
        </section>
      )}
    </Page>
  )
}

function Review({ right }: { right: HeldRight }) {
  const { t, language } = useLanguage()
  const title = useId()
  return (
    <section className="panel stack-small" aria-labelledby={title}>
      <div className="right-head">
        <h3 id={title}>
          <Link to="/rights/people/$id" params={{ id: right.person.id }}>
            {right.person.name}
          </Link>
          : {roleText(right, t)}
        </h3>
        {right.review === 'overdue' && <span className="badge badge-restricted">{t('rights.review.isOverdue')}</span>}
      </div>
      <Doubts right={right} />
      <RightFacts right={right} />
      <p className="muted">{t('rights.review.confirmed', { date: formatDate(right.confirmedAt, language) })}</p>
      {right.mayReview && <Decide right={right} />}
    </section>
  )
}

function Decide({ right }: { right: HeldRight }) {
  const { t } = useLanguage()
  const client = useQueryClient()
  const field = useId()
  const [note, setNote] = useState('')
  const [missing, setMissing] = useState<'keep' | 'end'>()
  const review = $api.useMutation('post', '/api/rights/{id}/reviews')
  const submit = async (isKept: boolean) => {
    if (note.trim() === '' && (!isKept || right.doubts.length > 0)) {
      setMissing(isKept ? 'keep' : 'end')
      return document.getElementById(field)?.focus()
    }
    const body = { keep: isKept, ...(note.trim() && { note: note.trim() }) }
    const done = await review.mutateAsync({ params: { path: { id: right.id } }, body }).catch(() => undefined)
    if (!done) return undefined
    announce(t(isKept ? 'rights.review.keptNow' : 'rights.review.endedNow', { name: right.person.name }))
    await invalidateRights(client)
    return focusHeading('review-list')
  }
  const isMissing = missing !== undefined && note.trim() === ''
  return (
    <div className="stack-small">
      <Field
        id={field}
        label={t('rights.note')}
        hint={t(right.doubts.length > 0 ? 'rights.review.hint.doubt' : 'rights.review.hint')}
        error={
          isMissing ? t(missing === 'keep' ? 'rights.review.missing.keep' : 'rights.review.missing.end') : undefined
        }
        rows={2}
        value={note}
        onChange={setNote}
        maxLength={2000}
      />
      {review.error && (
        <Notice kind="error" isUrgent>
          {refusalIn(review.error, t).text}
        </Notice>
      )}
      <div className="actions">
        <Button kind="primary" isBusy={review.isPending} onPress={() => void submit(true)}>
          {t('rights.review.keep')}
          <span className="visually-hidden">: {right.person.name}</span>
        </Button>
        <Button kind="secondary" isBusy={review.isPending} onPress={() => void submit(false)}>
          {t('rights.review.end')}
          <span className="visually-hidden">: {right.person.name}</span>
        </Button>
      </div>
    </div>
  )
}
