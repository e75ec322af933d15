import { Link } from '@tanstack/react-router'
import { CircleDot, MicOff, Pause, Play, TriangleAlert, Wifi, WifiOff } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import type { LiveCall } from '../api/shapes.ts'
import { serverNowMs } from '../api/server-time.ts'
import { Button } from '../controls/button.tsx'
import { Notice } from '../controls/notice.tsx'
import { TableOrCards, type Column } from '../controls/table.tsx'
import { Waiting } from '../controls/waiting.tsx'
import { CallerText } from '../contacts/caller-text.tsx'
import { formatPosition } from '../format/duration.ts'
import { formatTime } from '../format/instant.ts'
import { formatPhone } from '../format/phone.ts'
import { ForbidOwn } from '../my-calls/forbid-own.tsx'
import type { Prohibition } from '../retention/retention-shapes.ts'
import { useLanguage, type Word } from '../language/use-words.ts'
import { usePurpose } from '../session/purpose.tsx'
import { announce } from '../shell/announce.tsx'
import { useMe } from '../session/use-presence.ts'
import { Page } from '../shell/page.tsx'
import { makesStudies } from '../studies/question.ts'
import { TodaySection } from '../today/today-section.tsx'
import { failing, hasNodes, withoutEnded, type LiveRow } from './rows.ts'
import { useLiveCalls } from './use-live-calls.ts'

const announceEveryMs = 15_000
const knownFailures = ['no-media', 'disk-full', 'no-port', 'no-playable-codec']

/** Käynnissä olevat: calls in progress, recording failures first; rows keep their places. */
export function LivePage() {
  const { t } = useLanguage()
  const live = useLiveCalls(usePurpose())
  const nowMs = useNow(live.isPaused)
  const showsToday = makesStudies(useMe())
  const [forbidden, setForbidden] = useState<ReadonlyMap<string, ForbidResult>>(new Map())
  const rows = live.rows ?? []
  const ongoing = withoutEnded(rows)
  const failures = failing(rows)
  const ended = rows.length - ongoing.length
  const summary = [t('live.count', { count: ongoing.length }), t('live.failures', { count: failures.length })].join(
    ', ',
  )
  const shown: ListProps = {
    rows,
    nowMs,
    hasNodes: hasNodes(rows),
    forbidden,
    onForbidden: (segmentId, result) => setForbidden((before) => new Map(before).set(segmentId, result)),
  }
  useThrottledAnnouncement(live.rows && !live.isPaused ? summary : undefined)

  return (
    <Page title={t('live.title')} lead={t('live.lead')}>
      <div className="live-bar panel">
        <p className="live-count">
          {live.rows && <strong>{t('live.count', { count: ongoing.length })}</strong>}
          <ConnectionMark connection={live.connection} at={live.at} />
        </p>
        <div className="actions">
          {ended > 0 && (
            <Button kind="link" onPress={live.clearEnded}>
              {t('live.clear', { count: ended })}
            </Button>
          )}
          <Button kind="secondary" onPress={() => live.pause(!live.isPaused)}>
            {live.isPaused ? <Play aria-hidden="true" size={18} /> : <Pause aria-hidden="true" size={18} />}
            {live.isPaused ? t('live.resume') : t('live.pause')}
          </Button>
        </div>
      </div>
      {live.isPaused && (
        <Notice kind="info">
          {t('live.paused')} {live.missed > 0 && t('live.missed', { count: live.missed })}
        </Notice>
      )}
      {live.connection === 'lost' && <Notice kind="warning">{t('live.lost')}</Notice>}
      {!live.rows && live.connection !== 'lost' && <Waiting lines={5} />}
      {live.rows && (
        <>
          <section aria-labelledby="failures-title" className={`failures ${failures.length > 0 ? 'has-failures' : ''}`}>
            <h2 id="failures-title">
              {failures.length > 0 && <TriangleAlert aria-hidden="true" size={20} />}
              {t('live.failures', { count: failures.length })}
            </h2>
            {failures.length > 0 && (
              <ul>
                {failures.map(({ call }) => (
                  <li key={call.segmentId}>
                    <strong>{failureOf(call, t)}</strong>
                    <span>
                      {formatPhone(call.number)}
                      {call.official && ` · ${call.official.name}`}
                    </span>
                    <span className="running">{runningOf(call, nowMs)}</span>
                  </li>
                ))}
              </ul>
            )}
          </section>
          <section aria-labelledby="live-all">
            <h2 id="live-all" className="visually-hidden">
              {t('live.all')}
            </h2>
            {rows.length === 0 && (
              <Notice kind="info" title={t('live.none')}>
                {t('live.none.hint')}
              </Notice>
            )}
            {rows.length > 0 && <LiveList {...shown} />}
          </section>
        </>
      )}
      {showsToday && <TodaySection isPaused={live.isPaused} />}
    </Page>
  )
}

