import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { Fact } from '../contact/facts.tsx'
import { formatDate } from '../format/instant.ts'
import { useLanguage, type Word } from '../language/use-words.ts'
import type { PersonDetail } from './filters.ts'
import { Employed, Nothing, Phones } from './people-list.tsx'

const knownSources = ['manual', 'csv', 'scim']

/** Current attributes of a person (R8, L16). */
export function PersonFacts({ person }: { person: PersonDetail }) {
  const { t, language } = useLanguage()
  const { informedAt, consentedAt } = person.recording
  const start = (instant: string | undefined, yes: Word, no: Word): ReactNode =>
    instant ? t(yes, { date: formatDate(instant, language) }) : <span className="muted">{t(no)}</span>
  return (
    <section className="panel" aria-labelledby="person-now">
      <h2 id="person-now" className="visually-hidden">
        {t('people.person.now')}
      </h2>
      <dl className="facts">
        <Fact label={t('people.person.userId')}>{person.userId}</Fact>
        <Fact label={t('people.person.unit')}>{person.unit ?? <Nothing />}</Fact>
        <Fact label={t('people.person.supervisor')}>
          {person.supervisor ? <PersonName {...person.supervisor} /> : <Nothing />}
        </Fact>
        <Fact label={t('people.person.phones')}>
          <Phones phones={person.phones} />
        </Fact>
        <Fact label={t('people.person.employed')}>
          <Employed person={person} />
        </Fact>
        <Fact label={t('people.person.informed')}>
          {start(informedAt, 'people.person.informed.yes', 'people.person.informed.no')}
        </Fact>
        <Fact label={t('people.person.consent')}>
          {start(consentedAt, 'people.person.consent.yes', 'people.person.consent.no')}
        </Fact>
        <Fact label={t('people.person.source')}>
          {knownSources.includes(person.source) ? t(`people.person.source.${person.source}` as Word) : person.source}
        </Fact>
        {person.subordinates.length > 0 && (
          <Fact label={t('people.person.subordinates')}>
            <ul className="plain-list">
              {person.subordinates.map((one) => (
                <li key={one.id}>
                  <PersonName {...one} />
                </li>
              ))}
            </ul>
          </Fact>
        )}
      </dl>
    </section>
  )
}

/** A person's name, linked to their page. */
export function PersonName({ id, name }: { id: string; name: string }) {
  return (
    <Link to="/people/$id" params={{ id }}>
      {name}
    </Link>
  )
}
