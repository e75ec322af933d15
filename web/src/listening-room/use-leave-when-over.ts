import { useEffect, useEffectEvent } from 'react'
import { useLeave } from '../session/leave.ts'

/** So long it stands there that the time is over, before the sign-in page comes. */
const readMs = 20_000

/** Leaves the listening mode once its time is over: the server has ended the session by then, and nobody presses anything. */
export function useLeaveWhenOver(isOver: boolean): void {
  const leave = useLeave()
  const end = useEffectEvent(() => leave('ended'))
  useEffect(() => {
    if (!isOver) return undefined
    const timer = window.setTimeout(end, readMs)
    return () => window.clearTimeout(timer)
  }, [isOver])
}
