import { AudioLines, Headphones, Square } from 'lucide-react'
import {
  lazy,
  Suspense,
  useEffect,
  useImperativeHandle,
  useRef,
  useState,
  type ComponentProps,
  type KeyboardEvent,
  type ReactNode,
  type Ref,
} from 'react'
import { ToggleButton } from 'react-aria-components'
import type { Listening, Peaks } from '../api/shapes.ts'
import { Button } from '../controls/button.tsx'
import { formatTime } from '../format/instant.ts'
import { useLanguage } from '../language/use-words.ts'
import { Gaps } from './gaps.tsx'
import { KeyHelp, type KeyLine } from './key-help.tsx'
import { targetOf, type CommonAction, type KeyTarget } from './keys.ts'
import { KeysSwitch, useKeysOn } from './keys-switch.tsx'
import type { laneShapes } from './lane-shapes.ts'
import { LaneToggle } from './lane-toggle.tsx'
import { PositionSlider } from './position-slider.tsx'
import { Transport } from './transport.tsx'
import type { Playback } from './use-playback.ts'
import type { Waveform as DrawnWaveform } from './waveform.tsx'

const Waveform = lazy(async () => ({ default: (await import('./waveform.tsx')).Waveform }))

/** Controls for the page beside the player. */
export interface PlayerHandle {
  playFrom: (ms: number) => void
  toggle: () => void
  positionMs: () => number
}

/**
 * Two lanes with position, transport and zoom, around a player's own content. Keys work only while the focus is inside it, and
 * can be switched off (WCAG 2.1.4).
 */
