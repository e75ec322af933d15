import { ArrowDown, ArrowUp } from 'lucide-react'
import type { ReactNode } from 'react'
import type { AccessRight, Contact } from '../api/shapes.ts'
import { Button } from '../controls/button.tsx'
import { useLanguage, type Word } from '../language/use-words.ts'
import { hasRole } from '../session/rights.ts'
import { usePresence } from '../session/use-presence.ts'
import { useWide } from '../shell/use-wide.ts'
import { CallerText } from './caller-text.tsx'
import {
  ContactLink,
  EndText,
  LengthText,
  NumberText,
  SegmentCell,
  segmentColumns,
  type Part,
  type Playable,
  type SegmentColumn,
} from './cells.tsx'
import { isByTime, orderNames, type ColumnName, type Order, type OrderName } from './columns.ts'
import type { Picks } from './pick-bar.tsx'
import { onRowKeys } from './row-keys.ts'

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
 * Columns and card fields of a contact, except those of its segments: the register's fields (R10), and the length computed from
 * them. The first column is the link.
 */
const columns: readonly [Column, ...Column[]] = [
  { name: 'start', head: 'contacts.field.start', className: 'nowrap', Cell: ContactLink },
  { name: 'end', head: 'contacts.field.end', Cell: EndText },
  { name: 'length', head: 'contacts.field.length', className: 'numeric', Cell: LengthText },
  {
    name: 'caller',
    head: 'contacts.field.caller',
    className: 'nowrap',
    Cell: ({ contact }) => <CallerText caller={contact.caller} />,
  },
  { name: 'number', head: 'contacts.field.number', className: 'result-number', Cell: NumberText },
]

/** Width of the window from which results are a table. */
export const tableFrom = 1200

interface ResultsProps {
  contacts: Contact[]
  shown: readonly ColumnName[]
  order: Order
  /** True if the result is small enough to be sorted by any column. A result of any length can be sorted by time. */
  isOrderable: boolean
  onOrder: (by: OrderName) => void
  playing: Playable | undefined
  onPlay: (one: Playable) => void
  /** Undefined if no act applies to several recordings. */
  picks: Picks | undefined
}

/** Contacts as a table with exactly the register's fields (R10); as cards on narrow screens. */
export function Results(props: ResultsProps) {
  const presence = usePresence()
  const seen = columns.filter(
    ({ name, roles }) =>
      (name === 'start' || props.shown.includes(name)) &&
      (!roles || (presence.state === 'signed-in' && hasRole(presence.me, ...roles))),
  )
  return useWide(tableFrom) ? <ResultsTable {...props} columns={seen} /> : <ResultCards {...props} columns={seen} />
}

type ViewProps = ResultsProps & { columns: readonly Column[] }

function ResultsTable({ contacts, columns, shown, order, isOrderable, onOrder, ...play }: ViewProps) {
  const { t } = useLanguage()
  const head = { order, isOrderable, onOrder }
  const ofSegments = segmentColumns.filter((name) => shown.includes(name))
  return (
    <table className={`results results-dense ${play.picks ? 'results-pickable' : ''}`} onKeyDown={onRowKeys}>
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

/** Heading of a column; a button if the result can be sorted by the column, as it always can by the beginning of the call. */
function Heading({
  name,
  word,
  className,
  order,
  isOrderable,
  onOrder,
}: Pick<ResultsProps, 'order' | 'isOrderable' | 'onOrder'> & {
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
      {by && (isOrderable || isByTime({ by })) ? (
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

function SegmentCells({ shown, ...part }: Part & { shown: readonly SegmentColumn[] }) {
  return shown.map((name) => (
    <td key={name} className={`result-${name}`}>
      <SegmentCell name={name} {...part} />
    </td>
  ))
}

function ResultCards({ contacts, columns: [, ...columns], shown, playing, onPlay, picks }: ViewProps) {
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
                        <SegmentCell
                          name={name}
                          {...{ contact, segment, playing, onPlay, picks }}
                          isTransferred={index > 0}
                        />
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
