import { ScrollText } from 'lucide-react'
import { useLanguage } from '../language/use-words.ts'

/** To the entries of the log that an alarm is made of. */
export function LogLink({ person, from, to }: { person: { id: string; name: string }; from: string; to: string }) {
  const { say } = useLanguage()
  // The log takes its end to be before; the last entry belongs to it.
  const end = new Date(Date.parse(to) + 1000).toISOString()
  const search = new URLSearchParams({ person: person.id, from, to: end })
  return (
    <p>
      <a href={`/log?${search.toString()}`}>
        <ScrollText aria-hidden="true" size={18} className="link-icon" /> {say('alarm.log', { name: person.name })}
      </a>
    </p>
  )
}
