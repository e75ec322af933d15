import { useEffect, useEffectEvent } from 'react'
import { useLeave } from '../session/leave.ts'

/** How long the end message is shown before the sign-in page. */
const readMs = 20_000

/** Leaves the listening mode automatically when its time is over: the server has ended the session by then. */
export function useLeaveWhenEnded(hasEnded: boolean): void {
  const leave = useLeave()
  const end = useEffectEvent(() => leave('ended'))
  useEffect(() => {
    if (!hasEnded) return undefined
    const timer = window.setTimeout(end, readMs)
    return () => window.clearTimeout(timer)
  }, [hasEnded])
}
