/** Where the last listening to a recording stopped, whoever stopped it. */
export interface Stopped {
  atMs: number
  durationMs: number
  /** The moment that the address named then; none where it named none. */
  momentMs: number | undefined
}

/** As near to the end there is nothing left to hear. */
const overMs = 500

/**
 * Where a listening begins: where the last one stopped; at the moment that the address names, where that is another one now or
 * the last one had been heard to its end; else at the beginning.
 */
export function beginsAt(momentMs: number | undefined, stopped: Stopped | undefined): number {
  const goesOn = stopped && stopped.momentMs === momentMs && stopped.atMs < stopped.durationMs - overMs
  return goesOn ? stopped.atMs : (momentMs ?? 0)
}
