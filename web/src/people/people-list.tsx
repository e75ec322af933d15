import { Link } from '@tanstack/react-router'
import { TableOrCards, type Column } from '../controls/table.tsx'
import { formatDate, formatLastDay } from '../format/instant.ts'
import { serverNowMs } from '../api/server-time.ts'
import { useLanguage } from '../language/use-words.ts'
import type { Person } from './filters.ts'

/** Persons as a table; as cards on narrow screens. */
export function PeopleList({ people }: { people: Person[] }) {
  const { t } = useLanguage()
  const columns: Column<Person>[] = [
    {
      head: t('people.person.name'),
      cell: (person) => (
        <>
          <PersonLink person={person} />
          <span className="second">{person.userId}</span>
        </>
      ),
    },
    { head: t('people.person.unit'), cell: ({ unit }) => unit ?? <Nothing /> },
    { head: t('people.person.supervisor'), cell: ({ supervisor }) => supervisor?.name ?? <Nothing /> },
    { head: t('people.person.phones'), cell: ({ phones }) => <Phones phones={phones} /> },
    { head: t('people.person.employed'), cell: (person) => <Employed person={person} /> },
  ]
  return (
    <TableOrCards
      minPx={1100}
      caption={t('people.found')}
      className="results people"
      hasRowLinks
      columns={columns}
      rows={people}
      keyOf={({ id }) => id}
      title={(person) => <PersonLink person={person} />}
      fields={[{ head: t('people.person.userId'), cell: ({ userId }) => userId }, ...columns.slice(1)]}
    />
  )
}

function PersonLink({ person }: { person: Person }) {
  return (
    <Link to="/people/$id" params={{ id: person.id }} className="row-link" data-person="">
      {person.name}
    </Link>
  )
}

export function Phones({ phones }: { phones: string[] }) {
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
  const to = formatLastDay(person.employedTo, language)
  const hasEnded = Date.parse(person.employedTo) <= serverNowMs()
  return (
    <>
      {from}–{to}
      {hasEnded && <span className="second">{t('people.person.employed.over')}</span>}
    </>
  )
}

export function Nothing() {
  const { t } = useLanguage()
  return <span className="muted">{t('people.person.none')}</span>
}
