import { today } from '@internationalized/date'
import { Link } from '@tanstack/react-router'
import { $api } from '../api/client.ts'
import { Loaded } from '../controls/loaded.tsx'
import { zone } from '../format/instant.ts'
import { formatCount } from '../format/number.ts'
import { useLanguage } from '../language/use-words.ts'
import type { Study } from '../studies/question.ts'
import { barsOf, type HourBar } from './hour-bars.ts'

const freshMs = 60_000

/** Today's answered calls by hour, and how many were recorded: counts in fives, as in any study (decision 0053). */
export function TodayOverview() {
  const { t } = useLanguage()
  const day = today(zone).toString()
  const query = $api.useQuery(
    'get',
    '/api/studies',
    { params: { query: { from: day, to: day, by: 'hour', measure: 'recorded' } } },
    { staleTime: freshMs },
  )
  return (
    <section aria-labelledby="start-today" className="panel stack-small">
      <h2 id="start-today">{t('start.today')}</h2>
      <Loaded query={query} lines={4}>
        {(data) => <Figure study={data} />}
      </Loaded>
      <p>
        <Link to="/service-level" search={{ from: day, to: day, by: 'hour', measure: 'recorded' }}>
          {t('start.today.more')}
        </Link>
      </p>
    </section>
  )
}

function Figure({ study }: { study: Study }) {
  const { t, language } = useLanguage()
  const bars = barsOf(study)
  const sentence = useSentence(study)
  if (bars.length === 0) return <p className="muted">{t('start.today.few')}</p>
  return (
    <figure className="hour-bars">
      <figcaption>{sentence}</figcaption>
      <Bars bars={bars} />
      <p className="hour-key" aria-hidden="true">
        <span className="hour-key-answered">{t('start.today.answered')}</span>
        <span className="hour-key-recorded">{t('start.today.ofThem')}</span>
      </p>
      <ul className="visually-hidden">
        {bars.map(({ hour, answered, recorded }) => (
          <li key={hour}>
            {hour}–{hour + 1}:{' '}
            {t('start.today.calls', {
              calls: formatCount(answered, language),
              recorded: formatCount(recorded, language),
            })}
          </li>
        ))}
      </ul>
      <p className="muted small-text">{t('start.today.fives')}</p>
    </figure>
  )
}

function useSentence({ total: { figures } }: Study): string {
  const { t, locale, language } = useLanguage()
  const share = (value: number) => new Intl.NumberFormat(locale, { style: 'percent' }).format(value)
  const { judged, recorded, recordedShare, plannedShare } = figures
  if (typeof judged !== 'number' || typeof recorded !== 'number') return ''
  const counts = { calls: formatCount(judged, language), recorded: formatCount(recorded, language) }
  if (typeof recordedShare !== 'number' || typeof plannedShare !== 'number') return t('start.today.calls', counts)
  return t('start.today.recorded', { ...counts, share: share(recordedShare), planned: share(plannedShare) })
}

const [width, height, labels] = [28, 100, 18]

/** Bar chart by hour. Hidden from screen readers: the list beside the chart has the numbers. */
function Bars({ bars }: { bars: readonly HourBar[] }) {
  const most = Math.max(...bars.map(({ answered }) => answered))
  const heightOf = (count: number) => (count / most) * height
  return (
    <svg viewBox={`0 0 ${bars.length * width} ${height + labels}`} aria-hidden="true">
      {bars.map(({ hour, answered, recorded }, index) => (
        <g key={hour} transform={`translate(${index * width} 0)`}>
          {Object.entries({ answered, recorded }).map(([name, count]) => (
            <rect
              key={name}
              className={`hour-${name}`}
              x={3}
              width={width - 6}
              y={height - heightOf(count)}
              height={heightOf(count)}
            />
          ))}
          <text x={width / 2} y={height + labels - 4} textAnchor="middle">
            {hour}
          </text>
        </g>
      ))}
    </svg>
  )
}
