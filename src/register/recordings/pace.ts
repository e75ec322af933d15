/**
 * Paces listening: audio is served as fast as it is heard, plus a small lead. Requests beyond that wait and are not refused.
 * Two limits apply. Consecutive audio runs at most {@link Pace.leadMs} ahead of a listener without pauses; and everything
 * served, seeking included, comes from a token bucket that fills slightly faster than it is heard. So a listening that ends has
 * released only seconds that were not heard. All listenings of a person share a bucket of ten such leads, and all of one
 * recording a bucket of one lead: a person listens to one at a time.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { samplesPerSecond, toMs } from './recording-index.ts'

export interface Pace {
  /** Milliseconds of audio that may be served ahead. */
  leadMs: number
  /** Smallest piece, unless less is left: each piece costs a request. */
  pieceMs: number
}

export const playbackPace: Pace = { leadMs: 30_000, pieceMs: 2_000 }

/** Fill rate relative to listening: seeking regains a lead. */
const fillRate = 1.25
/** Pieces are cut at whole samples and expressed in milliseconds: the next may seem to begin a little later. */
const roundingMs = 2

interface Pacer {
  /**
   * Returns how many of `wantedMs` from `fromMs` on may be served now, in milliseconds, and counts them as served. Zero: not
   * enough yet. `speed` is the playback rate.
   */
  take(request: { atMs: number; fromMs: number; wantedMs: number; speed: number }): number
}

/** Pace of one listening. `atMs` is any monotonic clock. */
export function createPacer({ leadMs, pieceMs }: Pace): Pacer {
  let bucketMs = leadMs
  let filledAtMs: number | undefined
  /** Position of a listener without pauses at `listenerAtMs`, and how far audio was served. */
  let listenerMs = 0
  let listenerAtMs = 0
  let servedMs = -Infinity

  return {
    take({ atMs, fromMs, wantedMs, speed }) {
      const passedMs = atMs - (filledAtMs ?? atMs)
      filledAtMs = atMs
      bucketMs = Math.min(leadMs, bucketMs + passedMs * speed * fillRate)
      // A listener at the end of what was served waits there.
      listenerMs = Math.min(servedMs, listenerMs + (atMs - listenerAtMs) * speed)
      listenerAtMs = atMs
      // Anything else is a seek: the listener is there now.
      const isFollowing = fromMs >= listenerMs && fromMs <= servedMs + roundingMs
      if (!isFollowing) listenerMs = fromMs
      const allowed = Math.min(bucketMs, listenerMs + leadMs - fromMs)
      if (allowed < Math.min(wantedMs, pieceMs)) return 0
      const given = Math.max(0, Math.min(wantedMs, allowed))
      bucketMs -= given
      servedMs = isFollowing ? Math.max(servedMs, fromMs + given) : fromMs + given
      return given
    },
  }
}

/** Longest wait of a request that is too far ahead of the listener; it must then be retried. */
const maxWaitMs = 8_000
const pollMs = 100
/** Listenings and persons kept in memory: far more than can be open. */
const maxPacers = 5_000
/** Recordings that a person may begin at once while looking for something. */
const leadsPerPerson = 10

interface PacedPlayback {
  /**
   * Returns how many samples may be served, waiting if necessary; 0 if the wait would be too long, or the request was
   * cancelled.
   */
  waitForPace: (
    listening: string,
    request: { fromSample: number; samples: number; speed: number; by?: { person: string; recording: string } },
    signal?: AbortSignal,
  ) => Promise<number>
}

/** Token bucket that several listenings share: those of a person, or a person's of one recording. */
interface SharedBudget {
  availableMs(request: { atMs: number; speed: number }): number
  take(givenMs: number): void
}

function createSharedBudget(maxMs: number): SharedBudget {
  let bucketMs = maxMs
  let filledAtMs: number | undefined
  return {
    availableMs({ atMs, speed }) {
      bucketMs = Math.min(maxMs, bucketMs + (atMs - (filledAtMs ?? atMs)) * speed * fillRate)
      filledAtMs = atMs
      return bucketMs
    },
    take(givenMs) {
      bucketMs -= givenMs
    },
  }
}

/** Returns a function that makes a value for each key, and keeps the most recently used values. */
function cacheLatest<Kept>(make: () => Kept): (key: string) => Kept {
  const cache = new Map<string, Kept>()
  return (key) => {
    const one = cache.get(key) ?? make()
    cache.delete(key)
    cache.set(key, one)
    const oldest = cache.keys().next()
    if (cache.size > maxPacers && !oldest.done) cache.delete(oldest.value)
    return one
  }
}

/** Waits until audio may be served at the pace of listening. */
export function pacePlayback(pace: Pace): PacedPlayback {
  const pacerOf = cacheLatest(() => createPacer(pace))
  const personBudgetOf = cacheLatest(() => createSharedBudget(leadsPerPerson * pace.leadMs))
  const recordingBudgetOf = cacheLatest(() => createSharedBudget(pace.leadMs))

  return {
    async waitForPace(listening, { fromSample, samples, speed, by }, signal) {
      const pacer = pacerOf(listening)
      const budgets = by ? [personBudgetOf(by.person), recordingBudgetOf(`${by.person} ${by.recording}`)] : []
      const wantedMs = (samples * 1000) / samplesPerSecond
      const request = { fromMs: toMs(fromSample), speed }
      const waitsUntil = performance.now() + maxWaitMs
      for (;;) {
        if (signal?.aborted) return 0
        const atMs = performance.now()
        const availableMs = Math.min(...budgets.map((one) => one.availableMs({ atMs, speed })))
        const enough = availableMs >= Math.min(wantedMs, pace.pieceMs)
        const given = enough ? pacer.take({ ...request, atMs, wantedMs: Math.min(wantedMs, availableMs) }) : 0
        for (const one of budgets) one.take(given)
        if (given > 0) return Math.min(samples, Math.floor((given * samplesPerSecond) / 1000))
        if (performance.now() > waitsUntil) return 0
        await sleep(pollMs)
      }
    },
  }
}
