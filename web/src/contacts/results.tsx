import { Link } from '@tanstack/react-router'
import type { Contact, Segment } from '../api/shapes.ts'
import { formatEnd, formatInstant } from '../format/instant.ts'
import { formatPhone } from '../format/phone.ts'
import { useLanguage } from '../language/use-words.ts'
import { useWide } from '../shell/use-wide.ts'
import { CallerText } from './caller-text.tsx'
import { RecordingBadge } from './recording-badge.tsx'

/** The contacts as a table with exactly the register's fields (R10); as cards where there is no room for one. */
export function Results({ contacts }: { contacts: Contact[] }) {
  return useWide(1200) ? <ResultsTable contacts={contacts} /> : <ResultCards contacts={contacts} />
}

function ResultsTable({ contacts }: { contacts: Contact[] }) {
  const { say, named } = useLanguage()
  return (
    <table className="results">
      <caption className="visually-hidden">{say('contacts.results.title')}</caption>
      <thead>
        <tr>
          <th scope="col">{say('contacts.field.start')}</th>
          <th scope="col">{say('contacts.field.end')}</th>
          <th scope="col">{say('contacts.field.caller')}</th>
          <th scope="col">{say('contacts.field.number')}</th>
          <th scope="col">{say('contacts.field.official')}</th>
          <th scope="col">{say('contacts.field.recording')}</th>
        </tr>
      </thead>
      {contacts.map((contact) => {
        const [first, ...others] = contact.segments
        const span = Math.max(1, contact.segments.length)
        return (
          <tbody key={contact.id}>
            <tr>
              <td rowSpan={span} className="result-start">
                <ContactLink contact={contact} />
              </td>
              <td rowSpan={span} className="result-end">
                <EndText contact={contact} />
              </td>
              <td rowSpan={span}>
                <CallerText caller={contact.caller} />
              </td>
              <td rowSpan={span}>
                <span className="number">{formatPhone(contact.number)}</span>
                {contact.numberName && <span className="second">{named(contact.numberName)}</span>}
              </td>
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

function ResultCards({ contacts }: { contacts: Contact[] }) {
  const { say, named } = useLanguage()
  return (
    <ul className="cards">
      {contacts.map((contact) => (
        <li key={contact.id} className="card">
          <p className="card-title">
            <ContactLink contact={contact} />
          </p>
          <dl className="card-facts">
            <div>
              <dt>{say('contacts.field.end')}</dt>
              <dd>
                <EndText contact={contact} />
              </dd>
            </div>
            <div>
              <dt>{say('contacts.field.caller')}</dt>
              <dd>
                <CallerText caller={contact.caller} />
              </dd>
            </div>
            <div>
              <dt>{say('contacts.field.number')}</dt>
              <dd>
                <span className="number">{formatPhone(contact.number)}</span>
                {contact.numberName && <span className="second">{named(contact.numberName)}</span>}
              </dd>
            </div>
            {contact.segments.map((segment, index) => (
              <div key={segment.id} className="card-segment">
                <dt>{say('contacts.field.official')}</dt>
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
  const { say, language } = useLanguage()
  return contact.endedAt ? formatEnd(contact.endedAt, contact.startedAt, language) : say('contacts.field.end.ongoing')
}

function OfficialText({ segment, isTransferred }: { segment: Segment | undefined; isTransferred: boolean }) {
  const { say } = useLanguage()
  if (!segment?.official) return <span className="muted">{say('contacts.official.none')}</span>
  return (
    <>
      {isTransferred && <span className="transferred">{say('contacts.segment.transferred')} </span>}
      <span className="official-name">{segment.official.name}</span>
      <span className="second">{formatPhone(segment.official.phone)}</span>
    </>
  )
}
