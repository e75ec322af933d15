import { Link } from '@tanstack/react-router'
import { formatDate } from '../format/instant.ts'
import { serverNowMs } from '../api/server-time.ts'
import { useLanguage } from '../language/use-words.ts'
import { useWide } from '../shell/use-wide.ts'
import type { Person } from './filters.ts'
import { lastMomentOf } from './timeline.ts'

/** Persons as a table; as cards on narrow screens. */
export function PeopleList({ people }: { people: Person[] }) {
  return useWide(1100) ? <PeopleTable people={people} /> : <PeopleCards people={people} />
}

function PeopleTable({ people }: { people: Person[] }) {
  const { t } = useLanguage()
  return (
    <table className="results people">
      <caption className="visually-hidden">{t('people.found')}</caption>
      <thead>
        <tr>
          <th scope="col">{t('people.person.name')}</th>
          <th scope="col">{t('people.person.unit')}</th>
          <th scope="col">{t('people.person.supervisor')}</th>
          <th scope="col">{t('people.person.phones')}</th>
          <th scope="col">{t('people.person.employed')}</th>
        </tr>
      </thead>
      {people.map((person) => (
        <tbody key={person.id}>
          <tr>
            <td>
              <PersonLink person={person} />
              <span className="second">{person.userId}</span>
            </td>
            <td>{person.unit ?? <Nothing />}</td>
            <td>{person.supervisor?.name ?? <Nothing />}</td>
            <td>
              <Phones phones={person.phones} />
            </td>
            <td>
              <Employed person={person} />
            </td>
          </tr>
        </tbody>
      ))}
    </table>
  )
}

function PeopleCards({ people }: { people: Person[] }) {
  const { t } = useLanguage()
  return (
    <ul className="cards">
      {people.map((person) => (
        <li key={person.id} className="card">
          <p className="card-title">
            <PersonLink person={person} />
          </p>
          <dl className="card-facts">
            <div>
              <dt>{t('people.person.userId')}</dt>
              <dd>{person.userId}</dd>
            </div>
            <div>
              <dt>{t('people.person.unit')}</dt>
              <dd>{person.unit ?? <Nothing />}</dd>
            </div>
            <div>
              <dt>{t('people.person.supervisor')}</dt>
              <dd>{person.supervisor?.name ?? <Nothing />}</dd>
            </div>
            <div>
              <dt>{t('people.person.phones')}</dt>
              <dd>
                <Phones phones={person.phones} />
              </dd>
            </div>
            <div>
              <dt>{t('people.person.employed')}</dt>
              <dd>
                <Employed person={person} />
              </dd>
            </div>
          </dl>
        </li>
      ))}
    </ul>
  )
}

function PersonLink({ person }: { person: Person }) {
  return (
    <Link to="/people/$id" params={{ id: person.id }} className="row-link" data-person="">
      {person.name}
    </Link>
  )
}

function Phones({ phones }: { phones: string[] }) {
  if (phones.length === 0) return <Nothing />
  return phones.map((phone) => (
    <span key={phone} className="number phone-line">
      {phone}
    </span>
  ))
}

/** First day and, if any, last day. */
export function Employed({ person }: { person: Pick<Person, 'employedFrom' | 'employedTo'> }) {
  const { t, language } = useLanguage()
  const from = formatDate(person.employedFrom, language)
  if (person.employedTo == null) return t('people.person.employed.since', { from })
  const to = formatDate(lastMomentOf(person.employedTo), language)
  const hasEnded = Date.parse(person.employedTo) <= serverNowMs()
  return (
    <>
      {from}–{to}
      {hasEnded && <span className="second">{t('people.person.employed.over')}</span>}
    </>
  )
}

function Nothing() {
  const { t } = useLanguage()
  return <span className="muted">{t('people.person.none')}</span>
}
