/**
 * Encodes 8 kHz PCM as Ogg Opus (RFC 6716, RFC 7845). The file has no tags, times, titles or names of machines: two files
 * cannot be linked by anything but their audio.
 */
import { randomBytes } from 'node:crypto'
import OpusScript from 'opusscript'
import { fitsOnPage, OggStream } from './ogg-pages.ts'

const rate = 8000
const frameSamples = 160
/** Opus counts at 48 kHz, whatever the input rate. */
const granulesPerSample = 6
/** Encoder delay: 6.5 ms, libopus's lookahead in voice mode. */
const preSkip = 52 * granulesPerSample
const packetsPerPage = 50
/** Bits a second per channel: 8 kHz speech gains nothing from more. */
const bitRate = 16_000
/** 0 to 10; from 5 it takes twice the time without better 8 kHz speech. */
const complexity = 5
/** opus_defines.h */
const setComplexity = 4010
/** The same for every file. */
const vendor = 'Seloste'

export interface OggOpusOptions {
  channels: 1 | 2
  /** Source of the serial number. */
  random?: (size: number) => Uint8Array
}

/**
 * Blocks for 4 ms per second of audio; `encode-in-threads.ts` does not.
 * @param pcm 16 bits, 8 kHz, channels interleaved, in parts of any length
 */
export async function* encodeOggOpus(
  pcm: Iterable<Int16Array> | AsyncIterable<Int16Array>,
  { channels, random = randomBytes }: OggOpusOptions,
): AsyncGenerator<Buffer, void, undefined> {
  const serial = Buffer.from(random(4)).readUInt32LE()
  const ogg = new OggStream(serial)
  yield ogg.page([headOf(channels)], 0)
  yield ogg.page([tags()], 0)

  const encoder = new OpusScript(rate, channels, OpusScript.Application.VOIP)
  try {
    encoder.setBitrate(bitRate * channels)
    encoder.encoderCTL(setComplexity, complexity)
    const frame = new Int16Array(frameSamples * channels)
    const bytes = Buffer.from(frame.buffer)
    let filled = 0
    let samples = 0
    let packets = 0
    let page: Uint8Array[] = []
    const encode = () => {
      page.push(encoder.encode(bytes, frameSamples))
      packets++
      filled = 0
    }
    const isFull = () => page.length >= packetsPerPage || !fitsOnPage(page, OpusScript.MAX_PACKET_SIZE)
    for await (const part of pcm) {
      if (part.length % channels !== 0) throw new RangeError('A part ends within a sample of two channels')
      samples += part.length / channels
      for (let at = 0; at < part.length;) {
        const take = Math.min(part.length - at, frame.length - filled)
        frame.set(part.subarray(at, at + take), filled)
        at += take
        filled += take
        if (filled < frame.length) continue
        // The last page must not be empty, so a full page is written when the next packet arrives.
        if (isFull()) {
          yield ogg.page(page, packets * frameSamples * granulesPerSample)
          page = []
        }
        encode()
      }
    }
    // Pads the end with silence for the pre-skip.
    const end = samples * granulesPerSample + preSkip
    while (packets * frameSamples * granulesPerSample < end || packets === 0) {
      frame.fill(0, filled)
      if (isFull()) {
        yield ogg.page(page, packets * frameSamples * granulesPerSample)
        page = []
      }
      encode()
    }
    // Less than the packets hold: decoders stop there (RFC 7845, section 4.4).
    yield ogg.page(page, end, true)
  } finally {
    encoder.delete()
  }
}

/** RFC 7845, section 5.1; channel mapping family 0. */
function headOf(channels: number): Buffer {
  const head = Buffer.alloc(19)
  head.write('OpusHead')
  head[8] = 1
  head[9] = channels
  head.writeUInt16LE(preSkip, 10)
  head.writeUInt32LE(rate, 12)
  return head
}

/** RFC 7845, section 5.2: the vendor and no comment. */
function tags(): Buffer {
  const block = Buffer.alloc(8 + 4 + vendor.length + 4)
  block.write('OpusTags')
  block.writeUInt32LE(vendor.length, 8)
  block.write(vendor, 12)
  return block
}
