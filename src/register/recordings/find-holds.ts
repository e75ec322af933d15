/** Finds when a call was on hold, from the marks of its recording. Pure. */
import type { Withheld } from './find-gaps.ts'
import type { RecordingIndex } from './recording-index.ts'

/** Samples [from, to) in which the whole recording was on hold; `why`: nothing was recorded for another reason than a hold. */
export interface Hold {
  from: number
  to: number
  why?: Withheld['why']
}

/**
 * Returns the holds in order. A hold ends at its resume mark, at the next hold mark (which has another reason), or with the
 * recording. Marks that are limited to some streams are not holds of the call.
 */
export function findHolds({ marks, durationSamples }: Pick<RecordingIndex, 'marks' | 'durationSamples'>): Hold[] {
  const holds: Hold[] = []
  let open: Hold | undefined
  const close = (atSample: number) => {
    if (open) holds.push({ ...open, to: Math.min(atSample, durationSamples) })
    open = undefined
  }
  for (const { kind, atSample, detail } of marks) {
    if (kind !== 'hold' && kind !== 'resume') continue
    const { streams, why } = (detail ?? {}) as { streams?: number[]; why?: Withheld['why'] }
    if (streams !== undefined) continue
    close(atSample)
    if (kind === 'hold') open = { from: Math.max(0, atSample), to: durationSamples, ...(why && { why }) }
  }
  close(durationSamples)
  return holds.filter(({ from, to }) => from < to)
}
