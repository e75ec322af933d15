import { Minus, Pause, Play, Plus, RotateCcw, SkipBack } from 'lucide-react'
import { useEffect, useEffectEvent, useRef } from 'react'
import { ToggleButton } from 'react-aria-components'
import { Button } from '../controls/button.tsx'
import { formatPosition, positionText } from '../format/duration.ts'
import { useLanguage } from '../language/use-words.ts'
import { usePlayback, type OnBroken } from '../listening/use-playback.ts'
import { nextVolume, roomSpeeds, type RoomSpeed } from './room-facts.ts'

const back10Ms = -10_000
const firstVolume = 0.8
const speeds = Object.keys(roomSpeeds) as RoomSpeed[]

/** A few large labelled controls: play and pause, back, from the start, volume, speed. */
export function RoomPlayer({
  source,
  durationMs,
  startMs,
  onSpeed,
  onBroken,
  onStop,
}: {
  source: string
  durationMs: number
  startMs: number
  onSpeed: (speed: number) => void
  onBroken: OnBroken
  /** Called with the position when the player closes. */
  onStop: (positionMs: number) => void
}) {
  const { t } = useLanguage()
  const playback = usePlayback({ source, durationMs, startMs, silences: [], onSpeed, onBroken, onStop })
  const { positionMs, isPlaying, isWaiting } = playback
  const play = useRef<HTMLButtonElement>(null)
  const begin = useEffectEvent(() => {
    playback.setVolume(firstVolume)
    playback.toggle()
  })
  useEffect(() => {
    play.current?.focus()
    begin()
  }, [])
  return (
    <section className="room-player" aria-label={t('listening.player.transport')}>
      <div className="room-buttons">
        <Button kind="primary" className="room-button room-play" ref={play} onPress={playback.toggle}>
          {isPlaying ? <Pause aria-hidden="true" size={48} /> : <Play aria-hidden="true" size={48} />}
          {t(isPlaying ? 'listening.player.pause' : 'listening.player.play')}
        </Button>
        <Button kind="secondary" className="room-button" onPress={() => playback.skip(back10Ms)}>
          <RotateCcw aria-hidden="true" size={32} />
          {t('listening-room.back10')}
        </Button>
        <Button kind="secondary" className="room-button" onPress={() => playback.seek(0)}>
          <SkipBack aria-hidden="true" size={32} />
          {t('listening-room.fromStart')}
        </Button>
      </div>
      <div className="room-position">
        <input
          type="range"
          className="range room-range"
          min={0}
          max={durationMs}
          step={1000}
          value={Math.min(positionMs, durationMs)}
          aria-label={t('listening.player.position')}
          aria-valuetext={t('listening.player.position.of', {
            position: positionText(positionMs, t),
            duration: positionText(durationMs, t),
          })}
          onChange={(event) => playback.seek(Number(event.target.value))}
          onKeyDown={(event) => {
            const ms = { ArrowLeft: -5000, ArrowDown: -5000, ArrowRight: 5000, ArrowUp: 5000 }[event.key]
            if (ms === undefined) return
            event.preventDefault()
            playback.skip(ms)
          }}
        />
        <p className="room-clock">
          {formatPosition(positionMs)} / {formatPosition(durationMs)}
          {isPlaying && isWaiting && <span className="muted"> {t('shell.loading')}</span>}
        </p>
      </div>
      <div className="room-settings">
        <Volume volume={playback.volume} onChange={playback.setVolume} />
        <div className="room-setting" role="group" aria-label={t('listening.player.speed')}>
          <p aria-hidden="true">{t('listening.player.speed')}</p>
          <div className="room-choices">
            {speeds.map((speed) => (
              <ToggleButton
                key={speed}
                className="button room-choice"
                isSelected={playback.speed === roomSpeeds[speed]}
                onChange={() => playback.setSpeed(roomSpeeds[speed])}
              >
                {t(`listening-room.speed.${speed}`)}
              </ToggleButton>
            ))}
          </div>
        </div>
      </div>
    </section>
  )
}

function Volume({ volume, onChange }: { volume: number; onChange: (volume: number) => void }) {
  const { t } = useLanguage()
  return (
    <div className="room-setting" role="group" aria-label={t('listening.player.volume')}>
      <p aria-hidden="true">{t('listening.player.volume')}</p>
      <div className="room-choices">
        <Button kind="secondary" className="room-choice" onPress={() => onChange(nextVolume(volume, -1))}>
          <Minus aria-hidden="true" size={28} />
          {t('listening-room.quieter')}
        </Button>
        <output className="room-volume">{Math.round(volume * 100)} %</output>
        <Button kind="secondary" className="room-choice" onPress={() => onChange(nextVolume(volume, 1))}>
          <Plus aria-hidden="true" size={28} />
          {t('listening-room.louder')}
        </Button>
      </div>
    </div>
  )
}
