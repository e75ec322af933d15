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
    one_way: number
    silent: number
    lossy: number
    empty: number
    expected: number
    lost: number
    late: number
    duplicates: number
    streams: number
    jitter_ms: number
    worst_jitter_ms: number
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
    kind: string
    name: string
    times: number
    first_at: Instant
    last_at: Instant
  }
}
