import { useEffect, useState, type RefObject } from 'react'
import { serverNowMs } from '../api/server-time.ts'

/**
 * Returns true once the deadline has passed, after which the Service Unit enters the caller's prohibition (R49). Keeps the
 * focus in `group`, where the button was.
 */
export function useCallerWishEnded(until: string | undefined, group: RefObject<HTMLElement | null>): boolean {
  const [nowMs, setNow] = useState(serverNowMs)
  useEffect(() => {
    if (until === undefined) return
    const timer = window.setTimeout(
      () => {
        if (group.current?.contains(document.activeElement)) group.current.focus()
        setNow(serverNowMs())
      },
      Math.max(0, Date.parse(until) - serverNowMs()) + 50,
    )
    return () => window.clearTimeout(timer)
  }, [until, group])
  return until !== undefined && nowMs >= Date.parse(until)
}
