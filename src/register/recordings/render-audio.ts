/**
 * Renders any part of a recording as audio. Runs in the custodian, one part at a time.
 *
 * Takes an index, a function that decrypts chunk n, and a range of samples. Returns 16-bit PCM, 8 kHz, stereo: left caller, right
 * official. Stateless: the same range gives the same bytes, and two adjacent ranges give together the bytes of the whole range.
 */
import type { OpenedRecording } from './index-recording.ts'
import { rangesWithoutMixed } from './mixed-streams.ts'
import { lanesOf, samplesPerSecond, type IndexedSource, type RecordingIndex } from './recording-index.ts'
import { visitAudio } from './visit-audio.ts'

export const bytesPerSample = 4
export const wavHeaderBytes = 44

/**
 * Returns the PCM of samples [from, to), `bytesPerSample` bytes each, with silence where packets are missing.
 * Decrypts only the chunks that overlap. Throws like platform/age/open-stream.ts.
 */
export async function renderAudio(
  index: RecordingIndex,
  openChunk: OpenedRecording['openChunk'],
  from: number,
  to: number,
): Promise<Buffer> {
  const samples = to - from
  // One buffer per stream: overlapping packets of a stream replace each other, those of different streams are added.
  const streams = new Map<number, { source: IndexedSource; voice: Int16Array }>()
  await visitAudio({ openChunk }, index, from, to, (source, at, sound) => {
    let entry = streams.get(source.stream)
    if (!entry) streams.set(source.stream, (entry = { source, voice: new Int16Array(samples) }))
    const first = Math.max(0, from - at)
    const last = Math.min(sound.length, to - at)
    if (first < last) entry.voice.set(sound.subarray(first, last), at - from + first)
  })
  const leftOut = rangesWithoutMixed(index)
  const lanes = new Int16Array(samples * 2)
  for (const { source, voice } of streams.values()) {
    if (source.track === 'mixed') {
      for (const span of leftOut) voice.fill(0, Math.max(0, span.from - from), Math.max(0, span.to - from))
    }
    for (const lane of lanesOf[source.track]) {
      for (let i = 0, at = lane; i < samples; i++, at += 2) {
        const sum = lanes[at]! + voice[i]!
        lanes[at] = sum > 32_767 ? 32_767 : sum < -32_768 ? -32_768 : sum
      }
    }
  }
  // Little-endian, as in a WAV file and on every machine that Seloste supports (package.json).
  return Buffer.from(lanes.buffer)
}

/** Returns the 44-byte header of a WAV file (RIFF, PCM) with `durationSamples` stereo samples. */
export function wavHeader(durationSamples: number): Buffer {
  const dataBytes = durationSamples * bytesPerSample
  const header = Buffer.alloc(wavHeaderBytes)
  header.write('RIFF', 0)
  header.writeUInt32LE(36 + dataBytes, 4)
  header.write('WAVEfmt ', 8)
  header.writeUInt32LE(16, 16)
  header.writeUInt16LE(1, 20)
  header.writeUInt16LE(2, 22)
  header.writeUInt32LE(samplesPerSecond, 24)
  header.writeUInt32LE(samplesPerSecond * bytesPerSample, 28)
  header.writeUInt16LE(bytesPerSample, 32)
  header.writeUInt16LE(16, 34)
  header.write('data', 36)
  header.writeUInt32LE(dataBytes, 40)
  return header
}

/** Returns the range of samples in bytes [from, end) of such a WAV file; empty within its header. */
export function samplesOf(from: number, end: number): { from: number; to: number } {
  const dataFrom = Math.max(0, from - wavHeaderBytes)
  const dataEnd = Math.max(0, end - wavHeaderBytes)
  return { from: Math.floor(dataFrom / bytesPerSample), to: Math.ceil(dataEnd / bytesPerSample) }
}
