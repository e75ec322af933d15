import { useEffect, useEffectEvent, useState } from 'react'
import type { Turn } from './work.ts'

const pollMs = 200
const none: ReadonlySet<number> = new Set()

/** Returns the keys of the turns within which the original plays now, at most one of each track. */
export function usePlayingTurns(
  turns: readonly Turn[],
  isPlaying: boolean,
  positionMs: () => number,
): ReadonlySet<number> {
  const [playing, setPlaying] = useState(none)
  const update = useEffectEvent(() => {
    const at = positionMs()
    const now = turns.filter(({ fromMs, toMs }) => fromMs <= at && at < toMs).map(({ key }) => key)
    setPlaying((was) => (was.size === now.length && now.every((key) => was.has(key)) ? was : new Set(now)))
  })
  useEffect(() => {
    if (!isPlaying) return undefined
    const timer = window.setInterval(() => update(), pollMs)
    return () => window.clearInterval(timer)
  }, [isPlaying])
  return isPlaying ? playing : none
}
