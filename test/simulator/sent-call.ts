/** Record of exactly what a simulated call sent, so that the recording can be compared sample by sample. */
import { alawSilence } from './g711.ts'
import { frameSamples } from './sound.ts'
import type { Codec } from './session-description.ts'
import type { Speaker } from './speech/dialogues.ts'

export type SentPacket = {
  /** Extended: the first packet's sequence number plus the packets since, not cut to 16 bits. */
  readonly sequence: number
  /** Extended: not cut to 32 bits. */
  readonly timestamp: number
  readonly kind: 'audio' | 'key' | 'comfort'
  /** Without the RTP header. Empty if only the hash is kept. */
  readonly payload: Uint8Array
  /** Number of times it was sent: 0 = lost on purpose, 2 = duplicated. */
  readonly copies: number
  /** Time of its first copy, in ms since the stream's first frame; undefined if lost. */
  readonly sentMs: number | undefined
}

export type SentStream = {
  readonly label: string
  readonly who: Speaker
  readonly ssrc: number
  readonly codec: Codec
  readonly payloadType: number
  readonly firstSequence: number
  readonly firstTimestamp: number
  /** Local port of the packets. */
  readonly port: number
  /** Present unless the call was placed with `keep: 'hash'`. */
  readonly packets: readonly SentPacket[]
  readonly counts: {
    readonly packets: number
    readonly lost: number
    readonly duplicated: number
    readonly reordered: number
    readonly keys: number
    /** Payload bytes of audio that were sent, each packet once. */
    readonly audioBytes: number
  }
  /** SHA-256 over the payloads of audio packets that were sent, in timestamp order, each once. */
  readonly audioSha256: string
}

export type SentSession = {
  readonly callId: string
  readonly groupId: string
  readonly sessionId: string
  readonly sipSessionId: string
  readonly number: string
  readonly officialPhone: string | undefined
  readonly metadata: string
  /** Start of the call for the caller, and the answer of this session's official. */
  readonly startedAt: Date
  readonly answeredAt: Date
  /** Due time of its streams' first frame, after the recorder's answer; `sentMs` counts from it. */
  readonly sendingFrom: Date
  readonly endedAt: Date
  /** The recorder's request: `recording` = it accepted the media, `declined` = inactive or port 0. */
  readonly answer: 'recording' | 'declined'
  readonly holds: readonly { readonly fromMs: number; readonly toMs: number }[]
  readonly endedBy: 'us' | 'recorder' | 'no answer'
  readonly streams: readonly SentStream[]
}

export type SentCall = {
  readonly outcome: 'completed' | 'refused' | 'cancelled' | 'unreachable'
  /** Final SIP status of the last INVITE, if any. */
  readonly status?: number
  readonly sessions: readonly SentSession[]
}

/**
 * Sound of a correct recording of this stream: the stream's own timeline from its first timestamp, codec bytes, with
 * silence where nothing arrived. `missing` lists those samples as [from, to) ranges.
 */
export function soundThatArrived(stream: SentStream): { sound: Uint8Array; missing: [from: number, to: number][] } {
  const arrived = stream.packets.filter(({ kind, copies }) => kind === 'audio' && copies > 0)
  const last = arrived.at(-1)
  const samples = last ? last.timestamp - stream.firstTimestamp + last.payload.length : 0
  const sound = new Uint8Array(samples).fill(stream.codec === 'pcma' ? alawSilence : 0xff)
  const missing: [number, number][] = []
  let covered = 0
  for (const { timestamp, payload } of arrived) {
    const at = timestamp - stream.firstTimestamp
    if (at > covered) missing.push([covered, at])
    sound.set(payload, at)
    covered = at + Math.max(payload.length, frameSamples)
  }
  return { sound, missing }
}
