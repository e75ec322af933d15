import { useEffect, useEffectEvent, useRef, type KeyboardEvent } from 'react'
import { useLanguage } from '../language/use-words.ts'
import { actionOf, targetOf } from '../listening/keys.ts'
import { PositionSlider } from '../listening/position-slider.tsx'
import { Transport } from '../listening/transport.tsx'
import { usePlayback } from '../listening/use-playback.ts'
import type { CopyPlayback } from './copy-shapes.ts'

const readAgainMs = 4000
/** Delay after a pause until the server has recorded the last request. */
const settleMs = 700

/** Plays the anonymised copy only, never the original. */
export function ResultPlayer({
  playback: { audio, durationMs },
  startMs,
  onServed,
  onBroken,
  onStop,
}: {
  playback: CopyPlayback
  startMs: number
  /** Called while it plays and on pause, when more has been listened to. */
  onServed: () => void
  onBroken: () => void
  onStop: (positionMs: number) => void
}) {
  const { t } = useLanguage()
  const box = useRef<HTMLElement>(null)
  const playback = usePlayback({
    source: audio,
    durationMs,
    startMs,
    silences: [],
    onSpeed: () => undefined,
    onBroken,
    onStop,
  })
  const { isPlaying } = playback
  const notify = useEffectEvent(onServed)
  useEffect(() => {
    if (!isPlaying) return
    const timer = window.setInterval(() => notify(), readAgainMs)
    return () => {
      window.clearInterval(timer)
      window.setTimeout(() => notify(), settleMs)
    }
  }, [isPlaying])
  useEffect(() => {
    box.current?.querySelector<HTMLElement>('.play-button')?.focus()
  }, [])

  const onKeyDown = (event: KeyboardEvent) => {
    const action = actionOf(event, targetOf(event.target))
    if (action?.do !== 'toggle' && action?.do !== 'skip' && action?.do !== 'speed') return
    event.preventDefault()
    event.stopPropagation()
    if (action.do === 'toggle') playback.toggle()
    else if (action.do === 'skip') playback.skip(action.ms)
    else playback.stepSpeed(action.steps)
  }
  return (
    <section
      ref={box}
      className="player result-player"
      aria-label={t('anonymisation.result')}
      tabIndex={-1}
      onKeyDownCapture={onKeyDown}
    >
      <PositionSlider playback={playback} durationMs={durationMs} />
      <Transport playback={playback} durationMs={durationMs} />
      <p className="muted">{t('anonymisation.result.keys')}</p>
    </section>
  )
}