export function PlayerFrame<Own extends { do: string }>({
  label,
  listening,
  peaks,
  lanes: peaksOfLanes,
  playback,
  handle,
  isBeside = false,
  keys,
  actionOf,
  onAction,
  maxZoom = 100,
  waveform,
  settings,
  fields,
  onEnd,
}: {
  label: string
  listening: Listening
  peaks: Peaks
  lanes: ReturnType<typeof laneShapes>['lanes']
  playback: Playback
  handle?: Ref<PlayerHandle> | undefined
  /** Accompanies a list, which keeps the focus; only position and transport are shown until the listener opens the rest. */
  isBeside?: boolean
  /** Lines of the help for the keys; by default those of a recording's player. */
  keys?: readonly KeyLine[]
  actionOf: (event: KeyboardEvent, target: KeyTarget) => CommonAction | Own | undefined
  /** Handles a player's own key actions. */
  onAction: (action: Own) => void
  /** Greatest zoom, in pixels per second. */
  maxZoom?: number
  waveform: Pick<ComponentProps<typeof DrawnWaveform>, 'region' | 'talk' | 'dragToSeek' | 'onDrawn'>
  /** A player's own settings, shown before the zoom. */
  settings: ReactNode
  fields?: ReactNode
  onEnd: () => void
}) {
  const { t, language } = useLanguage()
  const box = useRef<HTMLElement>(null)
  const [helpOpen, setHelpOpen] = useState(false)
  const [keysOn, setKeysOn] = useKeysOn()
  const [zoom, setZoom] = useState(0)
  const [isWhole, setWhole] = useState(!isBeside)
  const { durationMs, gaps, holds } = peaks
  const { lanes } = playback

  useEffect(() => {
    if (!isBeside) box.current?.querySelector<HTMLElement>('.play-button')?.focus()
  }, [isBeside])
  useImperativeHandle(handle, () => ({
    playFrom(ms) {
      playback.seek(ms)
      if (!playback.isPlaying) playback.toggle()
    },
    toggle: playback.toggle,
    positionMs: () => playback.audio.currentTime * 1000,
  }))

  const onKeyDown = (event: KeyboardEvent) => {
    const action = keysOn ? actionOf(event, targetOf(event.target)) : undefined
    if (!action) return
    event.preventDefault()
    event.stopPropagation()
    if (!isCommon(action)) return onAction(action)
    switch (action.do) {
      case 'toggle':
        return playback.toggle()
      case 'skip':
        return playback.skip(action.ms)
      case 'speed':
        return playback.stepSpeed(action.steps)
      case 'help':
        return setHelpOpen(true)
    }
  }

  return (
    <section
      ref={box}
      className={`player ${isBeside ? 'is-beside' : ''}`}
      aria-label={label}
      tabIndex={-1}
      onKeyDownCapture={onKeyDown}
      onPointerDown={(event) => {
        // A click on the waveform focuses the player, for its keys.
        if (event.target instanceof Element && event.target.closest('.waveform'))
          box.current?.focus({ preventScroll: true })
      }}
    >
      <div className="player-head">
        <p className="player-title">
          <Headphones aria-hidden="true" size={18} />
          {label}
          <span className="muted">{t('listening.player.until', { time: formatTime(listening.until, language) })}</span>
        </p>
        {isBeside ? (
          <ToggleButton className="chip" isSelected={isWhole} onChange={setWhole}>
            <AudioLines aria-hidden="true" size={16} />
            {t('listening.player.whole')}
          </ToggleButton>
        ) : (
          <Button kind="secondary" className="small" onPress={onEnd}>
            <Square aria-hidden="true" size={14} />
            {t('listening.player.end')}
          </Button>
        )}
      </div>

      {isWhole && (
        <div className="lanes">
          <div className="lane-labels">
            <LaneToggle
              className="lane-caller"
              name={t('listening.player.caller')}
              isAudible={lanes.isCallerAudible}
              onChange={(isCallerAudible) => playback.setLanes({ isCallerAudible })}
            />
            <LaneToggle
              className="lane-official"
              name={t('listening.player.official')}
              isAudible={lanes.isOfficialAudible}
              onChange={(isOfficialAudible) => playback.setLanes({ isOfficialAudible })}
            />
          </div>
          <Suspense fallback={<div className="waveform" />}>
            <Waveform
              {...waveform}
              audio={playback.audio}
              peaks={peaksOfLanes}
              durationMs={durationMs}
              gaps={gaps}
              pixelsPerSecond={zoom}
              onRegion={playback.setRegion}
            />
          </Suspense>
        </div>
      )}

      <div className="position">
        <PositionSlider playback={playback} durationMs={durationMs} />
      </div>

      <Transport playback={playback} durationMs={durationMs} />

      {isWhole && (
        <>
          <div className="player-settings">
            {settings}
            <SmallRange
              label={t('listening.player.zoom')}
              max={maxZoom}
              value={zoom}
              format={(value) =>
                value === 0
                  ? t('listening.player.zoom.all')
                  : t('listening.player.zoom.value', { percent: (100 * value) / maxZoom })
              }
              onChange={setZoom}
            />
          </div>

          {fields}
          <Gaps gaps={gaps} holds={holds} onJump={(ms) => playback.seek(Math.max(0, ms - 1000))} />

          <div className="player-foot">
            <KeysSwitch isOn={keysOn} onChange={setKeysOn} />
            <KeyHelp {...(keys && { keys })} isOpen={helpOpen} onOpenChange={setHelpOpen} />
          </div>
        </>
      )}
    </section>
  )
}

function isCommon(action: { do: string }): action is CommonAction {
  return ['toggle', 'skip', 'speed', 'help'].includes(action.do)
}

/** Slider from 0 with twenty steps. */
export function SmallRange({
  label,
  max,
  value,
  format,
  onChange,
}: {
  label: string
  max: number
  value: number
  format: (value: number) => string
  onChange: (value: number) => void
}) {
  return (
    <label className="small-range">
      <span>{label}</span>
      <input
        type="range"
        className="range"
        min={0}
        max={max}
        step={max / 20}
        value={value}
        aria-valuetext={format(value)}
        onChange={(event) => onChange(Number(event.target.value))}
      />
    </label>
  )
}
