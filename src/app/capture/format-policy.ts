import type { RecorderOptions } from '#capture/session/recorder-options.ts'
import type { Unplayable } from '#platform/config/settings.ts'
import { decodesG729 } from '#platform/g729/decode-frames.ts'
import { decodesGsm } from '#platform/gsm/decode-frames.ts'

/** What is answered of formats that cannot be played, by SELOSTE_UNPLAYABLE and what this machine can decode. */
export function formatPolicy(unplayable: Unplayable): NonNullable<RecorderOptions['formats']> {
  return {
    plays: [...(decodesG729() ? ['G729' as const] : []), ...(decodesGsm() ? ['GSM' as const] : [])],
    refusesUnplayable: unplayable === 'refuse',
    keepsUnplayable: unplayable === 'keep',
  }
}
