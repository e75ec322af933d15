/**
 * Reception quality of a recording (R13, R17): counts and times of its streams, measured while it was written. Technical facts
 * that end with the recording (database/functions/capture/reception.sql).
 */
import type { Codec, Track } from './recording-log.ts'

/** One stream. Packets are counted by sequence number (RFC 3550, A.3), times are in milliseconds. */
export interface StreamReception {
  track: Track
  codec: Codec
  /** Expected packets while the call was not on hold. */
  expected: number
  lost: number
  /** Duration of the audio in the lost packets. */
  lostMs: number
  late: number
  duplicates: number
  /** Time without packets, in stretches of a second or more, outside of holds. */
  stalledMs: number
  /** Arrival of the first and the last packet since the recording began; -1 if none. */
  firstMs: number
  lastMs: number
  jitterMs: number
  worstJitterMs: number
  /** Share of silent packets, 0 to 1; undefined if the codec does not show it. */
  silentShare?: number
  /** Received sender reports. */
  senderReports: number
  /** By the sender reports (RFC 3550, 6.4.1), from first to last: packets sent, and received. */
  told?: { sent: number; came: number }
}

export interface Reception {
  /** Name in SELOSTE_TRUNKS. */
  trunk?: string | undefined
  /** Product and version from its User-Agent; '' if there is none. */
  client: string
  streams: readonly StreamReception[]
  /** Loss of the stream that lost most. */
  lostMs: number
  /** The voice that is inaudible while the other is audible. */
  oneWay?: Exclude<Track, 'mixed'> | undefined
  /** Address of most packets, if the session description does not name it: nothing from there was recorded. */
  elsewhere?: string | undefined
  /** Packets arrived, but all are silent. */
  isSilent?: true | undefined
}

/** Loss from which a stream sounds broken (ITU-T G.113, appendix I: G.711 with concealment at 3 %). */
export const lossyShare = 0.03

export function isLossy({ streams }: Pick<Reception, 'streams'>): boolean {
  return streams.some(({ expected, lost }) => expected > 0 && lost / expected >= lossyShare)
}
