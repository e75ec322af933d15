import { $api } from '../api/client.ts'
import { serverNowMs } from '../api/server-time.ts'
import type { Me } from '../api/shapes.ts'
import { Loaded } from '../controls/loaded.tsx'
import { formatDate, formatInstant, formatLastDay, formatUntil } from '../format/instant.ts'
import { useLanguage } from '../language/use-words.ts'
import { TaskList, type Task } from './task-list.tsx'
import { aboutText, roughText, targetOf, taskText, type WaitingItem } from './waiting-shapes.ts'

/** Work queue: tasks that wait for this person, in every area. */
export function WaitingSection({ me }: { me: Me }) {
  const { t } = useLanguage()
  const query = $api.useQuery('get', '/api/waiting', undefined, { staleTime: 0 })
  return (
    <section aria-labelledby="start-waiting" className="stack-small">
      <h2 id="start-waiting">{t('start.waiting')}</h2>
      <Loaded query={query} lines={4}>
        {(data) => (
          <>
            {data.items.length === 0 && <p className="muted">{t('start.waiting.none')}</p>}
            {data.items.length > 0 && <Rows items={data.items} me={me} />}
          </>
        )}
      </Loaded>
    </section>
  )
}

function Rows({ items, me }: { items: readonly WaitingItem[]; me: Me }) {
  const { t, language } = useLanguage()
  const nowMs = serverNowMs()
  const tasks = items.map((row, index): Task => {
    const { kind, urgency, since } = row
    return {
      // The index makes the key unique, because a row may have no id.
      key: `${kind} ${row.id ?? row.name ?? row.about ?? ''} ${row.item ?? ''} ${index}`,
      state: urgency,
      text: taskText(row, t),
      target: targetOf(row, me),
      about: [aboutText(row, t, language), row.callAt && formatInstant(row.callAt, language)]
        .filter(Boolean)
        .join(', '),
      age: since && t('start.waiting.since', { time: roughText(nowMs - Date.parse(since), t) }),
      deadline: row.deadline && <Deadline row={row} deadline={row.deadline} nowMs={nowMs} />,
    }
  })
  return <TaskList tasks={tasks} labelledBy="start-waiting" />
}

const dayMs = 24 * 3_600_000
/** If less than this is left, the time left is shown; otherwise the date. */
const showTimeLeftMs = 30 * dayMs

function Deadline({ row, deadline, nowMs }: { row: WaitingItem; deadline: string; nowMs: number }) {
  const { t, language } = useLanguage()
  const leftMs = Date.parse(deadline) - nowMs
  const isNear = Math.abs(leftMs) < dayMs
  const isBegin = row.kind === 'appointment'
  const when = isBegin
    ? (isNear ? formatInstant : formatDate)(deadline, language)
    : (isNear ? formatUntil : formatLastDay)(deadline, language)
  return (
    <>
      {t(isBegin ? 'start.waiting.from' : 'start.waiting.until', { when })}{' '}
      {leftMs < showTimeLeftMs && (
        <span className="second">
          {t(leftMs < 0 ? 'start.waiting.late' : 'start.waiting.left', { time: roughText(Math.abs(leftMs), t) })}
        </span>
      )}
    </>
  )
}
