/** Record of exactly what a simulated call sent, with which the recording is compared sample by sample. */
import { alawSilence } from './g711.ts'
import { frameSamples } from './sound.ts'
import type { Codec } from './session-description.ts'
import type { Speaker } from './speech/dialogues.ts'

export type SentPacket = {
  /** Extended: the first packet's sequence number plus the number of packets since, not limited to 16 bits. */
  readonly sequence: number
  /** Extended: not limited to 32 bits. */
  readonly timestamp: number
  readonly kind: 'audio' | 'key' | 'comfort'
  /** Payload, without the RTP header. */
  readonly payload: Uint8Array
  /** Number of times the packet was sent: 0 = lost on purpose, 2 = duplicated. */
  readonly copies: number
  /** Time at which its first copy was sent, in ms since the stream's first frame; undefined if lost. */
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
  /** Local port from which the packets were sent. */
  readonly port: number
  /** Empty if the call was placed with `record: 'hash'`. */
  readonly packets: readonly SentPacket[]
  readonly counts: {
    readonly packets: number
    readonly lost: number
    readonly duplicated: number
    readonly reordered: number
    readonly keys: number
    /** Payload bytes of audio that were sent, counting each packet once. */
    readonly audioBytes: number
  }
  /** SHA-256 of the payloads of audio packets that were sent, in timestamp order, each once. */
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
  /** Start of the call for the caller. `answeredAt` is the answer of this session's official. */
  readonly startedAt: Date
  readonly answeredAt: Date
  /** Due time of the streams' first frame, after the recorder's answer; `sentMs` counts from it. */
  readonly sendingFrom: Date
  readonly endedAt: Date
  /** Recorder's answer: `recording` if it accepted the media, `declined` if it answered inactive or port 0. */
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
 * Returns the sound of a correct recording of this stream: the stream's own timeline from its first timestamp, codec
 * bytes, with silence where nothing arrived. `missing` lists the missing samples as [from, to) ranges.
 */
export function arrivedSound(stream: SentStream): { sound: Uint8Array; missing: [from: number, to: number][] } {
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
