/** Silences redacted stretches; other samples are unchanged. */
import type { Span } from '../voice/engine.ts'
import type { Stretch } from './copy-work.ts'

/** Converts stretches to sample ranges, rounded outwards to whole samples, within the track. */
export function spansOf(stretches: readonly Stretch[], lengthSamples: number, samplesPerMs: number): Span[] {
  return stretches
    .map(({ fromMs, toMs }) => ({
      from: Math.min(lengthSamples, Math.floor(fromMs * samplesPerMs)),
      to: Math.min(lengthSamples, Math.ceil(toMs * samplesPerMs)),
    }))
    .filter(({ from, to }) => from < to)
}

export function silence(samples: Int16Array, spans: readonly Span[]): void {
  for (const { from, to } of spans) samples.fill(0, from, to)
}
