/** What a simulated call is, as plain data, and what happens while it is being placed. */
import type { Official } from './people.ts'
import type { MediaFaults } from './send-stream.ts'
import type { Codec } from './session-description.ts'
import type { Speaker } from './speech/dialogues.ts'

/** Plan of a call, independent of the server. Plain data: callPattern makes these. */
export type CallPlan = {
  readonly seed: number | string
  /** E.164. */
  readonly caller: string
  /**
   * The caller withholds the number: the metadata have `sip:anonymous @anonymous.invalid` with Privacy: id, and the
   * trunk's asserted identity is sent as trunks do; the recorder must not keep it.
   */
  readonly withheld?: boolean
  /** The service number called, E.164. */
  readonly number: string
  readonly official: Pick<Official, 'name' | 'phone' | 'language'>
  /** Key of a dialogue; without it, the tone of the seed. */
  readonly dialogue?: string
  /** Length of the talk; by default the dialogue's (a tone: 5 s). */
  readonly seconds?: number
  /** Waiting time before the answer in the metadata; not really waited for. */
  readonly waitedMs?: number
  readonly hold?: { readonly afterMs: number; readonly forMs: number }
  /** BYE, then a new session in the same group with another official and the same caller. */
  readonly transferTo?: {
    readonly official: Pick<Official, 'name' | 'phone' | 'language'>
    readonly afterMs: number
    /** Consultation between the officials, which no session covers; 0 by default. */
    readonly consultMs?: number
    /** When the caller is connected to another service number (a switchboard). */
    readonly number?: string
    /** By default the transferred talk continues with the first dialogue. */
    readonly dialogue?: string
    readonly seconds?: number
  }
  /** Forbids use during the call: `onEvent` reports it, and the demo uses the official's button. */
  readonly forbid?: { readonly afterMs: number; readonly by: Speaker }
  /**
   * The INVITE names caller and number only; the official follows in an UPDATE with metadata only, as with Avaya's SBC.
   */
  readonly officialNamedAfterMs?: number
  /** The session begins this long before the official answers (early media); an UPDATE reports the answer. */
  readonly answeredAfterMs?: number
  /** Media continue this long after the call's end, which the BYE's metadata report. */
  readonly continuesForMs?: number
  /** A hold and its end send all metadata again, as a client may (RFC 7866 section 9.1: a snapshot). */
  readonly sendsAgain?: boolean
  /** The metadata name the party who placed the call, as Oracle's SBC does. */
  readonly saysWhoCalls?: boolean
  readonly faults?: MediaFaults
  readonly codec?: Codec
  /** RMS of line noise, dBFS, for dialogues. */
  readonly noiseDbfs?: number
  /** The official's stream comes first and has the second label, so that order means nothing. */
  readonly officialFirst?: boolean
}

export type CallEvent =
  | {
      readonly kind: 'answered'
      readonly callId: string
      readonly sipSessionId: string
      readonly groupId: string
      readonly recording: boolean
      readonly plan: CallPlan
    }
  | { readonly kind: 'held' | 'resumed' | 'transferred' | 'ended'; readonly callId: string; readonly plan: CallPlan }
  | {
      readonly kind: 'forbidden'
      readonly callId: string
      readonly sipSessionId: string
      readonly by: Speaker
      readonly plan: CallPlan
    }
  | { readonly kind: 'failed'; readonly reason: string; readonly plan: CallPlan }
