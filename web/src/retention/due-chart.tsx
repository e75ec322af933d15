import { useId, useState } from 'react'
import { formatCount } from '../format/number.ts'
import { useLanguage } from '../language/use-words.ts'
import { heightsOf, totalsOf } from './due.ts'
import type { Due, Grain } from './retention-shapes.ts'
import { dueText, spanText } from './retention-words.ts'

const barWidth = 10
const height = 100
const gap = 2

/**
 * Bar charts of what is due: recordings and contact history, each on its own scale. One slider moves along both, by keyboard or
 * pointer, and announces the bar.
 */
export function DueChart({ due, by }: { due: readonly Due[]; by: Grain }) {
  const { t, language } = useLanguage()
  const [at, setAt] = useState(() =>
    Math.max(
      0,
      due.findIndex((one) => one.recordings + one.contacts > 0),
    ),
  )
  const slider = useId()
  const chosen = due[Math.min(at, due.length - 1)]!
  const text = `${spanText(chosen, by, language)}: ${dueText(chosen, t, language)}`
  return (
    <div className="panel due-chart">
      <Bars title={t('retention.recordings')} due={due} what="recordings" by={by} at={at} onAt={setAt} />
      <Bars title={t('retention.history')} due={due} what="contacts" by={by} at={at} onAt={setAt} />
      <div className="due-ends" aria-hidden="true">
        <span>{spanText(due[0]!, by, language)}</span>
        <span>{spanText(due.at(-1)!, by, language)}</span>
      </div>
      <label htmlFor={slider} className="label">
        {t('retention.due.walk')}
      </label>
      <input
        id={slider}
        type="range"
        className="due-slider"
        min={0}
        max={due.length - 1}
        value={at}
        aria-valuetext={text}
        onChange={(event) => setAt(Number(event.currentTarget.value))}
      />
      <p className="due-chosen">{text}</p>
    </div>
  )
}

/** One row of bars. Its numbers are in the table and at the slider, so it is an image with a text alternative. */
function Bars({
  title,
  due,
  what,
  by,
  at,
  onAt,
}: {
  title: string
  due: readonly Due[]
  what: 'recordings' | 'contacts'
  by: Grain
  at: number
  onAt: (index: number) => void
}) {
  const { t, language } = useLanguage()
  const { total, peak } = totalsOf(due, what)
  const heights = heightsOf(due.map((one) => one[what]))
  const peakText = peak
    ? t('retention.due.peak', { when: spanText(peak, by, language), number: formatCount(peak[what], language) })
    : t('retention.due.nothing')
  const width = due.length * barWidth
  return (
    <figure className={`bars bars-${what}`}>
      <figcaption>
        <strong>{title}</strong> <span className="muted">{peakText}</span>
      </figcaption>
      <svg
        role="img"
        aria-label={`${title}: ${t('retention.due.total', { number: formatCount(total, language) })} ${peakText}`}
        viewBox={`0 0 ${width} ${height}`}
        preserveAspectRatio="none"
      >
        <rect
          x={Math.min(at, due.length - 1) * barWidth}
          width={barWidth}
          y={0}
          height={height}
          className="bar-ground"
        />
        {due.map((one, index) => (
          <g key={one.from} onPointerDown={() => onAt(index)}>
            <rect x={index * barWidth} width={barWidth} y={0} height={height} className="bar-room" />
            <rect
              x={index * barWidth + gap / 2}
              width={barWidth - gap}
              y={height * (1 - heights[index]!)}
              height={height * heights[index]!}
              className={index === at ? 'bar is-chosen' : 'bar'}
            />
          </g>
        ))}
        <line x1={0} x2={width} y1={height} y2={height} className="bars-axis" />
      </svg>
    </figure>
  )
}
