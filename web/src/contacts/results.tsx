import { Link } from '@tanstack/react-router'
import { ArrowDown, ArrowUp } from 'lucide-react'
import type { ReactNode } from 'react'
import type { AccessRight, Contact, Segment } from '../api/shapes.ts'
import { Button } from '../controls/button.tsx'
import { formatPosition } from '../format/duration.ts'
import { formatEnd, formatInstant } from '../format/instant.ts'
import { formatPhone } from '../format/phone.ts'
import { useLanguage, type Word } from '../language/use-words.ts'
import { hasRole } from '../session/rights.ts'
import { usePresence } from '../session/use-presence.ts'
import { useWide } from '../shell/use-wide.ts'
import { CallerText } from './caller-text.tsx'
import { lengthOf, orderNames, type ColumnName, type Order, type OrderName } from './columns.ts'
import { PlayBadge } from './play-badge.tsx'
import { RecordingBadge } from './recording-badge.tsx'
import { onRowKeys } from './row-keys.ts'

/** Part of a call with a recording to listen to. */
export interface Playable {
  contact: Contact
  segment: Segment
  recordingId: string
}

interface Column {
  name: ColumnName
  head: Word
  className?: string
  /**
   * Roles that see the column, if not all do: any right of the role counts, not only those that cover the purpose. The server
   * omits what others may not see.
   */
  roles?: readonly AccessRight['role'][]
  Cell: (props: { contact: Contact }) => ReactNode
}

/**
 * Columns and card fields of a contact, beside its segments: the register's fields (R10) and the length that follows from them.
 * The first one is the link.
 */
const columns: readonly [Column, ...Column[]] = [
  { name: 'start', head: 'contacts.field.start', className: 'nowrap', Cell: ContactLink },
  { name: 'end', head: 'contacts.field.end', className: 'nowrap', Cell: EndText },
  { name: 'length', head: 'contacts.field.length', className: 'numeric', Cell: LengthText },
  {
    name: 'caller',
    head: 'contacts.field.caller',
    className: 'nowrap',
    Cell: ({ contact }) => <CallerText caller={contact.caller} />,
  },
  { name: 'number', head: 'contacts.field.number', className: 'result-number', Cell: NumberText },
]

/** Columns of a segment. */
const segmentColumns = ['official', 'phone', 'recording'] as const satisfies ColumnName[]
type SegmentColumn = (typeof segmentColumns)[number]

interface Shown {
  contacts: Contact[]
  shown: readonly ColumnName[]
  order: Order
  /** The result is whole, so that another order can be made of it. */
  isOrderable: boolean
  onOrder: (by: OrderName) => void
  playing: Playable | undefined
  onPlay: (one: Playable) => void
}

/** Contacts as a table with exactly the register's fields (R10); as cards on narrow screens. */
export function Results(props: Shown) {
  const presence = usePresence()
  const seen = columns.filter(
    ({ name, roles }) =>
      (name === 'start' || props.shown.includes(name)) &&
      (!roles || (presence.state === 'signed-in' && hasRole(presence.me, ...roles))),
  )
  return useWide(1200) ? <ResultsTable {...props} columns={seen} /> : <ResultCards {...props} columns={seen} />
}

type Drawn = Shown & { columns: readonly Column[] }

function ResultsTable({ contacts, columns, shown, order, isOrderable, onOrder, ...play }: Drawn) {
  const { t } = useLanguage()
  const head = { order, isOrderable, onOrder }
  const ofSegments = segmentColumns.filter((name) => shown.includes(name))
  return (
    <table className="results results-dense" onKeyDown={onRowKeys}>
      <caption className="visually-hidden">{t('contacts.results.title')}</caption>
      <thead>
        <tr>
          {columns.map(({ name, head: word, className }) => (
            <Heading key={name} name={name} word={word} className={className} {...head} />
          ))}
          {ofSegments.map((name) => (
            <Heading key={name} name={name} word={`contacts.field.${name}`} {...head} />
          ))}
        </tr>
      </thead>
      {contacts.map((contact) => {
        const [first, ...others] = contact.segments
        const span = Math.max(1, contact.segments.length)
        return (
          <tbody
            key={contact.id}
            data-row=""
            className={play.playing?.contact.id === contact.id ? 'is-playing' : undefined}
          >
            <tr>
              {columns.map(({ name, className, Cell }) => (
                <td key={name} rowSpan={span} className={className}>
                  <Cell contact={contact} />
                </td>
              ))}
              <SegmentCells contact={contact} segment={first} shown={ofSegments} {...play} />
            </tr>
            {others.map((segment) => (
              <tr key={segment.id} className="result-transferred">
                <SegmentCells contact={contact} segment={segment} shown={ofSegments} isTransferred {...play} />
              </tr>
            ))}
          </tbody>
        )
      })}
    </table>
  )
}

