import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { AccessRight, Contact, Segment } from '../api/shapes.ts'
import { formatEnd, formatInstant } from '../format/instant.ts'
import { formatPhone } from '../format/phone.ts'
import { useLanguage, type Word } from '../language/use-words.ts'
import { hasRole } from '../session/rights.ts'
import { usePresence } from '../session/use-presence.ts'
import { useWide } from '../shell/use-wide.ts'
import { CallerText } from './caller-text.tsx'
import { RecordingBadge } from './recording-badge.tsx'

interface Column {
  head: Word
  className?: string
  /**
   * Roles that see the column, if not all do: any right of the role counts, not only those that cover the purpose. The server
   * omits what others may not see.
   */
  roles?: readonly AccessRight['role'][]
  Cell: (props: { contact: Contact }) => ReactNode
}

/** Columns and card fields of a contact, beside its segments: the register's fields (R10). The first one is the link. */
const columns: readonly [Column, ...Column[]] = [
  { head: 'contacts.field.start', className: 'result-start', Cell: ContactLink },
  { head: 'contacts.field.end', className: 'result-end', Cell: EndText },
  { head: 'contacts.field.caller', Cell: ({ contact }) => <CallerText caller={contact.caller} /> },
  { head: 'contacts.field.number', Cell: NumberText },
]

/** Contacts as a table with exactly the register's fields (R10); as cards on narrow screens. */
export function Results({ contacts }: { contacts: Contact[] }) {
  const presence = usePresence()
  const seen = columns.filter(
    ({ roles }) => !roles || (presence.state === 'signed-in' && hasRole(presence.me, ...roles)),
  )
  const shown = { contacts, columns: seen }
  return useWide(1200) ? <ResultsTable {...shown} /> : <ResultCards {...shown} />
}

interface Shown {
  contacts: Contact[]
  columns: readonly Column[]
}

function ResultsTable({ contacts, columns }: Shown) {
  const { t } = useLanguage()
  return (
    <table className="results">
      <caption className="visually-hidden">{t('contacts.results.title')}</caption>
      <thead>
        <tr>
          {columns.map(({ head }) => (
            <th key={head} scope="col">
              {t(head)}
            </th>
          ))}
          <th scope="col">{t('contacts.field.official')}</th>
          <th scope="col">{t('contacts.field.recording')}</th>
        </tr>
      </thead>
      {contacts.map((contact) => {
        const [first, ...others] = contact.segments
        const span = Math.max(1, contact.segments.length)
        return (
          <tbody key={contact.id}>
            <tr>
              {columns.map(({ head, className, Cell }) => (
                <td key={head} rowSpan={span} className={className}>
                  <Cell contact={contact} />
                </td>
              ))}
              <SegmentCells segment={first} />
            </tr>
            {others.map((segment) => (
              <tr key={segment.id} className="result-transferred">
                <SegmentCells segment={segment} isTransferred />
              </tr>
            ))}
          </tbody>
        )
      })}
    </table>
  )
}

function SegmentCells({ segment, isTransferred = false }: { segment: Segment | undefined; isTransferred?: boolean }) {
  return (
    <>
      <td>
        <OfficialText segment={segment} isTransferred={isTransferred} />
      </td>
      <td>{segment && <RecordingBadge recording={segment.recording} isOngoing={segment.endedAt == null} />}</td>
    </>
  )
}

function ResultCards({ contacts, columns: [, ...columns] }: Shown) {
  const { t } = useLanguage()
  return (
    <ul className="cards">
      {contacts.map((contact) => (
        <li key={contact.id} className="card">
          <p className="card-title">
            <ContactLink contact={contact} />
          </p>
          <dl className="card-facts">
            {columns.map(({ head, Cell }) => (
              <div key={head}>
                <dt>{t(head)}</dt>
                <dd>
                  <Cell contact={contact} />
                </dd>
              </div>
            ))}
            {contact.segments.map((segment, index) => (
              <div key={segment.id} className="card-segment">
                <dt>{t('contacts.field.official')}</dt>
                <dd>
                  <OfficialText segment={segment} isTransferred={index > 0} />
                  <RecordingBadge recording={segment.recording} isOngoing={segment.endedAt == null} />
                </dd>
              </div>
            ))}
          </dl>
        </li>
      ))}
    </ul>
  )
}

function ContactLink({ contact }: { contact: Contact }) {
  const { language } = useLanguage()
  return (
    <Link to="/contacts/$id" params={{ id: contact.id }} data-contact="" className="row-link">
      {formatInstant(contact.startedAt, language)}
    </Link>
  )
}

function EndText({ contact }: { contact: Contact }) {
  const { t, language } = useLanguage()
  return contact.endedAt ? formatEnd(contact.endedAt, contact.startedAt, language) : t('contacts.field.end.ongoing')
}

function NumberText({ contact }: { contact: Contact }) {
  const { named } = useLanguage()
  return (
    <>
      <span className="number">{formatPhone(contact.number)}</span>
      {contact.numberName && <span className="second">{named(contact.numberName)}</span>}
    </>
  )
}

function OfficialText({ segment, isTransferred }: { segment: Segment | undefined; isTransferred: boolean }) {
  const { t } = useLanguage()
  if (!segment?.official) return <span className="muted">{t('contacts.official.none')}</span>
  return (
    <>
      {isTransferred && <span className="transferred">{t('contacts.segment.transferred')} </span>}
      <span className="official-name">{segment.official.name}</span>
      <span className="second">{formatPhone(segment.official.phone)}</span>
    </>
  )
}
