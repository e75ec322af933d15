/**
 * Records many sealed calls at once: no packet is lost, and every recording opened afterwards contains what was sent, byte by
 * byte.
 */
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { open, readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { captureProcessFlags } from '#capture/rtp/process-flags.ts'
import { generateKeyPair, readAgeHeader } from '#platform/age/age-header.ts'
import { alawSamples } from '#register/recordings/decode-g711.ts'
import { indexRecording } from '#register/recordings/index-recording.ts'
import { openPayload } from '#platform/age/open-stream.ts'
import { positionOf, type IndexedSource } from '#register/recordings/recording-index.ts'
import { renderAudio } from '#register/recordings/render-audio.ts'
import { expectedPayload } from './expected-payload.ts'
import { makeMediaKey, protectMedia } from '#test/simulator/protect-media.ts'
import { compile, generatorPort, runReceiver, type PacketFile } from './run-receiver.ts'
import { ms, type Row } from '../rows.ts'

/** Report of capture-calls.ts. */
type Captured = {
  packets: number
  lost: number
  /** Packets that were received and not recorded: foreign, invalid, late and so on. */
  others: number
  cpuMicroseconds: number
  inBatches: boolean
  eventLoopP99Ms: number
  eventLoopMaxMs: number
  /** Seconds since the first packet, and resident megabytes. */
  memory: [number, number][]
  faults: string[]
}

/** `compared`: maximum number of recordings to compare, because comparing takes longer than recording. */
type Load = { calls: number; seconds: number; srtp?: boolean; compared: number }

const full = process.env['SELOSTE_BENCH_FULL'] === '1'
/** The first packet's sequence number, as in generator.c. */
const firstSeq = 65_000
const maxEventLoopMs = 20
const maxGrowth = 1

/** Records a thousand calls without SRTP (for 30 minutes in a full run), then 400 with SRTP (for 10 minutes). */
export async function sealedLoad({ plainSeconds = full ? 1800 : 20, srtpSeconds = full ? 600 : 20 } = {}): Promise<
  Row[]
> {
  const compared = full ? 20 : Infinity
  const plain = await load({ calls: 1000, seconds: plainSeconds, compared })
  const srtp = await load({ calls: 400, seconds: srtpSeconds, srtp: true, compared })
  return [...plain, ...srtp]
}

/** Records one load. Required: no packet lost, and every sample of every compared recording equal to what was sent. */
async function load({ calls, seconds, srtp = false, compared: max }: Load): Promise<Row[]> {
  if (seconds === 0) return []
  const compared = Math.min(max, calls)
  const programs = compile()
  if (!programs) {
    console.log('skipped: the generator is in C, and gcc is not installed')
    return []
  }
  const folder = mkdtempSync(join(process.env['SELOSTE_BENCH_DATA'] ?? tmpdir(), 'seloste-bench-'))
  try {
    const { identity, recipient } = generateKeyPair()
    const script = join(import.meta.dirname, 'capture-calls.ts')
    const made = srtp ? makeSrtp(join(folder, 'packets'), seconds) : undefined
    const receiver = {
      command: process.execPath,
      args: [...captureProcessFlags, script, folder, recipient, String(generatorPort), String(calls)],
    }
    if (made) receiver.args.push(made.key)
    const { sent, lateMs, result } = await runReceiver<Captured>(receiver, programs.generator, seconds, made)
    const all = sent * 2 * calls
    const missing = all - result.packets
    console.log(
      `${calls} calls of two streams${srtp ? ' with SRTP' : ''}, ${seconds} s${result.inBatches ? '' : ', one by one'}: sent ${all}, missing ${missing}, others ${result.others}; the sender was late by ${lateMs} ms at most`,
    )
    const cpu = result.cpuMicroseconds / 1e6 / seconds
    console.log(
      `event loop p99 ${result.eventLoopP99Ms.toFixed(1)} ms (target: under ${maxEventLoopMs}), at most ${result.eventLoopMaxMs.toFixed(0)} ms; ${(result.cpuMicroseconds / result.packets).toFixed(2)} us of CPU a packet, ${cpu.toFixed(2)} cores`,
    )
    const growth = growthAMinute(result.memory)
    console.log(
      `resident ${result.memory.at(-1)?.[1].toFixed(0)} MB, growing by ${growth?.toFixed(2) ?? '?'} MB a minute (target: under ${maxGrowth})`,
    )
    const { wrong, moved } = await compareAll(folder, identity, { calls, compared, sent, srtp })
    console.log(
      `recordings that differ from what was sent: ${wrong} of ${compared}; realigned: ${moved} (a starved sender)`,
    )
    for (const fault of new Set(result.faults)) console.log(`fault: ${fault}`)
    const isSustained = result.eventLoopP99Ms < maxEventLoopMs && (growth === undefined || growth < maxGrowth)
    const label = `${calls} calls of two streams${srtp ? ' with SRTP' : ''}, ${seconds} s`
    const memory = `${result.memory.at(-1)?.[1].toFixed(0) ?? '?'} MB`
    return [
      {
        what: `${label}: packets missing, recordings that differ`,
        measured: `${missing} of ${all}, ${wrong} of ${compared}`,
        target: '0, 0',
        isReached: missing === 0 && wrong === 0,
      },
      {
        what: `${label}: event loop, memory`,
        measured: `p99 ${ms(result.eventLoopP99Ms)}, ${memory}${growth === undefined ? '' : `, growing by ${growth.toFixed(2)} MB a minute`}; ${cpu.toFixed(2)} cores`,
        target: `p99 under ${maxEventLoopMs} ms, under ${maxGrowth} MB a minute`,
        isReached: isSustained,
      },
    ]
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/**
 * Writes SRTP packets that all streams share, so that the sender need not encrypt while sending; the receiver decrypts each
 * stream all the same.
 */
function makeSrtp(path: string, seconds: number): PacketFile & { key: string } {
  const media = makeMediaKey('AES_CM_128_HMAC_SHA1_80', randomBytes)
  const seal = protectMedia(media)
  const packets = Array.from({ length: seconds * 50 }, (_, n) => {
    const head = Buffer.from([0x80, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7])
    head.writeUInt16BE((firstSeq + n) & 0xffff, 2)
    head.writeUInt32BE((0xfffff000 + n * 160) >>> 0, 4)
    return seal(Buffer.concat([head, expectedPayload(0, n)]), firstSeq + n)
  })
  writeFileSync(path, Buffer.concat(packets))
  return { path, packetBytes: packets[0]!.length, key: media.secret.toString('hex') }
}

/** Returns the least-squares growth after the first third, when the heap has warmed up; undefined if the run is too short. */
function growthAMinute(memory: [number, number][]): number | undefined {
  const settled = memory.slice(Math.ceil(memory.length / 3))
  const first = settled[0]?.[0] ?? 0
  if ((settled.at(-1)?.[0] ?? 0) - first < 120) return undefined
  const mean = (valueOf: (one: [number, number]) => number) =>
    settled.reduce((sum, one) => sum + valueOf(one), 0) / settled.length
  const [time, resident] = [mean(([at]) => at), mean(([, megabytes]) => megabytes)]
  return (60 * mean(([at, megabytes]) => (at - time) * (megabytes - resident))) / mean(([at]) => (at - time) ** 2)
}

type Sent = { calls: number; compared: number; sent: number; srtp: boolean }

async function compareAll(folder: string, identity: string, { calls, compared, sent, srtp }: Sent) {
  let wrong = 0
  let moved = 0
  for (let i = 0; i < compared; i++) {
    const n = Math.floor((i * calls) / compared)
    const { asSent, anchors } = await compare(folder, `call-${n}`, identity, srtp ? undefined : 2 * n, sent)
    if (!asSent) wrong++
    if (anchors > 2) moved++
  }
  return { wrong, moved }
}

async function compare(
  folder: string,
  id: string,
  identity: string,
  /** The stream number under which its first stream was sent; undefined if all streams get the same packets. */
  firstStream: number | undefined,
  packets: number,
): Promise<{ asSent: boolean; anchors: number }> {
  const fileKey = readAgeHeader(await readFile(join(folder, `${id}.hdr`)), identity)
  const body = await open(join(folder, `${id}.body`))
  try {
    const read = async (position: number, length: number) => {
      const { bytesRead, buffer } = await body.read(Buffer.alloc(length), 0, length, position)
      return buffer.subarray(0, bytesRead)
    }
    const recording = await openPayload(fileKey, (await body.stat()).size, read)
    const index = await indexRecording(recording)
    const pcm = await renderAudio(index, recording.openChunk, 0, index.durationSamples)
    const { sources, gaps } = index
    const asSent =
      sources.length === 2 &&
      gaps.every(({ kind }) => kind === 'pause') &&
      sources.every((source) => {
        const stream = firstStream === undefined ? 0 : firstStream + source.stream
        return isVoice(pcm, source, stream, packets)
      })
    return { asSent, anchors: sources.reduce((sum, source) => sum + source.anchors.length, 0) }
  } finally {
    await body.close()
  }
}

/** Returns true if every sample of every packet, decoded, is in its place. */
function isVoice(pcm: Buffer, source: IndexedSource, sentStream: number, packets: number): boolean {
  for (let n = 0; n < packets; n++) {
    const payload = expectedPayload(sentStream, n)
    const at = positionOf(source, n, n * payload.length, 8000)
    for (let i = 0; i < payload.length; i++) {
      if (pcm.readInt16LE((at + i) * 4 + 2 * source.stream) !== alawSamples[payload[i]!]) return false
    }
  }
  return true
}
