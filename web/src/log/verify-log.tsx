import { ShieldCheck } from 'lucide-react'
import { useEffect, useEffectEvent, useId, useState } from 'react'
import { $api, api } from '../api/client.ts'
import { Button } from '../controls/button.tsx'
import { Failure } from '../controls/failure.tsx'
import { Notice, type NoticeKind } from '../controls/notice.tsx'
import { formatInstant } from '../format/instant.ts'
import { formatCount } from '../format/number.ts'
import { useLanguage, type Word } from '../language/use-words.ts'
import { announce } from '../shell/announce.tsx'
import type { Problem, Verification } from './log-shapes.ts'

const pollMs = 700

/** Full verification of the log: start, progress, cancel, and the first entry at which the log is broken. */
export function VerifyLog({ onOpen }: { onOpen: (seq: number) => void }) {
  const { t } = useLanguage()
  const { data, error, refetch } = $api.useQuery('get', '/api/log/verifications', undefined, {
    refetchInterval: ({ state }) => (state.data?.items.some(isOngoing) ? pollMs : false),
  })
  const [failed, setFailed] = useState<unknown>()
  const [newest] = data?.items ?? []
  const running = data?.items.find(isOngoing)
  const newestEnded = data?.items.find(({ state }) => !['WAITING', 'RUNNING', 'CANCELLED'].includes(state))
  const wasCancelled = newest?.state === 'CANCELLED'

  const announceEnd = useEffectEvent(() => newest && announce(t(`log.verify.${newest.state}` as Word)))
  const [wasRunning, setWasRunning] = useState(false)
  if (running && !wasRunning) setWasRunning(true)
  useEffect(() => {
    if (wasRunning && !running) announceEnd()
  }, [wasRunning, running])

  const act = async (request: () => Promise<{ error?: unknown }>) => {
    setFailed(undefined)
    const { error } = await request().catch((error: unknown) => ({ error }))
    if (error) setFailed(error)
    await refetch()
  }
  const begin = () =>
    act(async () => {
      const answer = await api.POST('/api/log/verifications')
      if (answer.data) announce(t('log.verify.started'))
      return answer
    })
  const cancel = (id: string) => act(() => api.DELETE('/api/log/verifications/{id}', { params: { path: { id } } }))

  return (
    <div className="stack-small">
      {error && <Failure error={error} />}
      {running ? (
        <Running verification={running} onCancel={() => void cancel(running.id)} />
      ) : (
        <>
          {wasCancelled && <Notice kind="info">{t('log.verify.CANCELLED')}</Notice>}
          {newestEnded && <Outcome verification={newestEnded} onOpen={onOpen} />}
          {data && !newestEnded && !wasCancelled && <p>{t('log.verify.never')}</p>}
        </>
      )}
      {failed !== undefined && <Failure error={failed} />}
      {!running && (
        <div className="actions">
          <Button kind="primary" onPress={() => void begin()}>
            <ShieldCheck aria-hidden="true" size={18} />
            {t('log.verify')}
          </Button>
          <p className="hint log-hint">{t('log.verify.what')}</p>
        </div>
      )}
    </div>
  )
}

function isOngoing({ state }: Verification): boolean {
  return state === 'WAITING' || state === 'RUNNING'
}

function Running({ verification, onCancel }: { verification: Verification; onCancel: () => void }) {
  const { t, language } = useLanguage()
  const label = useId()
  const { state, step, checked, entries } = verification
  return (
    <div className="stack-small">
      <p id={label} className="log-strong">
        {state === 'WAITING' || !step ? t('log.verify.waiting') : t(`log.verify.step.${step}` as Word)}
      </p>
      <progress className="log-progress" aria-labelledby={label} {...(entries && { value: checked, max: entries })} />
      {entries !== undefined && state === 'RUNNING' && (
        <p className="muted">
          {t('log.verify.checked', {
            checked: formatCount(checked, language),
            entries: formatCount(entries, language),
          })}
        </p>
      )}
      <div className="actions">
        <Button kind="secondary" onPress={onCancel}>
          {t('log.verify.cancel')}
        </Button>
      </div>
    </div>
  )
}

const kinds: Readonly<Record<string, NoticeKind>> = { WHOLE: 'success', BROKEN: 'error', FAILED: 'warning' }

function Outcome({ verification, onOpen }: { verification: Verification; onOpen: (seq: number) => void }) {
  const { t, language } = useLanguage()
  const { state, report, endedAt, askedBy } = verification
  const count = (number: number) => formatCount(number, language)
  return (
    <Notice kind={kinds[state] ?? 'info'} title={t(`log.verify.${state}` as Word)}>
      {state === 'FAILED' && <p>{t('log.verify.failed')}</p>}
      {report && state === 'WHOLE' && (
        <p>
          {t('log.verify.counts', {
            entries: count(report.entries),
            checkpoints: count(report.checkpoints),
            witnesses: count(report.witnesses),
            recordings: count(report.recordings),
            destructions: count(report.destructions),
          })}
        </p>
      )}
      {report && state === 'BROKEN' && (
        <>
          <p>{t('log.verify.found', { count: report.found, total: count(report.found) })}</p>
          <FirstBroken problems={report.problems} onOpen={onOpen} />
        </>
      )}
      {report && report.pruned > 0 && <p>{t('log.verify.pruned', { count: count(report.pruned) })}</p>}
      {report && report.accepted > 0 && <p>{t('log.verify.accepted', { count: count(report.accepted) })}</p>}
      {endedAt && (
        <p className="muted">
          {t('log.verify.when', { time: formatInstant(endedAt, language) })}{' '}
          {askedBy ? t('log.verify.by', { name: askedBy.name ?? t('log.unknown') }) : t('log.verify.itself')}
        </p>
      )}
    </Notice>
  )
}

/** First break, and all findings. */
function FirstBroken({ problems, onOpen }: { problems: Problem[]; onOpen: (seq: number) => void }) {
  const { t } = useLanguage()
  const [first] = problems
  if (!first) return null
  return (
    <>
      <p className="log-strong">{t('log.verify.first')}</p>
      <ProblemText problem={first} onOpen={onOpen} />
      {problems.length > 1 && (
        <details className="log-steps">
          <summary>{t('log.verify.more')}</summary>
          <ul className="plain-list">
            {problems.map((problem, index) => (
              <li key={index}>
                <ProblemText problem={problem} onOpen={onOpen} />
              </li>
            ))}
          </ul>
        </details>
      )}
    </>
  )
}

/** Problems whose entry cannot be opened. */
const withoutEntry = new Set(['entry-missing', 'entry-lost', 'pending-missing'])

function ProblemText({ problem, onOpen }: { problem: Problem; onOpen: (seq: number) => void }) {
  const { t, language } = useLanguage()
  const { code, leaf, seq, message } = problem
  return (
    <>
      <p>
        {leaf !== undefined && `${t('log.verify.place', { leaf: formatCount(leaf, language) })}: `}
        {t(`log.problem.${code}` as Word)}
        <span className="second" lang="en">
          {message}
        </span>
      </p>
      {seq !== undefined && !withoutEntry.has(code) && (
        <Button kind="link" onPress={() => onOpen(seq)}>
          {t('log.verify.open', { seq: formatCount(seq, language) })}
        </Button>
      )}
    </>
  )
}
