import { useEffect, useEffectEvent, useRef, useState } from 'react'
import type { Stretch } from '../listening/silence.ts'
import type { Playback } from '../listening/use-playback.ts'
import { joined } from './stretches.ts'

/** Between two looks at the clock nothing plays longer; what is longer was a step by hand. */
const longestStepMs = 2000
const tellEveryMs = 1000

/**
 * What has been played since the player opened, told about once a second: so that the strip follows the ear. What counts is
 * what the server has sent, and it says so in its own time.
 */
export function usePlayed({ positionMs, isPlaying }: Playback): Stretch[] {
  const [played, setPlayed] = useState<Stretch[]>([])
  const heard = useRef<Stretch[]>([])
  const before = useRef({ positionMs, isPlaying })
  const toldMs = useRef(0)

  const follow = useEffectEvent((now: number) => {
    const { positionMs: fromMs, isPlaying: wasPlaying } = before.current
    const step = now - fromMs
    if (wasPlaying && step > 0 && step < longestStepMs)
      heard.current = joined([...heard.current, { fromMs, toMs: now }])
    before.current = { positionMs: now, isPlaying }
    if (Math.abs(now - toldMs.current) < tellEveryMs && isPlaying) return
    toldMs.current = now
    setPlayed(heard.current)
  })
  useEffect(() => follow(positionMs), [positionMs, isPlaying])
  return played
}
