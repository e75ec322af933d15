import { serverNowMs } from '../api/server-time.ts'
import { formatDate } from '../format/instant.ts'
import { useLanguage } from '../language/use-words.ts'
import type { PersonDetail } from './filters.ts'
import { PersonName } from './person-facts.tsx'
import { timelineOf, type PersonEvent } from './timeline.ts'

/** All names, units and numbers of a person by day, newest first; future ones are marked (R11). */
export function PersonHistory({ person }: { person: PersonDetail }) {
  const { say, language } = useLanguage()
  const now = serverNowMs()
  return (
    <section className="panel history" aria-labelledby="person-history">
      <h2 id="person-history">{say('people.person.history')}</h2>
      <p className="muted">{say('people.person.history.why')}</p>
      <ol className="timeline">
        {timelineOf(person).map(({ at, events }) => (
          <li key={at} className={Date.parse(at) > now ? 'is-coming' : undefined}>
            <h3 className="timeline-day">
              {formatDate(at, language)}
              {Date.parse(at) > now && <span className="timeline-coming">{say('people.person.history.coming')}</span>}
            </h3>
            <ul>
              {events.map((event) => (
                <li key={`${event.kind} ${'phone' in event ? event.phone : ''}`}>
                  <EventText event={event} />
                </li>
              ))}
            </ul>
          </li>
        ))}
      </ol>
    </section>
  )
}

function EventText({ event }: { event: PersonEvent }) {
  const { say } = useLanguage()
  switch (event.kind) {
    case 'employed':
      return say('people.person.event.employed')
    case 'left':
      return say('people.person.event.left')
    case 'named':
      return say('people.person.event.named', { name: event.name })
    case 'renamed':
      return say('people.person.event.renamed', { name: event.name, before: event.before })
    case 'placed':
      return (
        <>
          {event.unit ? say('people.person.event.unit', { unit: event.unit }) : say('people.person.event.unit.none')}
          {event.supervisor && (
            <>
              {' · '}
              {say('people.person.supervisor')} <PersonName {...event.supervisor} />
            </>
          )}
        </>
      )
    case 'unplaced':
      return say('people.person.event.unit.none')
    case 'phone-added':
      return say('people.person.event.phone.added', { phone: event.phone })
    case 'phone-ended':
      return say('people.person.event.phone.ended', { phone: event.phone })
    case 'informed':
      return say('people.person.event.informed')
    case 'consented':
      return say('people.person.event.consented')
  }
}
