import { today } from '@internationalized/date'
import { Link } from '@tanstack/react-router'
import { HardDrive, ListChecks, ScrollText } from 'lucide-react'
import { runsCapture } from '../capture/capture-shapes.ts'
import { zone } from '../format/instant.ts'
import { useLanguage } from '../language/use-words.ts'
import { useMe } from '../session/use-presence.ts'
import type { Alarm } from './watch-shapes.ts'

/** Period of an alarm about calls and recordings, in days. */
const alarmDays = 28

/** Link to the log entries, calls or capture nodes that an alarm is about; none for alarms of reception and of late reports. */
export function LogLink({ alarm }: { alarm: Alarm }) {
  const { t } = useLanguage()
  const mayOpenNodes = runsCapture(useMe())
  const { kind, person, firstAt: from, lastAt } = alarm
  // Missing recordings have no entries: links to the reconciliation.
  if (kind === 'unrecorded' || kind === 'untold') {
    const start = today(zone).subtract({ days: alarmDays }).toString()
    const days = { from: start, to: today(zone).toString() }
    return (
      <p>
        <Link to="/reconciliation" search={kind === 'untold' ? { ...days, kind } : days} className="link-with-icon">
          <ListChecks aria-hidden="true" size={18} />
          {t('reconciliation.to')}
        </Link>
      </p>
    )
  }
  if (kind === 'standstill') {
    return mayOpenNodes ? (
      <p>
        <Link to="/capture/nodes" className="link-with-icon">
          <HardDrive aria-hidden="true" size={18} />
          {t('watch.alarm.standstill.to')}
        </Link>
      </p>
    ) : null
  }
  // Alarms of reception and of late reports have no log entries. Technical maintenance sees reception by client and hour.
  if (kind === 'one-way' || kind === 'loss' || kind === 'late-window') return null
  // The log's end is exclusive; the last entry is included.
  const to = new Date(Date.parse(lastAt) + 1000).toISOString()
  const search = person
    ? { person: person.id, from, to }
    : { action: 'session.started', result: 'refused' as const, from, to }
  return (
    <p>
      <Link to="/log" search={search} className="link-with-icon">
        <ScrollText aria-hidden="true" size={18} />
        {person ? t('watch.alarm.log', { name: person.name }) : t('watch.alarm.log.sign-ins')}
      </Link>
    </p>
  )
}
