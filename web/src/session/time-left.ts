/** A warning stands this long before an unused session ends. */
export const warningMs = 2 * 60_000
/** The end is believed only this long after it, because the server's clock is known to a few seconds. */
const sureMs = 4000
/** An answer and the news of the end that came with it are not apart by more than this. */
const togetherMs = 5000

export interface SessionClock {
  /** When the session ends unless it is used, by the server. */
  endsAtMs: number
  /** When that was last heard, on this machine's clock. */
  heardAtMs: number
  /** When the session was last used in any tab, on this machine's clock. */
  lastUseMs: number
  serverNowMs: number
  /** The end that is already known not to move any more: the longest that any session lasts. */
  lastEndMs: number | undefined
}

/**
 * What a page does about the session's end: nothing; ask the server, since the session was used and its end has moved,
 * or since it should be over; or warn, with the time that is left and whether use moves the end any further.
 */
export type TimeLeft = { do: 'nothing' } | { do: 'ask' } | { do: 'warn'; leftMs: number; isLast: boolean }

/** Judges the session's end once a second (WCAG 2.2.1). */
export function timeLeft({ endsAtMs, heardAtMs, lastUseMs, serverNowMs, lastEndMs }: SessionClock): TimeLeft {
  const leftMs = endsAtMs - serverNowMs
  if (leftMs > warningMs) return { do: 'nothing' }
  if (leftMs <= -sureMs) return { do: 'ask' }
  const isLast = lastEndMs !== undefined && endsAtMs >= lastEndMs - togetherMs
  if (!isLast && leftMs > 0 && lastUseMs > heardAtMs + togetherMs) return { do: 'ask' }
  return { do: 'warn', leftMs: Math.max(0, leftMs), isLast }
}

/** True where a use has just not moved the end: it is the last. */
export function isLastEnd(before: { endsAtMs: number }, after: { endsAtMs: number; serverNowMs: number }): boolean {
  return after.endsAtMs - after.serverNowMs <= warningMs && after.endsAtMs <= before.endsAtMs + togetherMs
}

/** When the time left is said aloud: at each whole minute, at half a minute and at ten seconds. */
export function saysAloud(leftMs: number): boolean {
  const seconds = Math.ceil(leftMs / 1000)
  return seconds > 0 && (seconds % 60 === 0 || seconds === 30 || seconds === 10)
}
