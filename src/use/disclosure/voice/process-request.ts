/** Request to an engine that is a program of its own (docs/formats/voice-process.md). */
import type { NamedProgram } from '#platform/processes/named-programs.ts'
import { voiceRate } from './engine.ts'

const protocol = 1
const startMs = 60_000
/** Default time limit: seconds for each second of audio. */
const secondsPerSecond = 10

/** Returns a line of JSON, then the samples: 16 bits, little-endian. The caller wipes the parts. */
export function requestOf(program: NamedProgram, samples: Int16Array, request: Record<string, unknown>): Buffer[] {
  const models = (program.files ?? []).map(({ path }) => path)
  const line = JSON.stringify({ protocol, rate: voiceRate, samples: samples.length, models, ...request })
  const pcm = Buffer.alloc(2 * samples.length)
  for (const [i, sample] of samples.entries()) pcm.writeInt16LE(sample, 2 * i)
  return [Buffer.from(`${line}\n`), pcm]
}

export function limitMsOf({ secondsPerSecond: max = secondsPerSecond }: NamedProgram, lengthSamples: number): number {
  return startMs + Math.ceil((1000 * max * lengthSamples) / voiceRate)
}
