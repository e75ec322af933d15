import OpusScript from 'opusscript'

const rate = 8000

/** Opus packets (RFC 6716) as they come in RTP (RFC 7587), as one channel of 8 kHz. Its memory is its own: close it. */
export class OpusDecoder {
  private readonly opus = new OpusScript(rate, 1)

  /** The packet's samples; none where it is no Opus. What one holds rests on those decoded before it. */
  decode(packet: Uint8Array): Int16Array {
    let bytes: Buffer
    try {
      bytes = this.opus.decode(Buffer.from(packet))
    } catch {
      // Longer than Opus can be, or not what Opus is: nothing of it can be heard.
      return new Int16Array()
    }
    return Int16Array.from({ length: bytes.length >> 1 }, (_, i) => bytes.readInt16LE(2 * i))
  }

  close(): void {
    this.opus.delete()
  }
}

/** How long a packet lasts, in samples at 8 kHz (RFC 6716 section 3.1); 0 for none. */
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
  // Never more than 120 ms.
  return frame * frames <= 960 ? frame * frames : 0
}
