import { useEffect, useEffectEvent, useRef, useState } from 'react'
import type { Stretch } from '../listening/silence.ts'
import type { Playback } from '../listening/use-playback.ts'
import { mergeStretches } from './stretches.ts'

/** Maximum step between two positions while playing; a longer step was a manual seek. */
const maxStepMs = 2000
const reportEveryMs = 1000

/**
 * Reports what has been played since the player opened, about once a second, so that the strip follows playback. What counts is
 * what the server has sent; the server reports that later.
 */
export function usePlayed({ positionMs, isPlaying }: Playback): Stretch[] {
  const [played, setPlayed] = useState<Stretch[]>([])
  const listened = useRef<Stretch[]>([])
  const previous = useRef({ positionMs, isPlaying })
  const reportedMs = useRef(0)

  const follow = useEffectEvent((now: number) => {
    const { positionMs: fromMs, isPlaying: wasPlaying } = previous.current
    const step = now - fromMs
    if (wasPlaying && step > 0 && step < maxStepMs)
      listened.current = mergeStretches([...listened.current, { fromMs, toMs: now }])
    previous.current = { positionMs: now, isPlaying }
    if (Math.abs(now - reportedMs.current) < reportEveryMs && isPlaying) return
    reportedMs.current = now
    setPlayed(listened.current)
  })
  useEffect(() => follow(positionMs), [positionMs, isPlaying])
  return played
}
