/**
 * Runs whisper-cli of whisper.cpp: a WAV file on its standard input, its full JSON in a file of the folder for temporary files,
 * which is in memory when Seloste runs it. It opens standard output by name, which a socket does not allow.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { setPriority, tmpdir } from 'node:os'
import { join } from 'node:path'

const whisperRate = 16_000
/** Below the recording of calls. */
const niceness = 10
const headerBytes = 44

export interface WhisperOptions {
  program: string
  model: string
  threads: string
  language: string
}

/** @returns its output. @throws Error if it fails; the message has nothing of its output */
export async function runWhisper(options: WhisperOptions, samples: Int16Array): Promise<Buffer> {
  const { program, model, threads, language } = options
  const folder = await mkdtemp(join(tmpdir(), 'whisper-'))
  const output = join(folder, 'words')
  const given = [
    ...['--model', model, '--language', language, '--threads', threads, '--no-gpu'],
    // Each half minute by itself: a mistake is not carried on. No music and no laughter.
    ...['--max-context', '0', '--suppress-nst'],
    ...['--no-prints', '--output-json-full', '--output-file', output, '--file', '-'],
  ]
  try {
    // Its standard output has the words again.
    // Threads that wait for each other in a loop take ten times as long beside other work.
    const env = { ...process.env, OMP_WAIT_POLICY: 'PASSIVE' }
    lowerPriority()
    const child = spawn(program, given, { env, stdio: ['pipe', 'ignore', 'ignore'] })
    // Its exit code says why it stopped reading.
    child.stdin.on('error', () => undefined)
    child.stdin.end(waveOf(samples))
    const [code] = (await once(child, 'close')) as [number | null]
    if (code !== 0) throw new Error(`whisper-cli ended with ${code}`)
    return await readFile(`${output}.json`)
  } finally {
    await rm(folder, { recursive: true })
  }
}

function lowerPriority(): void {
  try {
    setPriority(niceness)
  } catch {
    // The custodian's unit forbids it, and gives capture more weight.
  }
}

/** Returns a WAV file: 16 bits, mono. */
function waveOf(samples: Int16Array): Buffer {
  const wave = Buffer.alloc(headerBytes + 2 * samples.length)
  wave.write('RIFF')
  wave.writeUInt32LE(wave.length - 8, 4)
  wave.write('WAVEfmt ', 8)
  wave.writeUInt32LE(16, 16)
  // PCM, one channel.
  wave.writeUInt16LE(1, 20)
  wave.writeUInt16LE(1, 22)
  wave.writeUInt32LE(whisperRate, 24)
  wave.writeUInt32LE(2 * whisperRate, 28)
  wave.writeUInt16LE(2, 32)
  wave.writeUInt16LE(16, 34)
  wave.write('data', 36)
  wave.writeUInt32LE(2 * samples.length, 40)
  for (const [at, sample] of samples.entries()) wave.writeInt16LE(sample, headerBytes + 2 * at)
  return wave
}
