import OpusScript from 'opusscript'

const rate = 8000

/** Decodes Opus packets (RFC 6716) from RTP (RFC 7587) to one channel of 8 kHz. Has native memory: close it after use. */
export class OpusDecoder {
  private readonly opus = new OpusScript(rate, 1)

  /** Returns the packet's samples; none if it is not Opus. The output depends on earlier packets. */
  decode(packet: Uint8Array): Int16Array {
    let bytes: Buffer
    try {
      bytes = this.opus.decode(Buffer.from(packet))
    } catch {
      // Too long for Opus, or not Opus.
      return new Int16Array()
    }
    return Int16Array.from({ length: bytes.length >> 1 }, (_, i) => bytes.readInt16LE(2 * i))
  }

  close(): void {
    this.opus.delete()
  }
}

/** Returns a packet's duration in samples at 8 kHz (RFC 6716 section 3.1); 0 if invalid. */
export function opusSamples(packet: Uint8Array): number {
  const [toc, count] = packet
  if (toc === undefined) return 0
  const configuration = toc >> 3
  const size = configuration & 3
  const frame =
    configuration < 12
      ? [80, 160, 320, 480][size]!
      : configuration < 16
        ? [80, 160][configuration & 1]!
        : [20, 40, 80, 160][size]!
  const frames = [1, 2, 2, (count ?? 0) & 0x3f][toc & 3]!
  // At most 120 ms.
  return frame * frames <= 960 ? frame * frames : 0
}
