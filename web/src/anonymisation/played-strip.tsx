import { CircleCheck } from 'lucide-react'
import { useId } from 'react'
import { Button } from '../controls/button.tsx'
import { formatLength } from '../format/duration.ts'
import { useLanguage } from '../language/use-words.ts'
import type { Stretch } from '../listening/silence.ts'
import { lengthOf, playedShareOf, wholePercent } from './stretches.ts'
import { formatTenths } from './tenths.ts'

/** Maximum number of stretches listed; the next ones appear as these are played. */
const maxListed = 8

/** Shows which parts of the original have been played: every second is required. */
export function PlayedStrip({
  unplayed,
  durationMs,
  onPlay,
}: {
  unplayed: readonly Stretch[]
  durationMs: number
  onPlay: (ms: number) => void
}) {
  const { t } = useLanguage()
  const stripes = useId()
  const share = playedShareOf(unplayed, durationMs)
  const isWhole = unplayed.length === 0
  return (
    <div className="played" id="played">
      <p className="played-share">
        {isWhole && <CircleCheck aria-hidden="true" size={18} />}
        {isWhole
          ? t('anonymisation.played.all')
          : t('anonymisation.played.share', {
              percent: wholePercent(share),
              left: formatLength(Math.max(1000, lengthOf(unplayed))),
            })}
      </p>
      <svg className="played-strip" aria-hidden="true" preserveAspectRatio="none" viewBox={`0 0 ${durationMs} 10`}>
        <defs>
          <pattern id={stripes} width={durationMs / 100} height="10" patternUnits="userSpaceOnUse">
            <rect className="played-left" width={durationMs / 200} height="10" />
          </pattern>
        </defs>
        <rect className="played-done" width={durationMs} height="10" />
        {unplayed.map(({ fromMs, toMs }) => (
          <g key={fromMs}>
            <rect className="played-ground" x={fromMs} width={toMs - fromMs} height="10" />
            <rect fill={`url(#${stripes})`} x={fromMs} width={toMs - fromMs} height="10" />
          </g>
        ))}
      </svg>
      {!isWhole && (
        <ul className="played-list plain-list" aria-label={t('anonymisation.played.left')}>
          {unplayed.slice(0, maxListed).map(({ fromMs, toMs }) => (
            <li key={fromMs}>
              <Button
                kind="link"
                onPress={() => onPlay(fromMs)}
                aria-label={t('anonymisation.played.play', { from: formatTenths(fromMs), to: formatTenths(toMs) })}
              >
                {formatTenths(fromMs)}–{formatTenths(toMs)}
              </Button>
            </li>
          ))}
          {unplayed.length > maxListed && (
            <li className="muted">{t('anonymisation.more', { count: unplayed.length - maxListed })}</li>
          )}
        </ul>
      )}
    </div>
  )
}
