import { serverNowMs } from '../api/server-time.ts'
import { formatDate } from '../format/instant.ts'
import { useLanguage } from '../language/use-words.ts'
import type { PersonDetail } from './filters.ts'
import { PersonName } from './person-facts.tsx'
import { timelineOf, type PersonEvent } from './timeline.ts'

/** All names, units and numbers of a person by day, newest first; future ones are marked (R11). */
export function PersonHistory({ person }: { person: PersonDetail }) {
  const { t, language } = useLanguage()
  const now = serverNowMs()
  return (
    <section className="panel history" aria-labelledby="person-history">
      <h2 id="person-history">{t('people.person.history')}</h2>
      <p className="muted">{t('people.person.history.why')}</p>
      <ol className="timeline">
        {timelineOf(person).map(({ at, events }) => (
          <li key={at} className={Date.parse(at) > now ? 'is-coming' : undefined}>
            <h3 className="timeline-day">
              {formatDate(at, language)}
              {Date.parse(at) > now && <span className="timeline-coming">{t('people.person.history.coming')}</span>}
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
  const { t } = useLanguage()
  switch (event.kind) {
    case 'employed':
      return t('people.person.event.employed')
    case 'left':
      return t('people.person.event.left')
    case 'named':
      return t('people.person.event.named', { name: event.name })
    case 'renamed':
      return t('people.person.event.renamed', { name: event.name, before: event.before })
    case 'placed':
      return (
        <>
          {event.unit ? t('people.person.event.unit', { unit: event.unit }) : t('people.person.event.unit.none')}
          {event.supervisor && (
            <>
              {' · '}
              {t('people.person.supervisor')} <PersonName {...event.supervisor} />
            </>
          )}
        </>
      )
    case 'unplaced':
      return t('people.person.event.unit.none')
    case 'phone-added':
      return t('people.person.event.phone.added', { phone: event.phone })
    case 'phone-ended':
      return t('people.person.event.phone.ended', { phone: event.phone })
    case 'informed':
      return t('people.person.event.informed')
    case 'consented':
      return t('people.person.event.consented')
  }
}