/** Heading of a column; a button where the column gives an order. */
function Heading({
  name,
  word,
  className,
  order,
  isOrderable,
  onOrder,
}: Pick<Shown, 'order' | 'isOrderable' | 'onOrder'> & {
  name: ColumnName
  word: Word
  className?: string | undefined
}) {
  const { t } = useLanguage()
  const by = orderNames.find((one) => one === name)
  const isBy = order.by === name
  const Arrow = order.isDescending ? ArrowDown : ArrowUp
  return (
    <th
      scope="col"
      className={className}
      {...(isBy && { 'aria-sort': order.isDescending ? ('descending' as const) : ('ascending' as const) })}
    >
      {by && isOrderable ? (
        <Button kind="link" className="order-button" onPress={() => onOrder(by)}>
          {t(word)}
          {isBy && <Arrow aria-hidden="true" size={16} />}
        </Button>
      ) : (
        t(word)
      )}
    </th>
  )
}

interface Part {
  contact: Contact
  segment: Segment | undefined
  isTransferred?: boolean
  playing: Playable | undefined
  onPlay: (one: Playable) => void
}

function SegmentCells({ shown, ...part }: Part & { shown: readonly SegmentColumn[] }) {
  return shown.map((name) => (
    <td key={name} className={`result-${name}`}>
      <SegmentCell name={name} {...part} />
    </td>
  ))
}

function SegmentCell({ name, ...part }: Part & { name: SegmentColumn }) {
  if (name === 'official') return <OfficialText {...part} />
  if (name === 'recording') return <RecordingOf {...part} />
  const phone = part.segment?.official?.phone
  return phone === undefined ? null : <span className="number">{formatPhone(phone)}</span>
}

/** State of the recording; a button where it can be listened to. */
function RecordingOf({ contact, segment, playing, onPlay }: Part) {
  if (!segment) return null
  const { recording } = segment
  if (recording.state !== 'available' || !recording.id)
    return <RecordingBadge recording={recording} isOngoing={segment.endedAt == null} />
  const recordingId = recording.id
  return (
    <PlayBadge
      contact={contact}
      segment={segment}
      isPlaying={playing?.recordingId === recordingId}
      onPlay={() => onPlay({ contact, segment, recordingId })}
    />
  )
}

function ResultCards({ contacts, columns: [, ...columns], shown, playing, onPlay }: Drawn) {
  const { t } = useLanguage()
  return (
    <ul className="cards" onKeyDown={onRowKeys}>
      {contacts.map((contact) => (
        <li key={contact.id} data-row="" className={`card ${playing?.contact.id === contact.id ? 'is-playing' : ''}`}>
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
                  {segmentColumns
                    .filter((name) => shown.includes(name))
                    .map((name) => (
                      <div key={name}>
                        <SegmentCell name={name} {...{ contact, segment, playing, onPlay }} isTransferred={index > 0} />
                      </div>
                    ))}
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

function LengthText({ contact }: { contact: Contact }) {
  const ms = lengthOf(contact)
  return ms === undefined ? null : formatPosition(ms)
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

function OfficialText({ segment, isTransferred }: Pick<Part, 'segment' | 'isTransferred'>) {
  const { t } = useLanguage()
  if (!segment?.official) return <span className="muted">{t('contacts.official.none')}</span>
  return (
    <>
      {isTransferred && <span className="transferred">{t('contacts.segment.transferred')} </span>}
      <span className="official-name">{segment.official.name}</span>
    </>
  )
}
