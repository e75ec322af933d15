import { positionText } from '../format/duration.ts'
import { useLanguage } from '../language/use-words.ts'
import type { Playback } from './use-playback.ts'

const steps: Partial<Record<string, number>> = {
  ArrowLeft: -5000,
  ArrowDown: -5000,
  ArrowRight: 5000,
  ArrowUp: 5000,
  PageDown: -30_000,
  PageUp: 30_000,
}

/** Position, as a slider over the whole recording. */
export function PositionSlider({ playback, durationMs }: { playback: Playback; durationMs: number }) {
  const { t } = useLanguage()
  const { positionMs } = playback
  return (
    <input
      type="range"
      className="range position-range"
      data-keys="general"
      min={0}
      max={durationMs}
      step={100}
      value={Math.min(positionMs, durationMs)}
      aria-label={t('listening.player.position')}
      aria-valuetext={t('listening.player.position.of', {
        position: positionText(positionMs, t),
        duration: positionText(durationMs, t),
      })}
      onChange={(event) => playback.seek(Number(event.target.value))}
      onKeyDown={(event) => {
        // With the player's keys off, the arrows still step five seconds instead of a tenth.
        const ms = steps[event.key]
        if (ms == null) return
        event.preventDefault()
        playback.skip(ms)
      }}
    />
  )
}
