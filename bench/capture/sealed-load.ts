/** Many sealed calls at once: no packet lost, and every recording opened afterwards holds what was sent, byte by byte. */
import { mkdtempSync, rmSync } from 'node:fs'
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
import { compile, generatorPort, runReceiver } from './run-receiver.ts'

type Captured = {
  packets: number
  lost: number
  others: number
  eventLoopP99Ms: number
  residentMegabytes: number
  faults: string[]
}

/** True when nothing was lost and every sample of every recording is right. */
export async function sealedLoad({ calls = 500, seconds = 20 } = {}): Promise<boolean> {
  const programs = compile()
  if (!programs) {
    console.log('skipped: the generator is in C, and gcc is not here')
    return true
  }
  const folder = mkdtempSync(join(process.env['SELOSTE_BENCH_DATA'] ?? tmpdir(), 'seloste-bench-'))
  try {
    const { identity, recipient } = generateKeyPair()
    const script = join(import.meta.dirname, 'capture-calls.ts')
    const receiver = {
      command: process.execPath,
      args: [...captureProcessFlags, script, folder, recipient, String(generatorPort), String(calls)],
    }
    const { sent, result } = await runReceiver<Captured>(receiver, programs.generator, seconds)
    const missing = sent * 2 * calls - result.packets
    let wrong = 0
    let moved = 0
    for (let n = 0; n < calls; n++) {
      const { asSent, anchors } = await compare(folder, `call-${n}`, identity, n, sent)
      if (!asSent) wrong++
      if (anchors > 2) moved++
    }
    console.log(
      `${calls} calls of two streams, ${seconds} s: sent ${sent * 2 * calls}, missing ${missing}, others ${result.others}`,
    )
    console.log(`event loop p99 ${result.eventLoopP99Ms.toFixed(1)} ms, resident ${result.residentMegabytes} MB`)
    console.log(
      `recordings that differ from what was sent: ${wrong} of ${calls}; realigned: ${moved} (a starved sender)`,
    )
    for (const fault of new Set(result.faults)) console.log(`fault: ${fault}`)
    return missing === 0 && wrong === 0
  } finally {
    rmSync(folder, { recursive: true })
  }
}

async function compare(
  folder: string,
  id: string,
  identity: string,
  call: number,
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
      sources.every((source) => isVoice(pcm, source, 2 * call + source.stream, packets))
    return { asSent, anchors: sources.reduce((sum, source) => sum + source.anchors.length, 0) }
  } finally {
    await body.close()
  }
}

/** Every sample of every packet, decoded, is in its place. */
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
