import { useLanguage } from '../language/use-words.ts'
import type { FlowStep } from './capture-shapes.ts'
import { stepText, sinceFirst } from './flow-steps.ts'

const width = 320
const [left, right] = [70, 250]
const rowPx = 36
const topPx = 34

/** Ladder diagram of a session. Hidden from screen readers: the table beside it has the same steps. */
export function Ladder({
  steps,
  formatSeconds,
}: {
  steps: readonly FlowStep[]
  formatSeconds: (seconds: number) => string
}) {
  const { t } = useLanguage()
  const first = steps[0]
  if (!first) return null
  const height = topPx + steps.length * rowPx + 8
  return (
    <svg className="ladder" viewBox={`0 0 ${width} ${height}`} aria-hidden="true" focusable="false">
      <defs>
        <marker id="ladder-arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto">
          <path d="M0 0 8 4 0 8z" />
        </marker>
      </defs>
      <text x={left} y={14} className="ladder-lane">
        {t('capture.by.client.short')}
      </text>
      <text x={right} y={14} className="ladder-lane">
        {t('capture.by.recorder.short')}
      </text>
      <line x1={left} x2={left} y1={22} y2={height} className="ladder-line" />
      <line x1={right} x2={right} y1={22} y2={height} className="ladder-line" />
      {steps.map((step, index) => {
        const y = topPx + index * rowPx + 18
        const word = stepText(step, t)
        return (
          <g key={index} className={`ladder-${step.by} ${isMedia(step) ? 'ladder-media' : ''}`}>
            <text x={4} y={y + 4} className="ladder-time">
              {formatSeconds(sinceFirst(step, first))}
            </text>
            {step.by === 'capture' ? (
              <>
                <circle cx={right} cy={y} r={5} />
                <text x={right - 10} y={y + 4} className="ladder-state">
                  {word}
                </text>
              </>
            ) : (
              <>
                <line
                  x1={step.by === 'client' ? left : right}
                  x2={step.by === 'client' ? right : left}
                  y1={y}
                  y2={y}
                  markerEnd="url(#ladder-arrow)"
                />
                <text x={(left + right) / 2} y={y - 5} className="ladder-word">
                  {word}
                </text>
              </>
            )}
          </g>
        )
      })}
    </svg>
  )
}

/** Returns true for steps of RTP and RTCP. */
function isMedia({ what }: FlowStep): boolean {
  return what.startsWith('RT')
}
