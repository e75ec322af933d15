/**
 * How fast a listening is served: as fast as it can be heard, and a little ahead. In: what is asked, where and when. Out:
 * how much of it may leave now. Never here: a refusal; whoever asks for more waits.
 *
 * Two bounds hold together. What follows on what was served runs at most {@link Pace.leadMs} ahead of an ear that has
 * listened without a pause since; and all that is served, seeking included, comes out of a bucket that is filled a little
 * faster than the ear empties it. So a listening that ends has let out no more than seconds that were not heard.
 */
export interface Pace {
  /** So much, in milliseconds of sound, may be out and not yet heard. */
  leadMs: number
  /** Not less at a time, where there is so much: each piece costs a request. */
  pieceMs: number
}

export const heardPace: Pace = { leadMs: 30_000, pieceMs: 2_000 }

/** The bucket fills so much faster than the ear empties it: who seeks gets a lead again. */
const filling = 1.25
/** Pieces are cut at whole samples and told in milliseconds: what follows may seem to begin a little later. */
const roundingMs = 2

export interface Pacer {
  /**
   * Of `wantedMs` from `fromMs` on, how much may leave at this instant, in milliseconds; what is given counts as served.
   * Zero: not enough yet. `speed` is how many times faster than it was spoken the holder listens.
   */
  take(asked: { atMs: number; fromMs: number; wantedMs: number; speed: number }): number
}

/** The pace of one listening. `atMs` is any clock that does not go back. */
export function createPacer({ leadMs, pieceMs }: Pace): Pacer {
  let bucketMs = leadMs
  let filledAtMs: number | undefined
  /** Where an ear without a pause is, since `earAtMs`; and how far it has been served. */
  let earMs = 0
  let earAtMs = 0
  let servedMs = -Infinity

  return {
    take({ atMs, fromMs, wantedMs, speed }) {
      const passedMs = atMs - (filledAtMs ?? atMs)
      filledAtMs = atMs
      bucketMs = Math.min(leadMs, bucketMs + passedMs * speed * filling)
      // Nobody hears what was not served: an ear that has come to its end waits there.
      earMs = Math.min(servedMs, earMs + (atMs - earAtMs) * speed)
      earAtMs = atMs
      // Anything else is a jump: the ear is there now.
      const isFollowing = fromMs >= earMs && fromMs <= servedMs + roundingMs
      if (!isFollowing) earMs = fromMs
      const allowed = Math.min(bucketMs, earMs + leadMs - fromMs)
      if (allowed < Math.min(wantedMs, pieceMs)) return 0
      const given = Math.max(0, Math.min(wantedMs, allowed))
      bucketMs -= given
      servedMs = isFollowing ? Math.max(servedMs, fromMs + given) : fromMs + given
      return given
    },
  }
}
