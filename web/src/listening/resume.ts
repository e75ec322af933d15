/** Position at which the last listening to a recording stopped. */
export interface Stopped {
  atMs: number
  durationMs: number
  /** The moment in the URL at that time; undefined if there was none. */
  momentMs: number | undefined
}

/** Closer to the end counts as listened to the end. */
const endToleranceMs = 500

/**
 * Returns where a listening starts: where the last listening stopped; at the URL's moment, if the moment has changed or the
 * last listening reached the end; else at the beginning.
 */
export function startPosition(momentMs: number | undefined, stopped: Stopped | undefined): number {
  const continues = stopped && stopped.momentMs === momentMs && stopped.atMs < stopped.durationMs - endToleranceMs
  return continues ? stopped.atMs : (momentMs ?? 0)
}
