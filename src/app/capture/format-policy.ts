import type { RecorderOptions } from '#capture/session/recorder-options.ts'
import type { Unplayable } from '#platform/config/settings.ts'
import { decodesG729 } from '#platform/g729/decode-frames.ts'

/** What is answered of formats that cannot be played, by SELOSTE_UNPLAYABLE and what this machine can decode. */
export function formatPolicy(unplayable: Unplayable): NonNullable<RecorderOptions['formats']> {
  return {
    playsG729: decodesG729(),
    refusesUnplayable: unplayable === 'refuse',
    keepsUnplayable: unplayable === 'keep',
  }
}
