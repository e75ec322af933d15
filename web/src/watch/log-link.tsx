import { Link } from '@tanstack/react-router'
import { ScrollText } from 'lucide-react'
import { useLanguage } from '../language/use-words.ts'
import type { Alarm } from './watch-shapes.ts'

/** To the entries of the log that an alarm is made of. */
export function LogLink({ alarm }: { alarm: Alarm }) {
  const { say } = useLanguage()
  const { kind, person, firstAt: from, lastAt } = alarm
  // What is missing has no entries.
  if (kind === 'unrecorded' || kind === 'untold') return null
  // The log takes its end to be before; the last entry belongs to it.
  const to = new Date(Date.parse(lastAt) + 1000).toISOString()
  const search = person
    ? { person: person.id, from, to }
    : { action: 'session.started', result: 'refused' as const, from, to }
  return (
    <p>
      <Link to="/log" search={search} className="link-with-icon">
        <ScrollText aria-hidden="true" size={18} />
        {person ? say('alarm.log', { name: person.name }) : say('alarm.log.sign-ins')}
      </Link>
    </p>
  )
}
