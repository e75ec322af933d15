import { linearToAlaw } from '#test/simulator/g711.ts'

/** Writes a steadily rising tone, whose parts all differ, as raw A-law of 8000 Hz. */
export function sweep(fromHz: number, toHz: number, lengthMs: number): Uint8Array {
  const samples = Int16Array.from({ length: lengthMs * 8 }, (_, at) => {
    const seconds = at / 8000
    const turns = fromHz * seconds + ((toHz - fromHz) * seconds * seconds) / (2 * (lengthMs / 1000))
    return Math.round(12_000 * Math.sin(2 * Math.PI * turns))
  })
  return linearToAlaw(samples)
}
