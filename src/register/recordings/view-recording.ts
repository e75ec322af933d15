import type { Selectable } from 'kysely'
import type { RegisterTables } from '../tables.ts'

type RecordingRow = Selectable<RegisterTables['recording']>

/** What of a recording a person who may see its call is told. */
export interface RecordingView {
  id?: string
  state: 'none' | 'capturing' | 'available' | 'restricted' | 'destroyed'
  keepUntil?: string
  destroyAt?: string
  destroyedAt?: string
  cause?: string
}

/** A recording's state as a person may know it; past its term it is gone, whether the sweep has run or not (R24). */
export function viewRecording(row: RecordingRow | undefined, now: Temporal.Instant): RecordingView {
  if (!row) return { state: 'none' }
  const expired = row.destroy_at !== null && Temporal.Instant.compare(row.destroy_at, now) <= 0
  if (row.state === 'DESTROYED' || row.state === 'DESTROYING' || expired) {
    return {
      id: row.id,
      state: 'destroyed',
      ...(row.cause === 'hold-end'
        ? // A preservation order stays secret when it is over: the recording ended on its day, as it was said to.
          { destroyedAt: (row.destroy_at ?? now).toString(), cause: 'retention' }
        : // While it is being destroyed out of turn, its own day lies ahead.
          {
            destroyedAt: (row.destroyed_at ?? (expired ? row.destroy_at : now) ?? now).toString(),
            cause: row.cause ?? 'retention',
          }),
    }
  }
  const restricted = row.state === 'RESTRICTED' || row.state === 'QUARANTINED'
  return {
    id: row.id,
    state: restricted ? 'restricted' : row.kept_at ? 'available' : 'capturing',
    ...(row.min_keep_until && { keepUntil: row.min_keep_until.toString() }),
    ...(row.destroy_at && { destroyAt: row.destroy_at.toString() }),
  }
}
