import type { ReactElement, ReactNode } from 'react'
import { useWide } from '../shell/use-wide.ts'

/** Column of a table, and field of a card. */
export interface Column<Row> {
  head: ReactNode
  cell: (row: Row) => ReactNode
  /** Figures, on the right. */
  isNumeric?: boolean
  /** The cell names its row. */
  isRowHead?: boolean
  /** Class of the cells. */
  className?: string
  classOf?: (row: Row) => string | undefined
  /** Language of the cells. */
  lang?: string
}

/** Columns, of which those that do not apply are false. */
type Columns<Row> = readonly (Column<Row> | false)[]

interface TableProps<Row> {
  columns: Columns<Row>
  rows: readonly Row[]
  keyOf: (row: Row, index: number) => React.Key
  /** Name of the table for screen readers, if no heading names it; or a caption to be seen. */
  caption?: string | ReactElement
  className?: string
  classOf?: (row: Row) => string | undefined
  /** Each row has a `row-link`, which is the link of the whole row. */
  hasRowLinks?: boolean
  /** Last row, of sums. */
  foot?: ReactNode
}

/** Table with one row for each item. */
export function Table<Row>({
  columns,
  rows,
  keyOf,
  caption,
  className = 'table',
  classOf,
  hasRowLinks = false,
  foot,
}: TableProps<Row>) {
  const shown = columns.filter((column) => column !== false)
  const tableRow = (row: Row, key?: React.Key) => (
    <tr key={key} className={classOf?.(row)}>
      {shown.map((column, index) => (
        <Cell key={index} column={column} row={row} />
      ))}
    </tr>
  )
  return (
    <table className={className}>
      {typeof caption === 'string' ? <caption className="visually-hidden">{caption}</caption> : caption}
      <thead>
        <tr>
          {shown.map(({ head, isNumeric }, index) => (
            <th key={index} scope="col" className={isNumeric ? 'numeric' : undefined}>
              {head}
            </th>
          ))}
        </tr>
      </thead>
      {hasRowLinks ? (
        rows.map((row, index) => <tbody key={keyOf(row, index)}>{tableRow(row)}</tbody>)
      ) : (
        <tbody>{rows.map((row, index) => tableRow(row, keyOf(row, index)))}</tbody>
      )}
      {foot && (
        <tfoot>
          <tr>{foot}</tr>
        </tfoot>
      )}
    </table>
  )
}

function Cell<Row>({ column, row }: { column: Column<Row>; row: Row }) {
  const { cell, isNumeric, isRowHead, className, classOf, lang } = column
  const classes = [isNumeric && 'numeric', className, classOf?.(row)].filter(Boolean).join(' ') || undefined
  return isRowHead ? (
    <th scope="row" className={classes} lang={lang}>
      {cell(row)}
    </th>
  ) : (
    <td className={classes} lang={lang}>
      {cell(row)}
    </td>
  )
}

/** Table; on windows narrower than `minPx` a card for each row, with its title and fields. */
export function TableOrCards<Row>({
  minPx,
  title,
  fields,
  cardFoot,
  cardsLabel,
  cardsClassName = 'cards',
  ...table
}: TableProps<Row> & {
  minPx: number
  title: (row: Row) => ReactNode
  /** Fields of a card; by default all columns but the first, which its title has. Their classes are those of the fields. */
  fields?: Columns<Row>
  /** Content below the fields of a card. */
  cardFoot?: (row: Row) => ReactNode
  cardsLabel?: string
  cardsClassName?: string
}) {
  const { columns, rows, keyOf, classOf } = table
  if (useWide(minPx)) return <Table {...table} />
  const shown = (fields ?? columns.slice(1)).filter((field) => field !== false)
  return (
    <ul className={cardsClassName} aria-label={cardsLabel}>
      {rows.map((row, index) => (
        <li key={keyOf(row, index)} className={['card', classOf?.(row)].filter(Boolean).join(' ')}>
          <p className="card-title">{title(row)}</p>
          <dl className="card-facts">
            {shown.map(({ head, cell, className }, index) => (
              <div key={index} className={fields && className}>
                <dt>{head}</dt>
                <dd>{cell(row)}</dd>
              </div>
            ))}
          </dl>
          {cardFoot?.(row)}
        </li>
      ))}
    </ul>
  )
}
