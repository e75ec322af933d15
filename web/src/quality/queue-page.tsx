import { useNavigate, useSearch } from '@tanstack/react-router'
import { useId, type ReactNode } from 'react'
import { $api, queries } from '../api/client.ts'
import { Fact } from '../contact/facts.tsx'
import { Button } from '../controls/button.tsx'
import { Loaded } from '../controls/loaded.tsx'
import { Notice } from '../controls/notice.tsx'
import { writeDay } from '../disclosures/days.ts'
import { formatLength } from '../format/duration.ts'
import { formatDate, formatInstant } from '../format/instant.ts'
import { formatPhone } from '../format/phone.ts'
import { useLanguage } from '../language/use-words.ts'
import { useMe } from '../session/use-presence.ts'
import { Only } from '../shell/only.tsx'
import { Page } from '../shell/page.tsx'
import { BeginEvaluation, ListeningNote } from './begin-evaluation.tsx'
import { evaluates, plansQuality, readAside, type ListedEvaluation } from './quality-shapes.ts'
import { ScoreBadge } from './score-badge.tsx'
import { StartCalibration } from './start-calibration.tsx'

/** Laatu: the queue, one's own evaluations in progress, and released ones. */
export function QueuePage() {
  return (
    <Only who={evaluates}>
      <Queue />
    </Only>
  )
}

function Queue() {
  const isExpert = plansQuality(useMe())
  const { t } = useLanguage()
  const query = $api.useQuery('get', '/api/quality/evaluations', undefined, {
    staleTime: 0,
  })
  const { data } = query
  const { aside } = useSearch({ from: '/quality', select: readAside, structuralSharing: true })
  const items = data?.items ?? []
  const disputed = items.filter(({ disagreedAt, answeredAt }) => disagreedAt && !answeredAt)
  const parts = {
    mine: items.filter(({ state, isMine }) => state === 'DRAFT' && isMine),
    disputed,
    waiting: items.filter(({ state }) => state === 'WAITING'),
    given: items.filter((one) => (one.state === 'RELEASED' || one.state === 'ACKNOWLEDGED') && !disputed.includes(one)),
    taken: items.filter(({ state, isMine }) => state === 'DRAFT' && !isMine),
    ended: items.filter(({ state }) => state === 'ENDED'),
  }
  return (
    <Page title={t('quality.title')} lead={t('quality.lead')}>
      {aside && (
        <Notice kind="info" isUrgent>
          {t(`quality.aside.done.${aside}`)}
        </Notice>
      )}
      <Loaded query={query} lines={8} />
      {data && (
        <>
          {parts.mine.length > 0 && <Part name="mine" items={parts.mine} isExpert={isExpert} />}
          {parts.disputed.length > 0 && <Part name="disputed" items={parts.disputed} isExpert={isExpert} />}
          <Part name="waiting" items={parts.waiting} isExpert={isExpert} none={t('quality.queue.waiting.none')} />
          {parts.taken.length > 0 && <Part name="taken" items={parts.taken} isExpert={isExpert} />}
          {parts.given.length > 0 && <Part name="given" items={parts.given} isExpert={isExpert} />}
          {parts.ended.length > 0 && <Part name="ended" items={parts.ended} isExpert={isExpert} />}
        </>
      )}
    </Page>
  )
}

function Part({
  name,
  items,
  isExpert,
  none,
}: {
  name: 'mine' | 'disputed' | 'waiting' | 'taken' | 'given' | 'ended'
  items: readonly ListedEvaluation[]
  isExpert: boolean
  none?: ReactNode
}) {
  const { t } = useLanguage()
  const heading = useId()
  const note = useId()
  return (
    <section className="stack-small" aria-labelledby={heading}>
      <h2 id={heading}>
        {t(`quality.queue.${name}`)} <span className="muted">{items.length}</span>
      </h2>
      {items.length === 0 && <p className="muted">{none}</p>}
      {items.length > 0 && name === 'waiting' && <ListeningNote id={note} />}
      {items.length > 0 && (
        <ul className="cards quality-queue" aria-labelledby={heading}>
          {items.map((one) => (
            <Row key={one.id} evaluation={one} isExpert={isExpert} noteId={note} />
          ))}
        </ul>
      )}
    </section>
  )
}

function Row({
  evaluation: one,
  isExpert,
  noteId,
}: {
  evaluation: ListedEvaluation
  isExpert: boolean
  /** Id of the note about listening. */
  noteId: string
}) {
  const { t, language } = useLanguage()
  const navigate = useNavigate()
  const when = one.startedAt ? formatInstant(one.startedAt, language) : t('quality.noRecording')
  const label = t(one.isMine && one.state === 'DRAFT' ? 'quality.goOn' : 'quality.open')
  return (
    <li className="card">
      <p className="card-title disclosure-title">
        <strong>{when}</strong>
        {one.kind === 'CALIBRATION' && <span className="badge badge-capturing">{t('quality.calibration')}</span>}
        {one.disagreedAt && !one.answeredAt && <span className="badge badge-restricted">{t('quality.disagreed')}</span>}
        {one.acknowledgedAt && !one.disagreedAt && (
          <span className="badge badge-available">{t('quality.acknowledged')}</span>
        )}
        {one.state === 'RELEASED' && <span className="badge badge-none">{t('quality.notRead')}</span>}
        {one.endWhy && <span className="badge badge-destroyed">{t(`quality.ended.${one.endWhy}`)}</span>}
        {one.releasedAt && <ScoreBadge total={one.total ?? null} isFailed={one.isFailed === true} />}
      </p>
      <dl className="facts facts-small">
        <Fact label={t('contacts.field.number')}>
          <span className="number">{formatPhone(one.number)}</span>
        </Fact>
        {one.unitName && <Fact label={t('quality.unit')}>{one.unitName}</Fact>}
        {one.durationMs !== undefined && <Fact label={t('quality.length')}>{formatLength(one.durationMs)}</Fact>}
        <Fact label={t('quality.from')}>
          {one.planName ?? one.calibrationName ?? one.formName}
          {one.week && <span className="second">{t('quality.week', { day: writeDay(one.week, language) })}</span>}
        </Fact>
        {one.destroyAt && <Fact label={t('quality.destroyAt')}>{formatDate(one.destroyAt, language)}</Fact>}
      </dl>
      <div className="actions">
        {one.state === 'WAITING' ? (
          <BeginEvaluation
            evaluation={one}
            noteId={noteId}
            onRefused={() => queries.invalidateQueries({ queryKey: ['get', '/api/quality/evaluations'] })}
          />
        ) : (
          <Button
            aria-label={`${label}: ${when}, ${formatPhone(one.number)}`}
            onPress={() => void navigate({ to: '/quality/evaluations/$id', params: { id: one.id } })}
          >
            {label}
          </Button>
        )}
        {isExpert && one.state === 'WAITING' && one.recordingId && (
          <StartCalibration recordingIds={[one.recordingId]} when={when} />
        )}
      </div>
    </li>
  )
}
