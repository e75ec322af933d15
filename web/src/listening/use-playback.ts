import { useEffectEvent, useLayoutEffect, useRef, useState } from 'react'
import { recordUse } from '../api/server-time.ts'
import { nextSpeed } from './keys.ts'
import { pastSilence, type Stretch } from './silence.ts'
import { makeSoundGraph, type Lanes, type SoundGraph } from './sound.ts'

/** Called when the audio breaks; true means that it is still served and is fetched again from where it stopped. */
export type OnBroken = () => Promise<boolean> | void

export type Region = { fromMs: number; toMs?: number }

interface Silenced {
  isCaller: boolean
  isOfficial: boolean
}

/** Plays the audio of one listening and tracks its position. */
export function usePlayback({
  source,
  durationMs,
  startMs,
  stopAtMs,
  silences,
  silencedAt,
  onSpeed,
  onBroken,
  onStop,
}: {
  source: string
  durationMs: number
  startMs: number
  /** Pauses when playback reaches this point; play continues past it. */
  stopAtMs?: number | undefined
  silences: readonly Stretch[]
  /** Lanes muted at a moment, whatever the listener has chosen. */
  silencedAt?: ((ms: number) => Silenced) | undefined
  /** Called with a new speed: the audio must arrive as fast. */
  onSpeed: (speed: number) => void
  onBroken: OnBroken
  /** Called with the position whenever the audio closes. */
  onStop: (positionMs: number) => void
}) {
  const [audio] = useState(() => new Audio())
  const graph = useRef<SoundGraph>(undefined)
  /** Play is requested, whether or not audio is available. */
  const isPlayRequested = useRef(false)
  const [isPlaying, setPlaying] = useState(false)
  const [isWaiting, setWaiting] = useState(false)
  const [positionMs, setPosition] = useState(Math.min(startMs, durationMs))
  const [speed, setSpeedState] = useState(1)
  const [volume, setVolumeState] = useState(1)
  const [skipsSilence, setSkipsSilence] = useState(false)
  const [lanes, setLanesState] = useState<Lanes>({ isCallerAudible: true, isOfficialAudible: true, spread: 'both' })
  const [region, setRegion] = useState<Region>()

  const audibleLanes = ({ isCallerAudible, isOfficialAudible, spread }: Lanes, ms: number): Lanes => {
    const silenced = silencedAt?.(ms)
    return {
      isCallerAudible: isCallerAudible && !silenced?.isCaller,
      isOfficialAudible: isOfficialAudible && !silenced?.isOfficial,
      spread,
    }
  }
  const appliedLanes = useRef(lanes)
  const applyLanes = (chosen: Lanes, ms: number) => {
    const now = audibleLanes(chosen, ms)
    const isSame =
      now.isCallerAudible === appliedLanes.current.isCallerAudible &&
      now.isOfficialAudible === appliedLanes.current.isOfficialAudible &&
      now.spread === appliedLanes.current.spread
    if (isSame) return
    appliedLanes.current = now
    graph.current?.set(now)
  }

  const lastPositionMs = useRef(0)
  const seek = (ms: number) => {
    const to = Math.min(Math.max(0, ms), durationMs)
    audio.currentTime = to / 1000
    setPosition(to)
  }
  const play = async () => {
    isPlayRequested.current = true
    if (!graph.current) {
      graph.current = makeSoundGraph(audio)
      appliedLanes.current = audibleLanes(lanes, audio.currentTime * 1000)
      graph.current.set(appliedLanes.current)
    }
    graph.current.resume()
    if (audio.ended || positionMs >= durationMs - 50) seek(region ? region.fromMs : 0)
    // A pause before the audio arrives is no failure.
    await audio.play().catch(() => undefined)
  }
  const toggle = () => {
    if (audio.paused) void play()
    else audio.pause()
  }

  const follow = useEffectEvent(() => {
    const now = audio.currentTime * 1000
    applyLanes(lanes, now)
    // Loops and skips only while playing, and a loop only when playback reaches its end: a manual seek elsewhere stays there.
    const before = lastPositionMs.current
    lastPositionMs.current = now
    if (audio.paused || audio.seeking) return setPosition(now)
    if (stopAtMs != null && before < stopAtMs && now >= stopAtMs) audio.pause()
    const past = skipsSilence ? pastSilence(now, silences) : undefined
    if (region?.toMs != null && before < region.toMs && now >= region.toMs) return seek(region.fromMs)
    if (past != null) return seek(past)
    setPosition(now)
  })
  const fail = useEffectEvent(async () => {
    const brokenAt = audio.currentTime
    // The source has meanwhile been replaced or removed: nothing to recover.
    if (!(await onBroken()) || !audio.src.endsWith(source)) return
    audio.load()
    audio.currentTime = brokenAt
    if (isPlayRequested.current) await audio.play().catch(() => undefined)
  })
  const stop = useEffectEvent(onStop)
  const start = useEffectEvent(() => Math.min(startMs, durationMs) / 1000)

  // Before the waveform's effects: wavesurfer empties an element without a source.
  useLayoutEffect(() => {
    audio.preload = 'metadata'
    audio.src = source
    audio.preservesPitch = true
    audio.currentTime = start()
    let frame = 0
    let lastMs = 0
    const tick = (ms: number) => {
      // Twelve updates per second are enough for a clock and a slider.
      if (ms - lastMs > 80) {
        lastMs = ms
        follow()
      }
      frame = requestAnimationFrame(tick)
    }
    const on: Record<string, () => void> = {
      play: () => {
        setPlaying(true)
        cancelAnimationFrame(frame)
        frame = requestAnimationFrame(tick)
      },
      pause: () => {
        isPlayRequested.current = false
        setPlaying(false)
        cancelAnimationFrame(frame)
        follow()
      },
      ended: () => setPlaying(false),
      seeking: follow,
      // A hidden tab gets no animation frames, but gets this event.
      timeupdate: () => {
        recordUse()
        follow()
      },
      waiting: () => setWaiting(true),
      playing: () => setWaiting(false),
      canplay: () => setWaiting(false),
      error: () => void fail(),
    }
    for (const [event, listener] of Object.entries(on)) audio.addEventListener(event, listener)
    return () => {
      for (const [event, listener] of Object.entries(on)) audio.removeEventListener(event, listener)
      cancelAnimationFrame(frame)
      audio.pause()
      stop(audio.currentTime * 1000)
      audio.removeAttribute('src')
      audio.load()
      graph.current?.close()
    }
  }, [audio, source])

  const setSpeed = (next: number) => {
    onSpeed(next)
    audio.playbackRate = next
    setSpeedState(next)
  }
  return {
    audio,
    isPlaying,
    isWaiting,
    positionMs,
    speed,
    volume,
    skipsSilence,
    lanes,
    region,
    seek,
    skip: (ms: number) => seek(audio.currentTime * 1000 + ms),
    toggle,
    setSpeed,
    stepSpeed: (steps: 1 | -1) => setSpeed(nextSpeed(speed, steps)),
    setVolume(next: number) {
      audio.volume = next
      setVolumeState(next)
    },
    setSkipsSilence,
    setLanes(changed: Partial<Lanes>) {
      const next = { ...lanes, ...changed }
      applyLanes(next, audio.currentTime * 1000)
      setLanesState(next)
    },
    setRegion,
    startRegion: () => setRegion({ fromMs: audio.currentTime * 1000 }),
    endRegion() {
      const now = audio.currentTime * 1000
      const fromMs = region && region.fromMs < now ? region.fromMs : Math.max(0, now - 5000)
      if (now - fromMs >= 200) setRegion({ fromMs, toMs: now })
    },
  }
}

export type Playback = ReturnType<typeof usePlayback>
