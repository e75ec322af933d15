import { Headphones, Square } from 'lucide-react'
import {
  lazy,
  Suspense,
  useEffect,
  useEffectEvent,
  useImperativeHandle,
  useMemo,
  useRef,
  useState,
  type KeyboardEvent,
  type Ref,
} from 'react'
import { ToggleButton } from 'react-aria-components'
import type { Listening, Peaks } from '../api/shapes.ts'
import { Button } from '../controls/button.tsx'
import { formatTime } from '../format/instant.ts'
import { useLanguage } from '../language/use-words.ts'
import { Gaps } from '../listening/gaps.tsx'
import { KeyHelp, type KeyLine } from '../listening/key-help.tsx'
import { targetOf } from '../listening/keys.ts'
import { KeysSwitch, useKeysOn } from '../listening/keys-switch.tsx'
import { laneShapes } from '../listening/lane-shapes.ts'
import { LaneToggle } from '../listening/lane-toggle.tsx'
import type { ListenPlace } from '../listening/player.tsx'
import { PositionSlider } from '../listening/position-slider.tsx'
import type { Stretch } from '../listening/silence.ts'
import { Transport } from '../listening/transport.tsx'
import { usePlayback, type OnBroken } from '../listening/use-playback.ts'
import type { Drawn } from '../listening/waveform.tsx'
import type { Track } from './copy-shapes.ts'
import { editorActionOf } from './editor-keys.ts'
import type { Mark } from './mark.ts'
import { formatTenths } from './tenths.ts'
import { useMarks } from './use-marks.ts'
import { usePlayed } from './use-played.ts'
import { isRedactedAt, type Redaction } from './work.ts'

const Waveform = lazy(async () => ({ default: (await import('../listening/waveform.tsx')).Waveform }))

const keys: readonly KeyLine[] = [
  [['Space', 'K'], 'help.toggle'],
  [['J', 'L'], 'help.skip10'],
  [['←', '→'], 'help.skip5'],
  [['Shift', '←', '→'], 'anonymisation.key.nudge'],
  [['<', '>'], 'help.speed'],
  [['[', 'I'], 'anonymisation.key.from'],
  [[']', 'O'], 'anonymisation.key.to'],
  [['M'], 'anonymisation.key.mark'],
  [['Ctrl', 'Space'], 'anonymisation.key.toggle'],
  [['Ctrl', 'S'], 'anonymisation.save'],
  [['?'], 'help.help'],
]

/**
 * The original in two lanes, with what is removed drawn on them. The drawing is for the eye and the pointer; keys, fields and
 * lists say and take the same.
 */
