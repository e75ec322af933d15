/**
 * One question and one answer of docs/formats/voice-process.md, version 1. In: what stands on the standard input. Out: a track and its
 * chance. Never here: chance of another source than the question's seed.
 */
import { createCipheriv } from 'node:crypto'
import { voiceRate, type RandomBytes, type Track } from './engine.ts'

const seedBytes = 32

/** @throws Error where it is no question for a voice of version 1 */
export function readQuestion(input: Buffer): { track: Track; random: RandomBytes } {
  const lineEnd = input.indexOf('\n')
  if (lineEnd < 0) throw new Error('There is no line of JSON.')
  const asked = JSON.parse(input.toString('utf8', 0, lineEnd)) as Record<string, unknown>
  if (asked['protocol'] !== 1 || asked['kind'] !== 'voice' || asked['rate'] !== voiceRate)
    throw new Error('It asks for something else than a voice of version 1 at 8 kHz.')
  const pcm = input.subarray(lineEnd + 1)
  if (pcm.length !== 2 * Number(asked['samples'])) throw new Error('There are more or fewer samples than it says.')
  const seed = Buffer.from(String(asked['seed']), 'hex')
  if (seed.length !== seedBytes) throw new Error(`The seed is not of ${seedBytes} bytes.`)
  const samples = Int16Array.from({ length: pcm.length / 2 }, (_, at) => pcm.readInt16LE(2 * at))
  const redacted = (asked['redacted'] as [number, number][]).map(([from, to]) => ({ from, to }))
  return { track: { samples, redacted }, random: chanceOf(seed) }
}

export function writeAnswer(samples: Int16Array): Buffer {
  const answer = Buffer.alloc(2 * samples.length)
  for (const [at, sample] of samples.entries()) answer.writeInt16LE(sample, 2 * at)
  return answer
}

/** Bytes without end of 32 bytes of chance (AES-256 in counter mode), none of them twice. Wipes the seed. */
function chanceOf(seed: Buffer): RandomBytes {
  const stream = createCipheriv('aes-256-ctr', seed, Buffer.alloc(16))
  seed.fill(0)
  return (size) => new Uint8Array(stream.update(Buffer.alloc(size)))
}
