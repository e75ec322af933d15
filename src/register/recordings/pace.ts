/**
 * How fast a listening is served: as fast as it can be heard, and a little ahead. In: what is asked, where and when. Out:
 * how much of it may leave, and when. Never here: a refusal; whoever asks for more waits.
 *
 * Two bounds hold together. What follows on what was served runs at most {@link Pace.leadMs} ahead of an ear that has
 * listened without a pause since; and all that is served, seeking included, comes out of a bucket that is filled a little
 * faster than the ear empties it. So a listening that ends has let out no more than seconds that were not heard. What a person hears
 * by all listenings together comes out of a bucket of theirs, of ten such leads, and of one recording out of one of a single lead: they
 * have one pair of ears.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { samplesPerSecond, toMs } from './recording-index.ts'

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

interface Pacer {
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

/** A listening so far ahead of the ear waits this long for its next piece, and is then told to come again. */
const longestWaitMs = 8_000
const lookAgainMs = 100
/** Listenings, and people, whose pace is remembered at once: many more than people can have open. */
const keptPacers = 5_000
/** Who looks for a place, from one recording to the next, begins so often at once. */
const leadsOfOne = 10

interface HeardInTime {
  /** How many samples may leave, once it is time for any; none where that is too far off, or nobody waits any more. */
  whenHeard: (
    listening: string,
    asked: { fromSample: number; samples: number; speed: number; by?: { person: string; recording: string } },
    gone?: AbortSignal,
  ) => Promise<number>
}

/** What one person may have out, of whatever listenings. */
interface Ears {
  mayTake(asked: { atMs: number; speed: number }): number
  take(givenMs: number): void
}

function createEars(mostMs: number): Ears {
  let bucketMs = mostMs
  let filledAtMs: number | undefined
  return {
    mayTake({ atMs, speed }) {
      bucketMs = Math.min(mostMs, bucketMs + (atMs - (filledAtMs ?? atMs)) * speed * filling)
      filledAtMs = atMs
      return bucketMs
    },
    take(givenMs) {
      bucketMs -= givenMs
    },
  }
}

/** Those in use, the latest last. */
function keepLatest<Kept>(make: () => Kept): (key: string) => Kept {
  const kept = new Map<string, Kept>()
  return (key) => {
    const one = kept.get(key) ?? make()
    kept.delete(key)
    kept.set(key, one)
    const oldest = kept.keys().next()
    if (kept.size > keptPacers && !oldest.done) kept.delete(oldest.value)
    return one
  }
}

/** Waits until sound may leave at the pace at which it is heard. */
export function hearInTime(pace: Pace): HeardInTime {
  const pacerOf = keepLatest(() => createPacer(pace))
  const earsOf = keepLatest(() => createEars(leadsOfOne * pace.leadMs))
  const earsForOne = keepLatest(() => createEars(pace.leadMs))

  return {
    async whenHeard(listening, { fromSample, samples, speed, by }, gone) {
      const pacer = pacerOf(listening)
      const ears = by ? [earsOf(by.person), earsForOne(`${by.person} ${by.recording}`)] : []
      const wantedMs = (samples * 1000) / samplesPerSecond
      const asked = { fromMs: toMs(fromSample), speed }
      const waitsUntil = performance.now() + longestWaitMs
      for (;;) {
        if (gone?.aborted) return 0
        const atMs = performance.now()
        const mayTake = Math.min(...ears.map((one) => one.mayTake({ atMs, speed })))
        const enough = mayTake >= Math.min(wantedMs, pace.pieceMs)
        const given = enough ? pacer.take({ ...asked, atMs, wantedMs: Math.min(wantedMs, mayTake) }) : 0
        for (const one of ears) one.take(given)
        if (given > 0) return Math.min(samples, Math.floor((given * samplesPerSecond) / 1000))
        if (performance.now() > waitsUntil) return 0
        await sleep(lookAgainMs)
      }
    },
  }
}
