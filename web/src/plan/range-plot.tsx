import type { Share } from './filters.ts'
import type { JudgedShare } from './judge-share.ts'

const width = 130
const height = 14
const minBandWidth = 3
/** Margin beyond the greatest count. */
const room = 1.15

/** Plot of the draw against the range of chance and the plan; the text beside it has the same information. */
export function RangePlot({ judged, share }: { judged: JudgedShare; share: Share }) {
  const { range, planned, draw } = judged
  if (planned === undefined || range.high === 0) return null
  const max = Math.max(range.high, share.drawn) * room
  const at = (count: number) => (count / max) * width
  const isOrdinary = draw === 'ordinary' || draw === 'quota'
  return (
    <svg aria-hidden="true" width={width} height={height} className="range-plot">
      <line x1={0} x2={width} y1={height / 2} y2={height / 2} className="range-axis" />
      <rect
        x={at(range.low)}
        y={3}
        width={Math.max(minBandWidth, at(range.high) - at(range.low))}
        height={height - 6}
        className="range-band"
      />
      <line x1={at(share.expected)} x2={at(share.expected)} y1={1} y2={height - 1} className="range-plan" />
      <circle cx={at(share.drawn)} cy={height / 2} r={4.5} className={isOrdinary ? 'range-dot' : 'range-dot is-odd'} />
    </svg>
  )
}
