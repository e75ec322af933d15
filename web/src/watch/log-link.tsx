import { ScrollText } from 'lucide-react'
import { useLanguage } from '../language/use-words.ts'
import type { Alarm } from './watch-shapes.ts'

/** To the entries of the log that an alarm is made of. */
export function LogLink({ alarm }: { alarm: Alarm }) {
  const { say } = useLanguage()
  const { person, firstAt, lastAt } = alarm
  // The log takes its end to be before; the last entry belongs to it.
  const to = new Date(Date.parse(lastAt) + 1000).toISOString()
  const what: Record<string, string> = person ? { person: person.id } : { action: 'session.started', result: 'refused' }
  const search = new URLSearchParams({ ...what, from: firstAt, to })
  return (
    <p>
      <a href={`/log?${search.toString()}`} className="link-with-icon">
        <ScrollText aria-hidden="true" size={18} />
        {person ? say('alarm.log', { name: person.name }) : say('alarm.log.sign-ins')}
      </a>
    </p>
  )
}
