import { Pause, Play, RotateCcw, RotateCw } from 'lucide-react'
import { Button } from '../controls/button.tsx'
import { formatPosition } from '../format/duration.ts'
import { formatSpeed } from '../format/number.ts'
import { useLanguage } from '../language/use-words.ts'
import type { Playback } from './use-playback.ts'

/** Position, play and pause, ten seconds back and forward, and speed. */
export function Transport({ playback, durationMs }: { playback: Playback; durationMs: number }) {
  const { t, language } = useLanguage()
  const { positionMs, isPlaying, isWaiting, speed, skip, toggle, stepSpeed } = playback
  return (
    <div className="transport">
      <p className="clock">
        <span className="clock-now">{formatPosition(positionMs)}</span>
        <span aria-hidden="true"> / </span>
        <span className="visually-hidden">{t('listening.player.of')}</span>
        <span>{formatPosition(durationMs)}</span>
        {isPlaying && isWaiting && <span className="clock-waiting">{t('shell.loading')}</span>}
      </p>
      <div className="transport-buttons" role="group" aria-label={t('listening.player.transport')}>
        <Button kind="quiet" className="round" aria-label={t('listening.player.back')} onPress={() => skip(-10_000)}>
          <RotateCcw aria-hidden="true" size={22} />
          <span aria-hidden="true" className="round-text">
            10
          </span>
        </Button>
        <Button
          kind="primary"
          className="play-button"
          aria-label={t(isPlaying ? 'listening.player.pause' : 'listening.player.play')}
          onPress={toggle}
        >
          {isPlaying ? (
            <Pause aria-hidden="true" size={26} />
          ) : (
            <Play aria-hidden="true" size={26} className="play-icon" />
          )}
        </Button>
        <Button kind="quiet" className="round" aria-label={t('listening.player.forward')} onPress={() => skip(10_000)}>
          <RotateCw aria-hidden="true" size={22} />
          <span aria-hidden="true" className="round-text">
            10
          </span>
        </Button>
      </div>
      <div className="speed" role="group" aria-label={t('listening.player.speed')}>
        <Button
          kind="quiet"
          className="step"
          aria-label={t('listening.player.slower')}
          isDisabled={speed <= 0.5}
          onPress={() => stepSpeed(-1)}
        >
          −
        </Button>
        <output className="speed-now">{formatSpeed(speed, language)} ×</output>
        <Button
          kind="quiet"
          className="step"
          aria-label={t('listening.player.faster')}
          isDisabled={speed >= 3}
          onPress={() => stepSpeed(1)}
        >
          +
        </Button>
      </div>
    </div>
  )
}
