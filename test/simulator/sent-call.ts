/** The truth about a simulated call: exactly what was sent, so that what was recorded can be compared sample by sample. */
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
  /** Without the RTP header. Left empty when only the hash is kept. */
  readonly payload: Uint8Array
  /** How often it went out: 0 = lost on purpose, 2 = duplicated. */
  readonly copies: number
  /** When the first copy went out, in ms since the stream's first frame; undefined when lost. */
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
  /** Local port the packets came from. */
  readonly port: number
  /** Present unless the call was placed with `keep: 'hash'`. */
  readonly packets: readonly SentPacket[]
  readonly counts: {
    readonly packets: number
    readonly lost: number
    readonly duplicated: number
    readonly reordered: number
    readonly keys: number
    /** Payload bytes of audio that went out, each packet once. */
    readonly audioBytes: number
  }
  /** SHA-256 over the payloads of audio packets that went out, in timestamp order, each once. */
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
  /** When the call began for the caller, and when this session's official answered. */
  readonly startedAt: Date
  readonly answeredAt: Date
  /** When the first frame of its streams was due: after the recorder's answer, and what `sentMs` counts from. */
  readonly sendingFrom: Date
  readonly endedAt: Date
  /** What the recorder asked for: `recording` = it took the media, `declined` = inactive or port 0. */
  readonly answer: 'recording' | 'declined'
  readonly holds: readonly { readonly fromMs: number; readonly toMs: number }[]
  readonly endedBy: 'us' | 'recorder' | 'no answer'
  readonly streams: readonly SentStream[]
}

export type SentCall = {
  readonly outcome: 'completed' | 'refused' | 'cancelled' | 'unreachable'
  /** The final SIP status of the last INVITE, when there was one. */
  readonly status?: number
  readonly sessions: readonly SentSession[]
}

/**
 * The sound a correct recording of this stream holds: the stream's own timeline from its first timestamp, codec bytes, with
 * silence where nothing arrived. `missing` marks those samples as [from, to) ranges.
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
