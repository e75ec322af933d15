import type { Named } from '../api/shapes.ts'
import { formatCount, formatShare } from '../format/number.ts'
import { useLanguage } from '../language/use-words.ts'
import { useWide } from '../shell/use-wide.ts'
import type { Share } from './filters.ts'
import { judgeShare } from './judge-share.ts'
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
  const { t } = useLanguage()
  const isWide = useWide(1100)
  return (
    <div className="shares">
      <h3>{title}</h3>
      {rows.length === 0 && <p>{t('plan.shares.none')}</p>}
      {rows.length > 0 &&
        (isWide ? <Table title={title} firstHeading={firstHeading} rows={rows} /> : <Cards rows={rows} />)}
    </div>
  )
}

function Table({ title, firstHeading, rows }: { title: string; firstHeading: string; rows: readonly Row[] }) {
  const { t, language } = useLanguage()
  return (
    <table className="results shares-table">
      <caption className="visually-hidden">{title}</caption>
      <thead>
        <tr>
          <th scope="col">{firstHeading}</th>
          <th scope="col" className="numeric">
            {t('plan.answered')}
          </th>
          <th scope="col" className="numeric">
            {t('plan.planned')}
          </th>
          <th scope="col" className="numeric">
            {t('plan.actual')}
          </th>
          <th scope="col" className="numeric">
            {t('plan.recorded')}
          </th>
          <th scope="col">{t('plan.ordinary')}</th>
          <th scope="col">{t('plan.verdict')}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => {
          const judged = judgeShare(row.share, row.hasQuota)
          return (
            <tr key={row.key}>
              <th scope="row">
                <RowTitle row={row} />
              </th>
              <td className="numeric">{formatCount(row.share.answered, language)}</td>
              <td className="numeric">{judged.planned == null ? '–' : formatShare(judged.planned, language)}</td>
              <td className="numeric">{judged.actual == null ? '–' : formatShare(judged.actual, language)}</td>
              <td className="numeric">{formatCount(row.share.recorded, language)}</td>
              <td>
                <Ordinary judged={judged} />
                <RangePlot judged={judged} share={row.share} />
              </td>
              <td>
                <Verdict judged={judged} />
              </td>
            </tr>
          )
        })}
      </tbody>
    </table>
  )
}

function Cards({ rows }: { rows: readonly Row[] }) {
  const { t, language } = useLanguage()
  return (
    <ul className="cards">
      {rows.map((row) => {
        const judged = judgeShare(row.share, row.hasQuota)
        return (
          <li key={row.key} className="card">
            <p className="card-title">
              <RowTitle row={row} />
            </p>
            <dl className="card-facts">
              <div>
                <dt>{t('plan.answered')}</dt>
                <dd>{formatCount(row.share.answered, language)}</dd>
              </div>
              <div>
                <dt>{t('plan.planned')}</dt>
                <dd>{judged.planned == null ? '–' : formatShare(judged.planned, language)}</dd>
              </div>
              <div>
                <dt>{t('plan.actual')}</dt>
                <dd>{judged.actual == null ? '–' : formatShare(judged.actual, language)}</dd>
              </div>
              <div>
                <dt>{t('plan.recorded')}</dt>
                <dd>{formatCount(row.share.recorded, language)}</dd>
              </div>
              <div>
                <dt>{t('plan.ordinary')}</dt>
                <dd>
                  <Ordinary judged={judged} />
                </dd>
              </div>
              <div>
                <dt>{t('plan.verdict')}</dt>
                <dd>
                  <Verdict judged={judged} />
                </dd>
              </div>
            </dl>
          </li>
        )
      })}
    </ul>
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

function Ordinary({ judged: { draw, range } }: { judged: ReturnType<typeof judgeShare> }) {
  const { language } = useLanguage()
  if (draw === 'none') return '–'
  const [low, high] = [formatCount(range.low, language), formatCount(range.high, language)]
  return low === high ? low : `${low}–${high}`
}

const badges = { ordinary: 'available', quota: 'none', none: 'none', more: 'restricted', fewer: 'restricted' } as const

/** Verdict on the draw, and whether exactly the drawn calls have a recording. */
function Verdict({ judged: { draw, difference } }: { judged: ReturnType<typeof judgeShare> }) {
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