interface ListProps {
  rows: LiveRow[]
  nowMs: number
  hasNodes: boolean
  forbidden: ReadonlyMap<string, ForbidResult>
  onForbidden: (segmentId: string, result: ForbidResult) => void
}

/** Prohibition entered on this page. The server's next update no longer names the call's recording. */
interface ForbidResult {
  recordingId: string
  prohibition: Prohibition
}

function LiveList({ rows, nowMs, hasNodes, ...acts }: ListProps) {
  const { t } = useLanguage()
  const running = (row: LiveRow) => runningOf(row.call, row.endedAt ? Date.parse(row.endedAt) : nowMs)
  const status = (row: LiveRow) => (
    <>
      <RecordingStatus row={row} isForbidden={acts.forbidden.has(row.call.segmentId)} />
      {hasNodes && <NodeStatus row={row} />}
    </>
  )
  const caller: Column<LiveRow> = {
    head: t('contacts.field.caller'),
    cell: ({ call }) => <CallerText caller={call.caller} />,
  }
  const number: Column<LiveRow> = {
    head: t('contacts.field.number'),
    cell: ({ call }) => <ServiceNumber call={call} />,
  }
  const official = { head: t('contacts.field.official'), cell: (row: LiveRow) => <Official row={row} /> }
  return (
    <TableOrCards
      minPx={1120}
      caption={t('live.all')}
      className="results live-table"
      rows={rows}
      keyOf={({ call }) => call.segmentId}
      classOf={({ endedAt }) => (endedAt ? 'is-ended' : '')}
      columns={[
        { head: t('contacts.field.start'), cell: (row) => <Start row={row} />, className: 'nowrap' },
        { head: t('live.running'), cell: running, isNumeric: true, className: 'running' },
        caller,
        number,
        official,
        {
          head: t('contacts.field.recording'),
          cell: (row) => (
            <>
              {status(row)}
              <ForbidButtons row={row} {...acts} />
            </>
          ),
        },
      ]}
      title={(row) => (
        <>
          <Start row={row} />
          <span className="running">{running(row)}</span>
        </>
      )}
      fields={[
        caller,
        number,
        {
          head: official.head,
          cell: (row) => (
            <>
              {official.cell(row)}
              {status(row)}
            </>
          ),
          className: 'card-segment',
        },
      ]}
      cardFoot={(row) => <ForbidButtons row={row} {...acts} />}
    />
  )
}

function ServiceNumber({ call }: { call: LiveCall }) {
  const { named } = useLanguage()
  return (
    <>
      <span className="number">{formatPhone(call.number)}</span>
      {call.numberName && <span className="second">{named(call.numberName)}</span>}
    </>
  )
}

function Start({ row }: { row: LiveRow }) {
  const { language } = useLanguage()
  const time = formatTime(row.call.startedAt, language, 'seconds')
  // A call is in the contact history once it has been answered or has ended.
  if (!row.endedAt && !row.call.answeredAt) return time
  return (
    <Link to="/contacts/$id" params={{ id: row.call.contactId }} className="row-link">
      {time}
    </Link>
  )
}

