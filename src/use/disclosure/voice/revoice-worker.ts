/**
 * A thread that re-speaks tracks with nvq, one after the other. In: samples, redactions. Out: samples. Never here: a
 * track kept.
 */
import { randomBytes } from 'node:crypto'
import { parentPort } from 'node:worker_threads'
import type { Span } from './engine.ts'
import { nvq } from './nvq.ts'

export interface RevoiceAsked {
  samples: Int16Array<ArrayBuffer>
  redacted: Span[]
}
export type RevoiceTold = { samples: Int16Array<ArrayBuffer> } | { fault: string }

const port = parentPort!

port.on('message', ({ samples, redacted }: RevoiceAsked) => {
  nvq
    .revoice({ samples, redacted }, randomBytes)
    .then(
      (spoken) => {
        const own = Int16Array.from(spoken)
        port.postMessage({ samples: own } satisfies RevoiceTold, [own.buffer])
      },
      (error: unknown) =>
        port.postMessage({ fault: error instanceof Error ? error.message : String(error) } satisfies RevoiceTold),
    )
    .finally(() => samples.fill(0))
})