export function EditorPlayer({
  listening,
  peaks,
  startMs,
  redactions,
  mark,
  place,
  onPlayed,
  onMark,
  onMarkFrom,
  onMarkTo,
  onAdd,
  onResize,
  onPick,
  onEnd,
  onSpeed,
  onBroken,
  onStop,
}: {
  listening: Listening
  peaks: Peaks
  startMs: number
  redactions: readonly Redaction[]
  mark: Mark
  place: Ref<ListenPlace>
  /** What has been played in this listening, now and then; and whether it plays. */
  onPlayed: (played: Stretch[], isPlaying: boolean) => void
  onMark: (on: Track, fromMs: number, toMs: number) => void
  onMarkFrom: (ms: number) => void
  onMarkTo: (ms: number) => void
  onAdd: () => void
  onResize: (key: number, fromMs: number, toMs: number) => void
  onPick: (key: number) => void
  onEnd: () => void
  onSpeed: (speed: number) => void
  onBroken: OnBroken
  onStop: (positionMs: number) => void
}) {
  const { say, language } = useLanguage()
  const box = useRef<HTMLElement>(null)
  const [helpOpen, setHelpOpen] = useState(false)
  const [keysOn, setKeysOn] = useKeysOn()
  const [zoom, setZoom] = useState(0)
  const [hearsCopy, setHearsCopy] = useState(false)
  const [drawn, setDrawn] = useState<Drawn>()
  const shapes = useMemo(() => laneShapes(peaks), [peaks])
  const { durationMs } = peaks
  const playback = usePlayback({
    source: listening.audio,
    durationMs,
    startMs,
    silences: shapes.silences,
    silencedAt: hearsCopy
      ? (ms) => ({
          isCaller: isRedactedAt(redactions, 'CALLER', ms),
          isOfficial: isRedactedAt(redactions, 'OFFICIAL', ms),
        })
      : undefined,
    onSpeed,
    onBroken,
    onStop,
  })
  const { lanes, positionMs } = playback
  const played = usePlayed(playback)
  const tellPlayed = useEffectEvent(onPlayed)
  useEffect(() => tellPlayed(played, playback.isPlaying), [played, playback.isPlaying])
  useMarks(drawn, { redactions, mark, onMark, onResize, onPick })

  useImperativeHandle(place, () => ({
    playFrom(ms) {
      playback.seek(ms)
      if (!playback.isPlaying) playback.toggle()
    },
    toggle: playback.toggle,
    positionMs: () => playback.audio.currentTime * 1000,
  }))
  useEffect(() => {
    box.current?.querySelector<HTMLElement>('.play-button')?.focus()
  }, [])

  const onKeyDown = (event: KeyboardEvent) => {
    const action = keysOn ? editorActionOf(event, targetOf(event.target)) : undefined
    if (!action) return
    event.preventDefault()
    event.stopPropagation()
    switch (action.do) {
      case 'toggle':
        return playback.toggle()
      case 'skip':
        return playback.skip(action.ms)
      case 'speed':
        return playback.stepSpeed(action.steps)
      case 'mark-from':
        return onMarkFrom(playback.audio.currentTime * 1000)
      case 'mark-to':
        return onMarkTo(playback.audio.currentTime * 1000)
      case 'mark':
        return onAdd()
      case 'help':
        return setHelpOpen(true)
    }
  }

  return (
    <section
      ref={box}
      className="player"
      aria-label={say('anonymisation.original')}
      tabIndex={-1}
      onKeyDownCapture={onKeyDown}
      onPointerDown={(event) => {
        // A click on the waveform brings the keys with it.
        if (event.target instanceof Element && event.target.closest('.waveform'))
          box.current?.focus({ preventScroll: true })
      }}
    >
      <div className="player-head">
        <p className="player-title">
          <Headphones aria-hidden="true" size={18} />
          {say('anonymisation.original')}
          <span className="muted">{say('player.until', { time: formatTime(listening.until, language) })}</span>
        </p>
        <Button kind="secondary" className="small" onPress={onEnd}>
          <Square aria-hidden="true" size={14} />
          {say('player.end')}
        </Button>
      </div>
      <div className="lanes">
        <div className="lane-labels">
          <LaneToggle
            className="lane-caller"
            name={say('player.caller')}
            isHeard={lanes.isCallerHeard}
            onChange={(isCallerHeard) => playback.setLanes({ isCallerHeard })}
          />
          <LaneToggle
            className="lane-official"
            name={say('player.official')}
            isHeard={lanes.isOfficialHeard}
            onChange={(isOfficialHeard) => playback.setLanes({ isOfficialHeard })}
          />
        </div>
        <Suspense fallback={<div className="waveform" />}>
          <Waveform
            audio={playback.audio}
            peaks={shapes.lanes}
            durationMs={durationMs}
            gaps={peaks.gaps}
            region={undefined}
            pixelsPerSecond={zoom}
            dragToSeek={false}
            onRegion={playback.setRegion}
            onDrawn={setDrawn}
          />
        </Suspense>
      </div>
      <div className="position">
        <PositionSlider playback={playback} durationMs={durationMs} />
      </div>
      <Transport playback={playback} durationMs={durationMs} />
      <div className="player-settings">
        <ToggleButton className="chip" isSelected={hearsCopy} onChange={setHearsCopy}>
          {say('anonymisation.hearsCopy')}
        </ToggleButton>
        <span className="editor-clock muted">{say('anonymisation.at', { position: formatTenths(positionMs) })}</span>
        <label className="small-range">
          <span>{say('player.zoom')}</span>
          <input
            type="range"
            className="range"
            min={0}
            max={200}
            step={10}
            value={zoom}
            aria-valuetext={zoom === 0 ? say('player.zoom.all') : say('player.zoom.value', { percent: zoom / 2 })}
            onChange={(event) => setZoom(Number(event.target.value))}
          />
        </label>
      </div>
      <Gaps gaps={peaks.gaps} onJump={(ms) => playback.seek(Math.max(0, ms - 1000))} />
      <div className="player-foot">
        <KeysSwitch isOn={keysOn} onChange={setKeysOn} />
        <KeyHelp keys={keys} isOpen={helpOpen} onOpenChange={setHelpOpen} />
      </div>
    </section>
  )
}
