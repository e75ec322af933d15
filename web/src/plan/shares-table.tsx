import type { Named } from '../api/shapes.ts'
import { TableOrCards, type Column } from '../controls/table.tsx'
import { formatCount, formatShare } from '../format/number.ts'
import { useLanguage } from '../language/use-words.ts'
import type { Share } from './filters.ts'
import { judgeShare, type JudgedShare } from './judge-share.ts'
import { RangePlot } from './range-plot.tsx'

interface Row {
  share: Share
  key: string
  title: string
  isNumber: boolean
  more: string | Named | undefined
  /** A quota may have kept drawn calls of this row from being recorded. */
  hasQuota: boolean
}
type JudgedRow = Row & { judged: JudgedShare }

/** Planned and actual shares, one row each, with the range of chance; as cards on narrow screens. */
export function SharesTable({
  title,
  firstHeading,
  rows,
}: {
  title: string
  firstHeading: string
  rows: readonly Row[]
}) {
  const { t, language } = useLanguage()
  const count = (number: number) => formatCount(number, language)
  const share = (part: number | undefined) => (part == null ? '–' : formatShare(part, language))
  const columns: Column<JudgedRow>[] = [
    { head: firstHeading, cell: (row) => <RowTitle row={row} />, isRowHead: true },
    { head: t('plan.answered'), cell: (row) => count(row.share.answered), isNumeric: true },
    { head: t('plan.planned'), cell: ({ judged }) => share(judged.planned), isNumeric: true },
    { head: t('plan.actual'), cell: ({ judged }) => share(judged.actual), isNumeric: true },
    { head: t('plan.recorded'), cell: (row) => count(row.share.recorded), isNumeric: true },
  ]
  const ordinary: Column<JudgedRow> = {
    head: t('plan.ordinary'),
    cell: (row) => (
      <>
        <Ordinary judged={row.judged} />
        <RangePlot judged={row.judged} share={row.share} />
      </>
    ),
  }
  const verdict: Column<JudgedRow> = { head: t('plan.verdict'), cell: ({ judged }) => <Verdict judged={judged} /> }
  return (
    <div className="shares">
      <h3>{title}</h3>
      {rows.length === 0 ? (
        <p>{t('plan.shares.none')}</p>
      ) : (
        <TableOrCards
          minPx={1100}
          caption={title}
          className="results shares-table"
          rows={rows.map((row) => ({ ...row, judged: judgeShare(row.share, row.hasQuota) }))}
          keyOf={({ key }) => key}
          title={(row) => <RowTitle row={row} />}
          columns={[...columns, ordinary, verdict]}
          fields={[...columns.slice(1), { ...ordinary, cell: ({ judged }) => <Ordinary judged={judged} /> }, verdict]}
        />
      )}
    </div>
  )
}

function RowTitle({ row }: { row: Row }) {
  const { named } = useLanguage()
  const more = typeof row.more === 'object' ? named(row.more) : row.more
  return (
    <>
      <span className={row.isNumber ? 'number' : undefined}>{row.title}</span>
      {more && <span className="second">{more}</span>}
    </>
  )
}

function Ordinary({ judged: { draw, range } }: { judged: JudgedShare }) {
  const { language } = useLanguage()
  if (draw === 'none') return '–'
  const [low, high] = [formatCount(range.low, language), formatCount(range.high, language)]
  return low === high ? low : `${low}–${high}`
}

const badges = { ordinary: 'available', quota: 'none', none: 'none', more: 'restricted', fewer: 'restricted' } as const

/** Verdict on the draw, and whether exactly the drawn calls have a recording. */
function Verdict({ judged: { draw, difference } }: { judged: JudgedShare }) {
  const { t } = useLanguage()
  return (
    <>
      <span className={`badge badge-${badges[draw]}`}>{t(`plan.verdict.${draw}`)}</span>
      {difference < 0 && (
        <span className="second shares-difference">{t('plan.difference.missing', { count: -difference })}</span>
      )}
      {difference > 0 && (
        <span className="second shares-difference">{t('plan.difference.extra', { count: difference })}</span>
      )}
    </>
  )
}
