/**
 * Decodes GSM full rate (ETSI 06.10) in RTP (RFC 3551 section 4.5.8) to 8 kHz: frames of 33 bytes for 20 ms.
 * Uses libgsm, which Debian and others package; without it there is no decoder. The library gets single frames, each copied to
 * its own length, so packet lengths never reach it.
 */
import type { KoffiFunc } from 'koffi'
import { systemLibrary } from '../libraries/system-library.ts'

const frameBytes = 33
/** Samples of a frame, at 8 kHz. */
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

/** Returns the duration of a payload in samples at 8 kHz. */
export function gsmSamples(payloadBytes: number): number {
  return Math.floor(payloadBytes / frameBytes) * frameSamples
}

/** Has native memory: close it after use. A frame's output depends on those before it. */
export class GsmDecoder {
  private readonly library: NonNullable<ReturnType<typeof library>>
  private readonly state: unknown
  private readonly frame = Buffer.alloc(frameBytes)

  /** @throws Error where {@link decodesGsm} is false */
  constructor() {
    const found = library()
    if (!found) throw new Error('libgsm is not installed')
    this.library = found
    this.state = found.open()
    if (!this.state) throw new Error('libgsm has no memory for a decoder')
  }

  /** Decodes a payload to {@link gsmSamples} samples; an invalid frame is silence. */
  decode(payload: Uint8Array): Int16Array {
    const samples = new Int16Array(gsmSamples(payload.length))
    const decoded = new Int16Array(frameSamples)
    for (let n = 0; n * frameSamples < samples.length; n++) {
      this.frame.set(payload.subarray(n * frameBytes, (n + 1) * frameBytes))
      if (this.library.decode(this.state, this.frame, decoded) === 0) samples.set(decoded, n * frameSamples)
    }
    return samples
  }

  close(): void {
    this.library.close(this.state)
  }
}
