// Writes what a fictitious earlier recorder leaves: a folder with a list of calls in CSV and their sounds, for tests of the
// import. Imports nothing of the program.
import { createHash } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

export interface OldCall {
  id: string
  startedAt: Temporal.Instant
  endedAt: Temporal.Instant
  caller: string
  called: string
  official: string
  file: string
  /** 16-bit samples of each lane, as every decoder has to make them of the file. */
  lanes: Int16Array[]
}

export interface OldRecorderOptions {
  calls: number
  /** The first of them, spread over the last 170 days; the others ended 200 days ago and before, past every term. */
  young: number
  seconds?: number
  called?: string
  officials?: readonly string[]
}

const rate = 8000
const [youngDays, oldDays, daySeconds] = [170, 200, 86_400]
export const mapOfOldRecorder = `source: Vanha tallennin
metadata:
  format: csv
  files: '*.csv'
audio:
  file: '{file}'
zone: UTC
fields:
  callId: [id]
  startedAt: [started]
  endedAt: [ended]
  caller: [caller]
  called: [called]
  official: [official]
`

/** Writes `calls.csv` and a sound for each call: PCM and G.711 in WAV, stereo and mono. */
export async function writeOldRecorder(folder: string, options: OldRecorderOptions): Promise<OldCall[]> {
  const { calls: count, young, seconds = 1, called = '029 497 000', officials = ['029 512 1001'] } = options
  await mkdir(join(folder, 'sounds'), { recursive: true })
  const now = Temporal.Now.instant().round('second')
  const everySeconds = Math.floor((youngDays * daySeconds) / (young + 1))
  const calls: OldCall[] = []
  for (let n = 0; n < count; n++) {
    const age = n < young ? (n + 1) * everySeconds : oldDays * daySeconds + (n - young) * everySeconds
    const endedAt = now.subtract({ seconds: age })
    const file = `sounds/${String(n).padStart(6, '0')}.wav`
    const made = soundOf(n, seconds)
    await writeFile(join(folder, file), made.bytes)
    calls.push({
      id: `old-${n}`,
      startedAt: endedAt.subtract({ seconds }),
      endedAt,
      caller: `+358 40 ${String(1_000_000 + n)}`,
      called,
      official: officials[n % officials.length]!,
      file,
      lanes: made.lanes,
    })
  }
  await writeCalls(folder, calls)
  return calls
}

export async function writeCalls(folder: string, calls: readonly OldCall[]): Promise<void> {
  const rows = calls.map((call) =>
    [call.id, call.startedAt, call.endedAt, call.caller, call.called, call.official, call.file].join(','),
  )
  await writeFile(
    join(folder, 'calls.csv'),
    `${['id,started,ended,caller,called,official,file', ...rows].join('\n')}\n`,
  )
}

/** Returns a WAV whose bytes no other `n` has, and its samples. */
function soundOf(n: number, seconds: number): { bytes: Buffer; lanes: Int16Array[] } {
  const kinds = [
    { tag: 1, channels: 2 },
    { tag: 6, channels: 2 },
    { tag: 7, channels: 1 },
    { tag: 1, channels: 1 },
  ] as const
  const { tag, channels } = kinds[n % kinds.length]!
  const noise = noiseOf(n, channels * rate * seconds)
  if (tag === 1) {
    const data = Buffer.alloc(2 * noise.length)
    const samples = Int16Array.from(noise, (byte) => (byte - 128) << 6)
    samples.forEach((sample, at) => data.writeInt16LE(sample, 2 * at))
    return { bytes: wav(tag, channels, 16, data), lanes: lanesOf(samples, channels) }
  }
  const samples = Int16Array.from(noise, tag === 6 ? fromAlaw : fromUlaw)
  return { bytes: wav(tag, channels, 8, Buffer.from(noise)), lanes: lanesOf(samples, channels) }
}

function lanesOf(samples: Int16Array, channels: number): Int16Array[] {
  return Array.from({ length: channels }, (_, lane) => samples.filter((_sample, at) => at % channels === lane))
}

function noiseOf(n: number, length: number): Uint8Array {
  const block = createHash('sha512').update(`sound ${n}`).digest()
  return Uint8Array.from({ length }, (_, at) => block[(at * 7 + (at >> 6)) % block.length]! ^ (at & 0x3f))
}

function wav(tag: number, channels: number, bits: number, data: Buffer): Buffer {
  const head = Buffer.alloc(44)
  head.write('RIFF')
  head.writeUInt32LE(36 + data.length, 4)
  head.write('WAVEfmt ', 8)
  head.writeUInt32LE(16, 16)
  head.writeUInt16LE(tag, 20)
  head.writeUInt16LE(channels, 22)
  head.writeUInt32LE(rate, 24)
  head.writeUInt32LE((rate * channels * bits) / 8, 28)
  head.writeUInt16LE((channels * bits) / 8, 32)
  head.writeUInt16LE(bits, 34)
  head.write('data', 36)
  head.writeUInt32LE(data.length, 40)
  return Buffer.concat([head, data])
}

/** G.711 (ITU-T), by its formulas and not by the program's tables. */
function fromAlaw(byte: number): number {
  const code = byte ^ 0x55
  const [segment, step] = [(code & 0x70) >> 4, code & 0x0f]
  const value = segment === 0 ? (step << 4) + 8 : ((step << 4) + 0x108) << (segment - 1)
  return code & 0x80 ? value : -value
}

function fromUlaw(byte: number): number {
  const code = ~byte & 0xff
  const value = ((((code & 0x0f) << 3) + 0x84) << ((code & 0x70) >> 4)) - 0x84
  return code & 0x80 ? -value : value
}