function Official({ row: { call, endedAt } }: { row: LiveRow }) {
  const { t } = useLanguage()
  const isWaiting = !call.answeredAt && !endedAt
  if (!call.official) return <span className="muted">{t(isWaiting ? 'live.waiting' : 'contacts.official.none')}</span>
  return (
    <>
      <span className="official-name">{call.official.name}</span>
      <span className="second">{formatPhone(call.official.phone)}</span>
    </>
  )
}

function RecordingStatus({ row, isForbidden }: { row: LiveRow; isForbidden: boolean }) {
  const { t } = useLanguage()
  // Overrides the last snapshot: recording stops when the request is answered.
  const recording = isForbidden ? 'not-recorded' : row.call.recording
  if (row.endedAt) return <span className="badge badge-none">{t('live.ended')}</span>
  const Icon = { recording: CircleDot, paused: Pause, 'not-recorded': MicOff, failing: TriangleAlert }[recording]
  return (
    <span className="recording">
      <span className={`badge badge-live-${recording}`}>
        <Icon aria-hidden="true" size={14} />
        {t(`live.recording.${recording}` as Word)}
      </span>
      {recording === 'failing' && <span className="recording-date">{failureOf(row.call, t)}</span>}
    </span>
  )
}

/** Recorder of the call, and whether it responds. */
function NodeStatus({ row: { call, endedAt } }: { row: LiveRow }) {
  const { t } = useLanguage()
  if (!call.node || endedAt) return null
  const { name, silent } = call.node
  return <span className="recording-date">{t(silent ? 'live.node.silent' : 'live.node', { name })}</span>
}

/** Buttons for the caller's prohibition and the official's own (R49), in one's own calls until shortly after their end. */
function ForbidButtons({
  row: { call, endedAt },
  forbidden,
  onForbidden,
}: { row: LiveRow } & Pick<ListProps, 'forbidden' | 'onForbidden'>) {
  const { language } = useLanguage()
  const result = forbidden.get(call.segmentId)
  const recordingId = result?.recordingId ?? call.own?.recordingId
  if (recordingId === undefined) return null
  return (
    <ForbidOwn
      recordingId={recordingId}
      when={formatTime(call.startedAt, language, 'seconds')}
      isOngoing={!endedAt}
      isGone={false}
      forbidden={result?.prohibition}
      onForbidden={(prohibition) => onForbidden(call.segmentId, { recordingId, prohibition })}
    />
  )
}

function ConnectionMark({ connection, at }: { connection: 'connecting' | 'open' | 'lost'; at: string | undefined }) {
  const { t, language } = useLanguage()
  const Icon = connection === 'lost' ? WifiOff : Wifi
  return (
    <span className={`connection connection-${connection}`}>
      <Icon aria-hidden="true" size={16} />
      <span role="status">{t(`live.connection.${connection}` as Word)}</span>
      {at && <span className="connection-at">{t('live.at', { time: formatTime(at, language, 'seconds') })}</span>}
    </span>
  )
}

function failureOf(call: LiveCall, t: ReturnType<typeof useLanguage>['t']): string {
  const known = call.failure && knownFailures.includes(call.failure)
  return t((known ? `live.failure.${call.failure}` : 'live.failure.other') as Word)
}

function runningOf(call: LiveCall, nowMs: number): string {
  return formatPosition(nowMs - Date.parse(call.startedAt))
}

/** Returns the server's time, updated each second; it stops while the page is paused (WCAG 2.2.2). */
function useNow(isPaused: boolean): number {
  const [nowMs, setNow] = useState(serverNowMs)
  useEffect(() => {
    if (isPaused) return
    const timer = window.setInterval(() => setNow(serverNowMs()), 1000)
    return () => window.clearInterval(timer)
  }, [isPaused])
  return nowMs
}

/** Announces a summary when it has changed, at most every fifteen seconds. */
function useThrottledAnnouncement(summary: string | undefined): void {
  const lastMs = useRef(0)
  useEffect(() => {
    if (summary == null) return
    const waitMs = Math.max(0, lastMs.current + announceEveryMs - Date.now())
    const timer = window.setTimeout(() => {
      lastMs.current = Date.now()
      announce(summary)
    }, waitMs)
    return () => window.clearTimeout(timer)
  }, [summary])
}
