/**
 * GSM full rate (ETSI 06.10) as it comes in RTP (RFC 3551 section 4.5.8): frames of 33 bytes for 20 ms each. In: payloads in the
 * order sent. Out: samples at 8 kHz.
 *
 * Decoded by libgsm, which Debian and others ship; without it there is no decoder. It is given frames alone, each copied to a
 * length of its own, so that no length of a packet reaches it.
 */
import type { KoffiFunc } from 'koffi'
import { systemLibrary } from '../libraries/system-library.ts'

const frameBytes = 33
/** Of a frame, at 8 kHz. */
const frameSamples = 160

const library = systemLibrary({ linux: 'libgsm.so.1', darwin: 'libgsm.1.dylib' }, (handle) => ({
  open: handle.func('void *gsm_create(void)') as KoffiFunc<() => unknown>,
  decode: handle.func('int gsm_decode(void *state, const uint8_t *frame, _Out_ int16_t *samples)') as KoffiFunc<
    (state: unknown, frame: Buffer, samples: Int16Array) => number
  >,
  close: handle.func('void gsm_destroy(void *state)') as KoffiFunc<(state: unknown) => void>,
}))

/** Returns true where this machine has the library. */
export function decodesGsm(): boolean {
  return library() !== undefined
}

/** How long a payload lasts, in samples at 8 kHz. */
export function gsmSamples(payloadBytes: number): number {
  return Math.floor(payloadBytes / frameBytes) * frameSamples
}

/** Its memory is its own: close it. What a frame sounds like rests on those before it. */
export class GsmDecoder {
  private readonly library: NonNullable<ReturnType<typeof library>>
  private readonly state: unknown
  private readonly frame = Buffer.alloc(frameBytes)

  /** @throws Error where {@link decodesGsm} is false */
  constructor() {
    const found = library()
    if (!found) throw new Error('libgsm is not there')
    this.library = found
    this.state = found.open()
    if (!this.state) throw new Error('libgsm has no memory for a decoder')
  }

  /** The samples of a payload, {@link gsmSamples} of them; what is no frame is silence. */
  decode(payload: Uint8Array): Int16Array {
    const samples = new Int16Array(gsmSamples(payload.length))
    const heard = new Int16Array(frameSamples)
    for (let n = 0; n * frameSamples < samples.length; n++) {
      this.frame.set(payload.subarray(n * frameBytes, (n + 1) * frameBytes))
      if (this.library.decode(this.state, this.frame, heard) === 0) samples.set(heard, n * frameSamples)
    }
    return samples
  }

  close(): void {
    this.library.close(this.state)
  }
}
