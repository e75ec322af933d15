import { FastForward, Headphones, Link2, Repeat, Square } from 'lucide-react'
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
import { formatPosition } from '../format/duration.ts'
import { formatTime } from '../format/instant.ts'
import { useLanguage } from '../language/use-words.ts'
import { announce } from '../shell/announce.tsx'
import { Gaps } from './gaps.tsx'
import { KeyHelp } from './key-help.tsx'
import { actionOf, targetOf } from './keys.ts'
import { KeysSwitch, useKeysOn } from './keys-switch.tsx'
import { laneShapes } from './lane-shapes.ts'
import { LaneToggle } from './lane-toggle.tsx'
import { PositionSlider } from './position-slider.tsx'
import { RegionFields } from './region-fields.tsx'
import { Transport } from './transport.tsx'
import { usePlayback, type OnBroken } from './use-playback.ts'

const Waveform = lazy(async () => ({ default: (await import('./waveform.tsx')).Waveform }))
const heardMs = 500

/** What a page beside the player asks of it. */
export interface ListenPlace {
  playFrom: (ms: number) => void
  toggle: () => void
  positionMs: () => number
}

/**
 * The two-lane player. Keys work only while the focus is inside it, and can be switched off (WCAG 2.1.4); everything
 * the waveform shows or takes by mouse is there as a slider, fields and tables too (WCAG 2.5.7).
 */
export function Player({
  listening,
  peaks,
  segmentId,
  startMs,
  stopAtMs,
  onEnd,
  onSpeed,
  onBroken,
  onStop,
  onHeard,
  place,
}: {
  listening: Listening
  peaks: Peaks
  /** Where a link to a moment leads; without it there is none. */
  segmentId: string | undefined
  startMs: number
  /** Where what is to be heard ends. */
  stopAtMs?: number | undefined
  onEnd: () => void
  onSpeed: (speed: number) => void
  onBroken: OnBroken
  onStop: (positionMs: number, durationMs: number) => void
  /** Sound has been heard: once, a moment after it began. */
  onHeard?: (() => void) | undefined
  place?: Ref<ListenPlace> | undefined
}) {
  const { say, language } = useLanguage()
  const box = useRef<HTMLElement>(null)
  const [helpOpen, setHelpOpen] = useState(false)
  const [keysOn, setKeysOn] = useKeysOn()
  const [zoom, setZoom] = useState(0)

  const shapes = useMemo(() => laneShapes(peaks), [peaks])
  const { durationMs } = peaks
  const playback = usePlayback({
    source: listening.audio,
    durationMs,
    startMs,
    stopAtMs,
    silences: shapes.silences,
    onSpeed,
    onBroken,
    onStop: (atMs) => onStop(atMs, durationMs),
  })
  const { positionMs, lanes, region } = playback
  const isHeard = playback.isPlaying && positionMs - startMs > heardMs
  const tellHeard = useEffectEvent(() => onHeard?.())
  useEffect(() => {
    if (isHeard) tellHeard()
  }, [isHeard])

  useEffect(() => {
    box.current?.querySelector<HTMLElement>('.play-button')?.focus()
  }, [])

  useImperativeHandle(place, () => ({
    playFrom(ms) {
      playback.seek(ms)
      if (!playback.isPlaying) playback.toggle()
    },
    toggle: playback.toggle,
    positionMs: () => playback.audio.currentTime * 1000,
  }))

  const copyLink = async (segmentId: string) => {
    const url = new URL(window.location.href)
    url.search = new URLSearchParams({ t: String(Math.floor(positionMs / 1000)), part: segmentId }).toString()
    try {
      await navigator.clipboard.writeText(url.href)
      setCopied('done')
      announce(say('player.link.copied', { position: formatPosition(positionMs) }))
    } catch {
      // Forbidden, or no clipboard at all: browsers give one over HTTPS only.
      setCopied('failed')
      announce(say('player.link.failed'))
    }
  }
  const [copied, setCopied] = useState<'done' | 'failed'>()
  useEffect(() => {
    if (!copied) return
    const timer = window.setTimeout(() => setCopied(undefined), 3000)
    return () => window.clearTimeout(timer)
  }, [copied])

  const onKeyDown = (event: KeyboardEvent) => {
    if (!keysOn) return
    const action = actionOf(event, targetOf(event.target))
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
      case 'region-start':
        playback.startRegion()
        return announce(say('player.region.started', { position: formatPosition(positionMs) }))
      case 'region-end':
        playback.endRegion()
        return announce(say('player.region.ended', { position: formatPosition(positionMs) }))
      case 'help':
        return setHelpOpen(true)
    }
  }

  return (
    <section
      ref={box}
      className="player"
      aria-label={say('player.label')}
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
          {say('player.label')}
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
            region={region}
            pixelsPerSecond={zoom}
            onRegion={playback.setRegion}
          />
        </Suspense>
      </div>

      <div className="position">
        <PositionSlider playback={playback} durationMs={durationMs} />
      </div>

      <Transport playback={playback} durationMs={durationMs} />

      <div className="player-settings">
        <ToggleButton className="chip" isSelected={playback.skipsSilence} onChange={playback.setSkipsSilence}>
          <FastForward aria-hidden="true" size={16} />
          {say('player.skipSilence')}
        </ToggleButton>
        <ToggleButton
          className="chip"
          isSelected={lanes.spread === 'apart'}
          onChange={(isApart) => playback.setLanes({ spread: isApart ? 'apart' : 'both' })}
        >
          <Headphones aria-hidden="true" size={16} />
          {say('player.apart')}
        </ToggleButton>
        {segmentId !== undefined && (
          <Button kind="quiet" className="chip" onPress={() => void copyLink(segmentId)}>
            <Link2 aria-hidden="true" size={16} />
            {say(copied ? `player.link.${copied}` : 'player.link')}
          </Button>
        )}
        <label className="small-range">
          <span>{say('player.volume')}</span>
          <input
            type="range"
            className="range"
            min={0}
            max={100}
            step={5}
            value={Math.round(playback.volume * 100)}
            aria-valuetext={`${Math.round(playback.volume * 100)} %`}
            onChange={(event) => playback.setVolume(Number(event.target.value) / 100)}
          />
        </label>
        <label className="small-range">
          <span>{say('player.zoom')}</span>
          <input
            type="range"
            className="range"
            min={0}
            max={100}
            step={5}
            value={zoom}
            aria-valuetext={zoom === 0 ? say('player.zoom.all') : say('player.zoom.value', { percent: zoom })}
            onChange={(event) => setZoom(Number(event.target.value))}
          />
        </label>
      </div>

      <RegionFields playback={playback} durationMs={durationMs} icon={<Repeat aria-hidden="true" size={16} />} />
      <Gaps gaps={peaks.gaps} onJump={(ms) => playback.seek(Math.max(0, ms - 1000))} />

      <div className="player-foot">
        <KeysSwitch isOn={keysOn} onChange={setKeysOn} />
        <KeyHelp isOpen={helpOpen} onOpenChange={setHelpOpen} />
      </div>
    </section>
  )
}
