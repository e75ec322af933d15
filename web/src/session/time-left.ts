/** The warning starts this long before an idle session ends. */
export const warningMs = 2 * 60_000
/** Margin after the end, because the server's clock is known only to a few seconds. */
const endMarginMs = 4000
/** A use this soon after an end was received is the request that fetched it, and has not moved the end again. */
const sameRequestMs = 5000

export interface SessionClock {
  /** End of the session if it is not used, by the server's clock. */
  endsAtMs: number
  /** When `endsAtMs` was received, by this machine's clock. */
  receivedAtMs: number
  /** When the session was last used in any tab, by this machine's clock. */
  lastUseMs: number
  serverNowMs: number
  /** The absolute end, if it is already known that use no longer moves it. */
  lastEndMs: number | undefined
}

/**
 * What the page does about the session's end: nothing; ask the server, if use moved the end or it has passed; or warn,
 * with the time left and whether use still extends it.
 */
export type TimeLeft = { do: 'nothing' } | { do: 'ask' } | { do: 'warn'; leftMs: number; isLast: boolean }

/** Returns the act; called once a second (WCAG 2.2.1). */
export function timeLeft({ endsAtMs, receivedAtMs, lastUseMs, serverNowMs, lastEndMs }: SessionClock): TimeLeft {
  const leftMs = endsAtMs - serverNowMs
  if (leftMs > warningMs) return { do: 'nothing' }
  if (leftMs <= -endMarginMs) return { do: 'ask' }
  const isLast = lastEndMs !== undefined && endsAtMs >= lastEndMs - sameRequestMs
  if (!isLast && leftMs > 0 && lastUseMs > receivedAtMs + sameRequestMs) return { do: 'ask' }
  return { do: 'warn', leftMs: Math.max(0, leftMs), isLast }
}

/** Returns true if a use has not moved the end: it is the absolute end. */
export function isLastEnd(before: { endsAtMs: number }, after: { endsAtMs: number; serverNowMs: number }): boolean {
  return after.endsAtMs - after.serverNowMs <= warningMs && after.endsAtMs <= before.endsAtMs + sameRequestMs
}

/** Returns true when the time left is announced: at each whole minute, at 30 s and at 10 s. */
export function isAnnounced(leftMs: number): boolean {
  const seconds = Math.ceil(leftMs / 1000)
  return seconds > 0 && (seconds % 60 === 0 || seconds === 30 || seconds === 10)
}
