/** Waits until sound may leave at the pace at which it is heard (./pace.ts). In: what is asked. Out: how much of it leaves now. */
import { setTimeout as sleep } from 'node:timers/promises'
import { createPacer, type Pace, type Pacer } from './pace.ts'
import { samplesPerSecond } from './recording-index.ts'

/** A listening so far ahead of the ear waits this long for its next piece, and is then told to come again. */
const longestWaitMs = 8_000
const lookAgainMs = 100
/** Listenings whose pace is remembered at once: many more than people can have open. */
const keptPacers = 5_000

export interface HeardInTime {
  /** How many samples may leave, once it is time for any; none where that is too far off, or nobody waits any more. */
  whenHeard: (
    listening: string,
    asked: { fromSample: number; samples: number; speed: number },
    gone?: AbortSignal,
  ) => Promise<number>
}

export function hearInTime(pace: Pace): HeardInTime {
  const pacers = new Map<string, Pacer>()

  function pacerOf(listening: string): Pacer {
    const pacer = pacers.get(listening) ?? createPacer(pace)
    pacers.delete(listening)
    pacers.set(listening, pacer)
    const oldest = pacers.keys().next()
    if (pacers.size > keptPacers && !oldest.done) pacers.delete(oldest.value)
    return pacer
  }

  return {
    async whenHeard(listening, { fromSample, samples, speed }, gone) {
      const pacer = pacerOf(listening)
      const asked = { fromMs: toMs(fromSample), wantedMs: (samples * 1000) / samplesPerSecond, speed }
      const waitsUntil = performance.now() + longestWaitMs
      for (;;) {
        if (gone?.aborted) return 0
        const given = pacer.take({ ...asked, atMs: performance.now() })
        if (given > 0) return Math.min(samples, Math.floor((given * samplesPerSecond) / 1000))
        if (performance.now() > waitsUntil) return 0
        await sleep(lookAgainMs)
      }
    },
  }
}

export function toMs(samples: number): number {
  return Math.round((samples * 1000) / samplesPerSecond)
}
