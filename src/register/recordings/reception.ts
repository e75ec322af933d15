/**
 * How well a recording came in (R13, R17): counts and times of its streams, measured while it was written. Technical facts of
 * the recording alone; they end with it (database/functions/capture/trunks-seen.sql).
 */
import type { Codec, Track } from './recording-log.ts'

/** One stream. Packets are counted by sequence number (RFC 3550, A.3), times are in milliseconds. */
export interface StreamReception {
  track: Track
  codec: Codec
  /** Packets that should have come while the call was not on hold. */
  expected: number
  lost: number
  /** The sound that was lost with them. */
  lostMs: number
  late: number
  duplicates: number
  /** In which nothing came, a second or more at a time, outside of holds. */
  stalledMs: number
  /** Arrival of the first and the last packet since the recording began; -1 when none came. */
  firstMs: number
  lastMs: number
  jitterMs: number
  worstJitterMs: number
  /** Share of packets that are silence, 0 to 1; nothing where the codec does not tell. */
  silentShare?: number
  /** How many of the client's came. */
  senderReports: number
  /** By the client's own sender reports (RFC 3550, 6.4.1), from its first to its last: packets sent, and those that came. */
  told?: { sent: number; came: number }
}

export interface Reception {
  /** Its name in SELOSTE_TRUNKS. */
  trunk?: string | undefined
  /** Product and version, as its User-Agent says; '' where it says none. */
  client: string
  streams: readonly StreamReception[]
  /** Of the stream that lost most. */
  lostMs: number
  /** Whose voice cannot be heard while the other's can. */
  oneWay?: Exclude<Track, 'mixed'> | undefined
  /** Address that most packets came from and that the session description does not name: nothing from there was recorded. */
  elsewhere?: string | undefined
  /** Packets came, and nothing but silence in them. */
  isSilent?: true | undefined
}

/** From so much lost on, a stream sounds broken (ITU-T G.113, appendix I: G.711 with concealment at 3 %). */
export const lossyShare = 0.03

export function isLossy({ streams }: Pick<Reception, 'streams'>): boolean {
  return streams.some(({ expected, lost }) => expected > 0 && lost / expected >= lossyShare)
}
