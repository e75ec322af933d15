import { useEffect, useEffectEvent, useRef } from 'react'
import WaveSurfer from 'wavesurfer.js'
import Minimap from 'wavesurfer.js/dist/plugins/minimap.esm.js'
import Regions from 'wavesurfer.js/dist/plugins/regions.esm.js'
import Timeline from 'wavesurfer.js/dist/plugins/timeline.esm.js'
import type { Gap } from '../api/shapes.ts'
import { formatPosition } from '../format/duration.ts'
import type { TalkMoment } from './talk.ts'
import type { Region } from './use-playback.ts'

export const laneHeightPx = 72
const quietColor = 'rgba(95, 104, 109, 0.25)'
const gapColor = {
  loss: 'rgba(178, 53, 45, 0.22)',
  pause: quietColor,
  consultation: quietColor,
  conference: quietColor,
}
const holdColor = 'rgba(122, 82, 179, 0.2)'
const talkColor = {
  silence: 'rgba(95, 104, 109, 0.12)',
  overlap: 'rgba(230, 150, 20, 0.22)',
  hold: holdColor,
  consultation: holdColor,
  conference: holdColor,
}
const loopId = 'loop'
const noTalk: readonly TalkMoment[] = []

/** The drawn lanes, for drawing marks on them. */
export interface Drawn {
  /** Element that contains the lanes. */
  element: HTMLElement
  regions: ReturnType<typeof Regions.create>
}

/**
 * The two lanes: caller above, official below, gaps, region, timeline and overview. Hidden from assistive technology; the
 * player's slider and tables have the same information.
 */
export function Waveform({
  audio,
  peaks,
  durationMs,
  gaps,
  talk = noTalk,
  region,
  pixelsPerSecond,
  dragToSeek = true,
  onRegion,
  onDrawn,
}: {
  audio: HTMLAudioElement
  peaks: [caller: Float32Array, official: Float32Array]
  durationMs: number
  gaps: readonly Gap[]
  /** Silences, overlaps and holds, over both lanes. */
  talk?: readonly TalkMoment[]
  region: Region | undefined
  pixelsPerSecond: number
  /** Dragging seeks; without it the receiver of `onDrawn` handles dragging. */
  dragToSeek?: boolean
  onRegion: (region: Region) => void
  /** Called when the lanes are drawn, for marks on them; undefined when they are removed. */
  onDrawn?: (drawn: Drawn | undefined) => void
}) {
  const container = useRef<HTMLDivElement>(null)
  const drawn = useRef<{ surfer: WaveSurfer; regions: ReturnType<typeof Regions.create> }>(undefined)
  const notify = useEffectEvent((now: Drawn | undefined) => onDrawn?.(now))
  const onRegionRef = useRef(onRegion)
  onRegionRef.current = onRegion

  useEffect(() => {
    if (!container.current) return
    const cspNonce = document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? ''
    const color = readColors()
    const regions = Regions.create()
    const sharedOptions = {
      cursorColor: 'var(--wave-cursor)',
      cursorWidth: 2,
      cspNonce,
      barWidth: 2,
      barGap: 1,
      barRadius: 1,
      maxPeak: 1,
    }
    const surfer = WaveSurfer.create({
      ...sharedOptions,
      container: container.current,
      media: audio,
      peaks,
      duration: durationMs / 1000,
      height: laneHeightPx,
      splitChannels: [
        { waveColor: color('wave-caller'), progressColor: color('wave-caller-played') },
        { waveColor: color('wave-official'), progressColor: color('wave-official-played') },
      ],
      dragToSeek,
      plugins: [
        regions,
        Timeline.create({
          height: 22,
          formatTimeCallback: (seconds) => formatPosition(seconds * 1000),
          secondaryLabelOpacity: 1,
        }),
        Minimap.create({
          ...sharedOptions,
          height: 28,
          waveColor: color('wave-map'),
          progressColor: color('wave-map-played'),
          overlayColor: 'rgba(42, 110, 187, 0.16)',
        }),
      ],
    })
    drawn.current = { surfer, regions }
    surfer.on('ready', () => {
      for (const moment of talk) {
        regions.addRegion({
          start: moment.fromMs / 1000,
          end: moment.toMs / 1000,
          color: talkColor[moment.kind],
          drag: false,
          resize: false,
        })
      }
      for (const gap of gaps) {
        regions.addRegion({
          start: gap.fromMs / 1000,
          end: gap.toMs / 1000,
          channelIdx: gap.track === 'caller' ? 0 : 1,
          color: gapColor[gap.kind],
          drag: false,
          resize: false,
        })
      }
      if (container.current) notify({ element: container.current, regions })
    })
    regions.on('region-updated', (changed) => {
      if (changed.id === loopId) onRegionRef.current({ fromMs: changed.start * 1000, toMs: changed.end * 1000 })
    })
    return () => {
      drawn.current = undefined
      notify(undefined)
      surfer.destroy()
    }
  }, [audio, peaks, durationMs, gaps, talk, dragToSeek])

  useEffect(() => {
    const surfer = drawn.current?.surfer
    if (!surfer) return
    // Zoom throws before the first drawing.
    try {
      surfer.zoom(pixelsPerSecond)
    } catch {
      return surfer.once('ready', () => surfer.zoom(pixelsPerSecond))
    }
  }, [pixelsPerSecond])

  useEffect(() => {
    const regions = drawn.current?.regions
    if (!regions) return
    regions
      .getRegions()
      .filter((one) => one.id === loopId)
      .forEach((one) => one.remove())
    if (region?.toMs == null) return
    regions.addRegion({
      id: loopId,
      start: region.fromMs / 1000,
      end: region.toMs / 1000,
      color: 'rgba(42, 110, 187, 0.18)',
      drag: true,
      resize: true,
      minLength: 0.2,
    })
  }, [region?.fromMs, region?.toMs])

  return <div ref={container} className="waveform" aria-hidden="true" />
}

/** Returns the values of colour tokens (styles/tokens.css): a canvas knows no names of colours. */
function readColors(): (token: string) => string {
  const style = getComputedStyle(document.documentElement)
  return (token) => style.getPropertyValue(`--${token}`)
}
