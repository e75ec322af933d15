import { Check, CircleSlash, TriangleAlert } from 'lucide-react'
import { useEffect, useLayoutEffect, useRef, useState, type KeyboardEvent } from 'react'
import { formatInstant } from '../format/instant.ts'
import { useLanguage, type Word } from '../language/use-words.ts'
import { useWide } from '../shell/use-wide.ts'
import type { LogEntry } from './log-shapes.ts'
import { actionText, kindText, resultText, personText } from './log-words.ts'
import { rowAfterKey, scrollTo, visibleRows, type Visible } from './visible-rows.ts'

const rowHeights = { wide: 64, narrow: 188 }
const columns = ['log.col.time', 'log.person', 'log.action', 'log.entry.object', 'log.purpose', 'log.result'] as const
/** Debounce while scrolling: reading entries is logged, and scrolling past them should not be. */
const debounceMs = 120

/**
 * Virtual list of the log. One tab stop; arrow keys move between rows. Screen readers get the row count and the current row
 * number.
 */
export function LogList({
  count,
  rowAt,
  onSeen,
  onOpen,
}: {
  count: number
  rowAt: (row: number) => LogEntry | undefined
  onSeen: (seen: Visible) => void
  onOpen: (seq: number) => void
}) {
  const { t } = useLanguage()
  const isWide = useWide(1100)
  const rowHeight = isWide ? rowHeights.wide : rowHeights.narrow
  const frame = useRef<HTMLDivElement>(null)
  const [window, setWindow] = useState({ top: 0, height: 600 })
  const [active, setActive] = useState(0)
  const focusWanted = useRef(false)
  const seen = visibleRows(window.top, window.height, rowHeight, count)

  useEffect(() => {
    const timer = setTimeout(() => onSeen(seen), debounceMs)
    return () => clearTimeout(timer)
    // eslint-disable-next-line react-hooks/exhaustive-deps -- the two numbers are what `seen` is
  }, [seen.first, seen.end])

  useLayoutEffect(() => {
    const { current } = frame
    if (!current) return
    const measure = () => setWindow({ top: current.scrollTop, height: current.clientHeight })
    const observer = new ResizeObserver(measure)
    observer.observe(current)
    return () => observer.disconnect()
  }, [])

  useEffect(() => {
    if (!focusWanted.current) return
    const row = frame.current?.querySelector<HTMLElement>(`[data-row="${active}"]`)
    if (!row) return
    focusWanted.current = false
    row.focus({ preventScroll: true })
  }, [active, seen.first, seen.end])

  const onKeyDown = (event: KeyboardEvent) => {
    const { current } = frame
    if (!current || event.altKey || event.ctrlKey || event.metaKey) return
    if (event.key === 'Enter' || event.key === ' ') {
      const entry = rowAt(active)
      event.preventDefault()
      if (entry) onOpen(entry.seq)
      return
    }
    const page = Math.max(1, Math.floor(current.clientHeight / rowHeight) - 1)
    const next = rowAfterKey(event.key, active, page, count)
    if (next === undefined) return
    event.preventDefault()
    focusWanted.current = true
    setActive(next)
    current.scrollTop = scrollTo(next, current.scrollTop, current.clientHeight, rowHeight)
  }

  // The focused row is rendered wherever the list is scrolled to: otherwise the focus would be lost.
  const rows = Array.from({ length: seen.end - seen.first }, (_, index) => seen.first + index)
  if (count > 0 && !rows.includes(active)) rows.push(active)

  return (
    <div
      className={`log-grid ${isWide ? '' : 'is-narrow'}`}
      role="grid"
      aria-label={t('log.found')}
      aria-describedby="log-keys"
      aria-rowcount={count + 1}
      aria-readonly="true"
    >
      <div className={isWide ? 'log-head' : 'visually-hidden'} role="rowgroup">
        <div role="row" aria-rowindex={1} className="log-row-cells">
          {columns.map((word) => (
            <span key={word} role="columnheader">
              {t(word)}
            </span>
          ))}
        </div>
      </div>
      <div
        ref={frame}
        className="log-frame"
        role="rowgroup"
        onScroll={(event) => setWindow({ ...window, top: event.currentTarget.scrollTop })}
        onKeyDown={onKeyDown}
      >
        <div className="log-length" role="presentation" style={{ height: count * rowHeight }}>
          {rows.map((row) => (
            <Row
              key={row}
              row={row}
              top={row * rowHeight}
              height={rowHeight}
              entry={rowAt(row)}
              isActive={row === active}
              onActivate={() => setActive(row)}
              onOpen={onOpen}
            />
          ))}
        </div>
      </div>
      <p id="log-keys" className="visually-hidden">
        {t('log.keys')}
      </p>
    </div>
  )
}

function Row({
  row,
  top,
  height,
  entry,
  isActive,
  onActivate,
  onOpen,
}: {
  row: number
  top: number
  height: number
  entry: LogEntry | undefined
  isActive: boolean
  onActivate: () => void
  onOpen: (seq: number) => void
}) {
  const { t } = useLanguage()
  return (
    <div
      role="row"
      aria-rowindex={row + 2}
      data-row={row}
      className="log-row log-row-cells"
      style={{ top, height }}
      tabIndex={isActive ? 0 : -1}
      aria-busy={entry === undefined}
      onFocus={onActivate}
      onClick={() => entry && onOpen(entry.seq)}
    >
      {entry ? (
        <Cells entry={entry} />
      ) : (
        <span role="gridcell" className="log-coming" aria-label={t('shell.loading')} />
      )}
    </div>
  )
}

function Cells({ entry }: { entry: LogEntry }) {
  const { t, language } = useLanguage()
  return (
    <>
      <span role="gridcell" className="log-time">
        {formatInstant(entry.at, language, 'seconds')}
      </span>
      <span role="gridcell" className="log-who">
        <span className="log-strong">{personText(entry, t)}</span>
        {entry.role && <span className="second">{t(`rights.role.${entry.role}` as Word)}</span>}
      </span>
      <span role="gridcell" className="log-what">
        {actionText(entry.action, t)}
      </span>
      <span role="gridcell">
        {entry.object && (
          <>
            {kindText(entry.object.kind, t)}
            {entry.object.id && (
              <span className="second log-id">{entry.object.name ?? entry.object.id.slice(0, 8)}</span>
            )}
          </>
        )}
      </span>
      <span role="gridcell">
        {entry.purpose && t(`session.purpose.${entry.purpose}` as Word)}
        {entry.reference && <span className="second log-id">{entry.reference}</span>}
      </span>
      <span role="gridcell">
        <ResultBadge result={entry.result} />
      </span>
    </>
  )
}

const badges = {
  ok: { className: 'badge badge-none', Icon: Check },
  refused: { className: 'badge badge-restricted', Icon: CircleSlash },
  failed: { className: 'badge badge-live-failing', Icon: TriangleAlert },
} as const

/** Result of an entry: colour, icon and text. */
export function ResultBadge({ result }: { result: string }) {
  const { t } = useLanguage()
  const { kind, why } = resultText(result, t)
  const { className, Icon } = badges[kind]
  return (
    <span className={className} title={why}>
      <Icon aria-hidden="true" size={14} />
      {t(`log.result.${kind}` as Word)}
    </span>
  )
}
