/**
 * Reads WAV files (RIFF): PCM, IEEE float, G.711, GSM 06.10, G.729, MP3. A chunk whose stated size goes beyond the end of the
 * file is refused, except the data of a file whose writer was interrupted before it wrote the size (0 or the largest number).
 */
import { decodesG729 } from '../g729/decode-frames.ts'
import { decodesGsm } from '../gsm/decode-frames.ts'
import { unpackWav49 } from '../gsm/unpack-wav49.ts'
import { constantRate, linearTrack, type AudioFile, type AudioTrack } from './audio-file.ts'
import { toTelephoneRate } from './resample.ts'

/** Format tags of RFC 2361 and Microsoft's registry. */
const tags = { pcm: 1, float: 3, alaw: 6, ulaw: 7, gsm: 0x31, mp3: 0x55, g729: 0x83, extensible: 0xff_fe } as const
const unknownLength = 0xff_ff_ff_ff
const [lowestRate, highestRate] = [4000, 384_000]

interface Format {
  tag: number
  channels: number
  rate: number
  bits: number
}

export type WavFile = AudioFile | { mp3: Buffer }

export function isWav(file: Buffer): boolean {
  return file.length >= 12 && file.toString('latin1', 0, 4) === 'RIFF' && file.toString('latin1', 8, 12) === 'WAVE'
}

/** Returns the audio, or the MP3 stream in it. */
export function readWav(file: Buffer): WavFile {
  let format: Format | undefined
  for (let at = 12; at + 8 <= file.length;) {
    const name = file.toString('latin1', at, at + 4)
    const statedBytes = file.readUInt32LE(at + 4)
    const from = at + 8
    if (name === 'data') {
      if (!format) return { problem: 'audio-broken' }
      const isOpen = statedBytes === unknownLength || statedBytes === 0
      if (!isOpen && from + statedBytes > file.length) return { problem: 'audio-broken' }
      const data = file.subarray(from, isOpen ? file.length : from + statedBytes)
      return data.length === 0 ? { problem: 'audio-empty' } : soundOf(format, data)
    }
    if (from + statedBytes > file.length) return { problem: 'audio-broken' }
    if (name === 'fmt ') {
      if (statedBytes < 16) return { problem: 'audio-broken' }
      format = formatOf(file.subarray(from, from + statedBytes))
    }
    // Chunks have an even length.
    at = from + statedBytes + (statedBytes & 1)
  }
  return { problem: 'audio-broken' }
}

function formatOf(chunk: Buffer): Format {
  const tag = chunk.readUInt16LE(0)
  return {
    // The extensible format has the tag at the start of a GUID.
    tag: tag === tags.extensible && chunk.length >= 26 ? chunk.readUInt16LE(24) : tag,
    channels: chunk.readUInt16LE(2),
    rate: chunk.readUInt32LE(4),
    bits: chunk.readUInt16LE(14),
  }
}

function soundOf({ tag, channels, rate, bits }: Format, data: Buffer): WavFile {
  if (tag === tags.mp3) return { mp3: data }
  if (channels < 1 || rate < lowestRate || rate > highestRate) return { problem: 'audio-broken' }
  if (channels > 2) return { problem: 'too-many-channels' }
  if (tag === tags.pcm || tag === tags.float) {
    const read = sampleReader(tag, bits)
    return read ? { tracks: linear(data, { channels, rate, ...read }) } : { problem: 'codec-unknown' }
  }
  if (tag === tags.alaw || tag === tags.ulaw) {
    const codec = tag === tags.alaw ? 'PCMA' : 'PCMU'
    if (rate !== 8000) return { problem: 'codec-unknown' }
    return {
      tracks: lanesOf(data, channels, 1).map((lane) => constantRate(codec, lane, { frameBytes: 1, frameUnits: 1 })),
    }
  }
  if (channels > 1 || rate !== 8000) return { problem: 'codec-unknown' }
  if (tag === tags.gsm) return gsmSound(unpackWav49(data))
  if (tag === tags.g729) return g729Sound(data)
  return { problem: 'codec-unknown' }
}

/** Returns a track of GSM 06.10 frames of 33 bytes. */
export function gsmSound(frames: Buffer): AudioFile {
  if (!decodesGsm()) return { problem: 'gsm-needs-library' }
  return { tracks: [constantRate('GSM', frames, { frameBytes: 33, frameUnits: 160 })] }
}

/** Returns a track of G.729 frames of 10 bytes. Frames of silence (Annex B), which have another length, cannot be recognised in a file. */
export function g729Sound(frames: Buffer): AudioFile {
  if (!decodesG729()) return { problem: 'g729-needs-library' }
  if (frames.length % 10 !== 0) return { problem: 'audio-broken' }
  return { tracks: [constantRate('G729', frames, { frameBytes: 10, frameUnits: 80 })] }
}

type SampleReader = { bytes: number; at: (data: Buffer, position: number) => number }

/** Returns a reader of samples, which it scales to 16 bits. */
function sampleReader(tag: number, bits: number): SampleReader | undefined {
  if (tag === tags.float)
    return bits === 32 ? { bytes: 4, at: (data, at) => 32_768 * finite(data.readFloatLE(at)) } : undefined
  if (bits === 8) return { bytes: 1, at: (data, at) => (data[at]! - 128) * 256 }
  if (bits === 16) return { bytes: 2, at: (data, at) => data.readInt16LE(at) }
  if (bits === 24) return { bytes: 3, at: (data, at) => data.readIntLE(at, 3) / 256 }
  if (bits === 32) return { bytes: 4, at: (data, at) => data.readInt32LE(at) / 65_536 }
  return undefined
}

function finite(value: number): number {
  return Number.isFinite(value) ? value : 0
}

/** Returns a track for each channel; samples of 16 bits at 8 kHz stay as they are. */
function linear(
  data: Buffer,
  { channels, rate, bytes, at }: SampleReader & { channels: number; rate: number },
): AudioTrack[] {
  const length = Math.floor(data.length / (bytes * channels))
  return Array.from({ length: channels }, (_, channel) => {
    const samples = new Float64Array(length)
    for (let n = 0; n < length; n++) samples[n] = at(data, (n * channels + channel) * bytes)
    return linearTrack(toTelephoneRate(samples, rate))
  })
}

function lanesOf(data: Buffer, channels: number, bytes: number): Buffer[] {
  if (channels === 1) return [data]
  const length = Math.floor(data.length / (bytes * channels))
  return Array.from({ length: channels }, (_, channel) => {
    const lane = Buffer.alloc(length * bytes)
    for (let n = 0; n < length; n++)
      data.copy(lane, n * bytes, (n * channels + channel) * bytes, (n * channels + channel + 1) * bytes)
    return lane
  })
}
