import type { Gap, Peaks } from '../api/shapes.ts'
import { formatLength, formatPosition } from '../format/duration.ts'
import { useLanguage, type Word } from '../language/use-words.ts'
import { JumpButton } from './jump-button.tsx'
import { isWithin } from './talk.ts'

/** Gaps of a recording, where one side is missing: reason, times and a jump button. */
export function Gaps({
  gaps,
  holds,
  onJump,
}: {
  gaps: readonly Gap[]
  holds: Peaks['holds']
  onJump: (ms: number) => void
}) {
  const { t } = useLanguage()
  if (gaps.length === 0) return null
  return (
    <details className="gaps">
      <summary>{t('listening.gaps.title', { count: gaps.length })}</summary>
      <div className="scroll">
        <table className="table">
          <caption className="visually-hidden">{t('listening.gaps.caption')}</caption>
          <thead>
            <tr>
              <th scope="col">{t('listening.gaps.track')}</th>
              <th scope="col">{t('listening.gaps.kind')}</th>
              <th scope="col" className="numeric">
                {t('listening.gaps.from')}
              </th>
              <th scope="col" className="numeric">
                {t('listening.gaps.to')}
              </th>
              <th scope="col" className="numeric">
                {t('listening.gaps.length')}
              </th>
              <th scope="col">
                <span className="visually-hidden">{t('listening.gaps.action')}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {gaps.map((gap) => (
              <tr key={`${gap.track}-${gap.fromMs}`}>
                <td>{t(`listening.player.${gap.track}` as Word)}</td>
                <td>
                  <span className={`gap-mark gap-${gap.kind}`} aria-hidden="true" />
                  {t(isWithin(gap, holds) ? 'listening.gaps.hold' : (`listening.gaps.${gap.kind}` as Word))}
                </td>
                <td className="numeric">{formatPosition(gap.fromMs)}</td>
                <td className="numeric">{formatPosition(gap.toMs)}</td>
                <td className="numeric">{lengthOf(gap)}</td>
                <td>
                  <JumpButton atMs={gap.fromMs} onJump={onJump} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  )
}

function lengthOf({ fromMs, toMs }: Gap): string {
  return toMs - fromMs < 1000 ? `${Math.round(toMs - fromMs)} ms` : formatLength(toMs - fromMs)
}
