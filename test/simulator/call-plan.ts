/** Plan of a simulated call as plain data, and events while the call is placed. */
import type { Official } from './people.ts'
import type { MediaFaults } from './send-stream.ts'
import type { Codec } from './session-description.ts'
import type { Speaker } from './speech/dialogues.ts'

/** Plan of a call, independent of the server. Plain data; callPattern generates plans. */
export type CallPlan = {
  readonly seed: number | string
  /** Caller's number, E.164. */
  readonly caller: string
  /**
   * True if the caller withholds the number: the metadata have `sip:anonymous @anonymous.invalid` with Privacy: id. The
   * trunk's asserted identity is sent as trunks do, and the recorder must not store it.
   */
  readonly withheld?: boolean
  /** Service number called, E.164. */
  readonly number: string
  readonly official: Pick<Official, 'name' | 'phone' | 'language'>
  /** Key of a dialogue; by default a tone derived from the seed. */
  readonly dialogue?: string
  /** Length of the conversation; by default that of the dialogue (of a tone: 5 s). */
  readonly seconds?: number
  /** Waiting time before the answer that the metadata report; the simulator does not wait. */
  readonly waitedMs?: number
  readonly hold?: { readonly afterMs: number; readonly forMs: number }
  /** Transfer: BYE, then a new session in the same group with another official and the same caller. */
  readonly transferTo?: {
    readonly official: Pick<Official, 'name' | 'phone' | 'language'>
    readonly afterMs: number
    /** Length of a consultation between the officials, which no session covers; 0 by default. */
    readonly consultMs?: number
    /** Service number to which a switchboard connects the caller. */
    readonly number?: string
    /** Dialogue after the transfer; by default the first dialogue continues. */
    readonly dialogue?: string
    readonly seconds?: number
  }
  /** Forbids the recording during the call: `onEvent` reports it, and the demo uses the official's button. */
  readonly forbid?: { readonly afterMs: number; readonly by: Speaker }
  /**
   * Delay of the official's name: the INVITE names caller and number only, and an UPDATE with metadata only names the
   * official, as with Avaya's SBC.
   */
  readonly officialNamedAfterMs?: number
  /** Time from the session's beginning (early media) to the official's answer, which an UPDATE reports. */
  readonly answeredAfterMs?: number
  /** Time for which media continue after the call's end, which the BYE's metadata report. */
  readonly continuesForMs?: number
  /** True if a hold and its end send all metadata again, as a client may (RFC 7866 section 9.1: a snapshot). */
  readonly sendsAgain?: boolean
  /** True if the metadata name the party who placed the call, as Oracle's SBC does. */
  readonly saysWhoCalls?: boolean
  readonly faults?: MediaFaults
  readonly codec?: Codec
  /** RMS of the line noise in dialogues, dBFS. */
  readonly noiseDbfs?: number
  /** True if the official's stream is first and has the second label: a recorder must not rely on the order. */
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
