/** Decodes MP3 (MPEG audio, layers I to III) with mpg123, which is compiled to WebAssembly, to 8 kHz. */
import type { MPEGDecoder } from 'mpg123-decoder'
import { linearTrack, type AudioFile } from './audio-file.ts'
import { toTelephoneRate } from './resample.ts'

let loading: Promise<MPEGDecoder> | undefined
/** Files are decoded one at a time, because the decoder has state. */
let last: Promise<unknown> = Promise.resolve()

export function isMp3(file: Buffer): boolean {
  // An ID3 tag, or a frame's eleven bits of synchronisation and a layer.
  if (file.toString('latin1', 0, 3) === 'ID3') return true
  return file.length > 2 && file[0] === 0xff && (file[1]! & 0xe0) === 0xe0 && (file[1]! & 0x06) !== 0
}

export function readMp3(file: Buffer): Promise<AudioFile> {
  const mine = last.then(() => decode(file))
  last = mine.catch(() => undefined)
  return mine
}

async function decode(file: Buffer): Promise<AudioFile> {
  // Loaded at the first MP3, because loading compiles WebAssembly.
  loading ??= import('mpg123-decoder').then(async (library) => {
    const decoder = new library.MPEGDecoder()
    await decoder.ready
    return decoder
  })
  const decoder = await loading
  await decoder.reset()
  const { channelData, samplesDecoded, sampleRate, errors } = decoder.decode(file)
  if (samplesDecoded === 0) return { problem: 'audio-broken' }
  if (errors.length > 0) return { problem: 'audio-broken' }
  // For mono, the decoder returns the same channel twice.
  const [left, right] = channelData
  if (!left) return { problem: 'audio-broken' }
  const channels = !right || isSame(left, right) ? [left] : [left, right]
  const tracks = channels.map((channel) =>
    linearTrack(
      toTelephoneRate(
        Float64Array.from(channel, (sample) => sample * 32_768),
        sampleRate,
      ),
    ),
  )
  return { tracks }
}

function isSame(one: Float32Array, other: Float32Array): boolean {
  return Buffer.from(one.buffer, one.byteOffset, one.byteLength).equals(
    Buffer.from(other.buffer, other.byteOffset, other.byteLength),
  )
}
