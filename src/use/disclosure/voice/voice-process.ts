/**
 * Levels N and D by an engine that is a program of its own (docs/formats/voice-process.md). The result has the same length and
 * is refused if it contains the original samples. No files, no network.
 */
import type { NamedProgram } from '#platform/processes/named-programs.ts'
import { runInChildProcess } from '#platform/processes/run-in-child-process.ts'
import { fingerprintOf } from '#platform/processes/verify-program.ts'
import type { Track, VoiceEngine } from './engine.ts'
import { limitMsOf, requestOf } from './process-request.ts'
import { VoiceFault } from './voice-faults.ts'

const seedBytes = 32
/** Largest share of unchanged samples, apart from silence: above it, the result contains the speaker's own voice. */
const maxUnchanged = 0.5

/**
 * `sources` is the hash of the program and its models, to which the evaluation applies. `revoice` throws ProcessFault, and
 * VoiceFault `engine-answer-wrong`.
 */
export function voiceProcess(program: NamedProgram, level: 'N' | 'D'): VoiceEngine & { sources: string } {
  return {
    name: program.name,
    version: program.version,
    level,
    sources: fingerprintOf(program),
    async revoice({ samples, redacted }, random) {
      const seed = Buffer.from(random(seedBytes))
      const input = requestOf(program, samples, {
        kind: 'voice',
        redacted: redacted.map(({ from, to }) => [from, to]),
        seed: seed.toString('hex'),
      })
      try {
        const answer = await runInChildProcess(program, {
          input,
          maxBytes: 2 * samples.length,
          limitMs: limitMsOf(program, samples.length),
        })
        return readAnswer(program.name, answer, { samples, redacted })
      } finally {
        seed.fill(0)
        for (const part of input) part.fill(0)
      }
    },
  }
}

function readAnswer(name: string, answer: Buffer, { samples, redacted }: Track): Int16Array {
  const wrong = (problem: string) =>
    new VoiceFault('engine-answer-wrong', `${name} ${problem}. The answer was discarded.`)
  if (answer.length !== 2 * samples.length)
    throw wrong(`returned ${answer.length} bytes for ${samples.length} samples of two bytes`)
  const spoken = Int16Array.from(samples, (_, i) => answer.readInt16LE(2 * i))
  answer.fill(0)
  let sounding = 0
  let unchanged = 0
  for (const [i, sample] of samples.entries()) {
    if (sample === 0) continue
    sounding++
    if (spoken[i] === sample) unchanged++
  }
  if (unchanged > maxUnchanged * sounding)
    throw wrong('returned the original samples: the speaker would be as easy to recognise as before')
  for (const { from, to } of redacted) spoken.fill(0, from, to)
  return spoken
}
