/**
 * Decodes packets of one source to 16-bit samples at 8 kHz. The result does not depend on where decoding begins: A-law, mu-law,
 * L16 and DVI4 packets are independent, and for G.722, G.726, G.729, GSM and Opus each chunk is always decoded from the last
 * half second of the previous one.
 */
import { decodesG729, G729Decoder, g729Samples } from '#platform/g729/decode-frames.ts'
import { decodesGsm, GsmDecoder, gsmSamples } from '#platform/gsm/decode-frames.ts'
import { OpusDecoder, opusSamples } from '#platform/opus/decode-packets.ts'
import { decodeDvi4, dvi4Samples, G726Decoder } from './decode-adpcm.ts'
import { alawSamples, ulawSamples } from './decode-g711.ts'
import { G722Decoder } from './decode-g722.ts'
import type { Codec, StreamCodec } from './recording-log.ts'

/** Packets decoded and discarded before a chunk's first: the output settles within a tenth of a second. */
export const warmUpPackets = 25

/**
 * G.729 and GSM are playable if this machine can decode them (platform/g729, platform/gsm); at 8 kHz, like G.711 and G.722 (RFC
 * 3551).
 */
export function isPlayable({ codec, clockRate }: Pick<StreamCodec, 'codec' | 'clockRate'>): boolean {
  if (codec === 'opus') return clockRate === 48_000
  if (clockRate !== 8000) return false
  return playedAt8k.has(codec) || (codec === 'G729' && decodesG729()) || (codec === 'GSM' && decodesGsm())
}

const playedAt8k: ReadonlySet<Codec> = new Set(['PCMA', 'PCMU', 'G722', 'G726-32', 'DVI4', 'L16'])

/** Returns true if a packet needs its predecessors. */
export function dependsOnPredecessors(codec: Codec): boolean {
  return dependentCodecs.has(codec)
}

const dependentCodecs: ReadonlySet<Codec> = new Set(['G722', 'G726-32', 'opus', 'G729', 'GSM'])

/** Returns the duration of a playable packet, in samples at 8 kHz. */
export function samplesOfPacket(codec: Codec, chunk: Buffer, start: number, end: number): number {
  switch (codec) {
    case 'opus':
      return opusSamples(chunk.subarray(start, end))
    case 'G729':
      return g729Samples(end - start)
    case 'GSM':
      return gsmSamples(end - start)
    case 'G726-32':
      return 2 * (end - start)
    case 'DVI4':
      return dvi4Samples(end - start)
    case 'L16':
      return (end - start) >> 1
    default:
      return end - start
  }
}

export interface PacketDecoder {
  /** Decodes bytes [start, end). */
  decode(chunk: Buffer, start: number, end: number): Int16Array
  close(): void
}

/** Returns a decoder for packets of one source and codec, to be called in order of sending. */
export function decoderOf(codec: Codec): PacketDecoder {
  if (codec === 'opus') {
    const opus = new OpusDecoder()
    return { decode: (chunk, start, end) => opus.decode(chunk.subarray(start, end)), close: () => opus.close() }
  }
  if (codec === 'G729') {
    const g729 = new G729Decoder()
    return { decode: (chunk, start, end) => g729.decode(chunk.subarray(start, end)), close: () => g729.close() }
  }
  if (codec === 'GSM') {
    const gsm = new GsmDecoder()
    return { decode: (chunk, start, end) => gsm.decode(chunk.subarray(start, end)), close: () => gsm.close() }
  }
  if (codec === 'G722') {
    const g722 = new G722Decoder()
    return {
      decode: (chunk, start, end) => {
        const pcm = new Int16Array(end - start)
        g722.decode(chunk, start, end, pcm)
        return pcm
      },
      close: () => undefined,
    }
  }
  if (codec === 'G726-32') {
    const g726 = new G726Decoder()
    return { decode: (chunk, start, end) => g726.decode(chunk, start, end), close: () => undefined }
  }
  if (codec === 'DVI4') return { decode: decodeDvi4, close: () => undefined }
  if (codec === 'L16') return { decode: decodeL16, close: () => undefined }
  const table = codec === 'PCMA' ? alawSamples : ulawSamples
  return {
    decode: (chunk, start, end) => {
      const pcm = new Int16Array(end - start)
      for (let i = start; i < end; i++) pcm[i - start] = table[chunk[i]!]!
      return pcm
    },
    close: () => undefined,
  }
}

/** Big-endian samples (RFC 3551 section 4.5.11). */
function decodeL16(chunk: Buffer, start: number, end: number): Int16Array {
  return Int16Array.from({ length: (end - start) >> 1 }, (_, n) => chunk.readInt16BE(start + 2 * n))
}
