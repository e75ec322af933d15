/**
 * Decodes G.729 (ITU-T G.729 with annexes A and B) in RTP (RFC 3551 section 4.5.6) to 8 kHz: frames of 10 bytes for 10 ms; a
 * last frame of 2 bytes may describe comfort noise.
 * Uses libbcg729, which Debian and others package; without it there is no decoder. The library gets single frames, each copied
 * to its own length, so packet lengths never reach it.
 */
import type { KoffiFunc } from 'koffi'
import { systemLibrary } from '../libraries/system-library.ts'

export const frameBytes = 10
const noiseBytes = 2
/** Samples of a frame, at 8 kHz. */
const frameSamples = 80

const library = systemLibrary({ linux: 'libbcg729.so.0', darwin: 'libbcg729.0.dylib' }, (handle) => ({
  open: handle.func('void *initBcg729DecoderChannel(void)') as KoffiFunc<() => unknown>,
  decode: handle.func(
    'void bcg729Decoder(void *channel, const uint8_t *frame, uint8_t length, uint8_t isLost, uint8_t isNoise, uint8_t rfc3389, _Out_ int16_t *samples)',
  ) as KoffiFunc<(...given: [unknown, Buffer, number, number, number, number, Int16Array]) => void>,
  close: handle.func('void closeBcg729DecoderChannel(void *channel)') as KoffiFunc<(channel: unknown) => void>,
}))

/** Returns true where this machine has the library. */
export function decodesG729(): boolean {
  return library() !== undefined
}

/** Returns the duration of a payload in samples at 8 kHz. */
export function g729Samples(payloadBytes: number): number {
  const noise = payloadBytes % frameBytes === noiseBytes ? 1 : 0
  return (Math.floor(payloadBytes / frameBytes) + noise) * frameSamples
}

/** Has native memory: close it after use. A frame's output depends on those before it. */
export class G729Decoder {
  private readonly library: NonNullable<ReturnType<typeof library>>
  private readonly channel: unknown
  private readonly frame = Buffer.alloc(frameBytes)

  /** @throws Error where {@link decodesG729} is false */
  constructor() {
    const found = library()
    if (!found) throw new Error('libbcg729 is not installed')
    this.library = found
    this.channel = found.open()
    if (!this.channel) throw new Error('libbcg729 has no memory for a decoder')
  }

  /** Decodes a payload to {@link g729Samples} samples. */
  decode(payload: Uint8Array): Int16Array {
    const samples = new Int16Array(g729Samples(payload.length))
    const decoded = new Int16Array(frameSamples)
    for (let n = 0; n * frameSamples < samples.length; n++) {
      const frame = payload.subarray(n * frameBytes, (n + 1) * frameBytes)
      const isNoise = frame.length < frameBytes
      this.frame.fill(0).set(frame)
      this.library.decode(this.channel, this.frame, frame.length, 0, isNoise ? 1 : 0, 0, decoded)
      samples.set(decoded, n * frameSamples)
    }
    return samples
  }

  close(): void {
    this.library.close(this.channel)
  }
}
