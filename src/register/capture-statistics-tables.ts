type Instant = Temporal.Instant

/**
 * Tables of capture's statistics: hours by trunk and client, and the names each client sends
 * (database/functions/capture/reception.sql).
 */
export interface CaptureStatisticsTables {
  capture_hour: {
    hour: Instant
    trunk: string
    client: string
    recordings: number
    /** Recordings with one voice missing, with silence only, with packet loss, without packets. */
    one_way: number
    silent: number
    lossy: number
    empty: number
    /** Packets. */
    expected: number
    lost: number
    late: number
    duplicates: number
    streams: number
    /** Sum over the streams, and the highest. */
    jitter_ms: number
    worst_jitter_ms: number
    /** End of the last such recording. */
    one_way_at: Instant | null
    lossy_at: Instant | null
  }
  capture_client: {
    id: number
    trunk: string
    client: string
    first_at: Instant
    last_at: Instant
    sessions: number
    refused: number
  }
  capture_client_sends: {
    client_id: number
    /** Kind and name of what the client sends: a header, a codec, a crypto suite ... */
    kind: string
    name: string
    /** Sessions in which it sent that. */
    times: number
    first_at: Instant
    last_at: Instant
  }
}
