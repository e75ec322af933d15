import type { Selectable } from 'kysely'
import type { DestructionCause, RegisterTables } from '../tables.ts'

type RecordingRow = Selectable<RegisterTables['recording']>

/** Facts of a recording shown to a person who may see its call. */
export interface RecordingView {
  id?: string
  state: 'none' | 'capturing' | 'available' | 'restricted' | 'expired' | 'destroyed'
  keepUntil?: string
  destroyAt?: string
  destroyedAt?: string
  cause?: DestructionCause
}

/** Interval of the check for recordings past their day, which destroys them (app/custodian/jobs/retention.ts). */
export const sweepMinutes = 1

/**
 * Returns a recording's state as shown to people. Past its term it is `expired` and cannot be played, whether the sweep has run
 * or not (R24). Once destroyed it has the instant of the ledger. A preservation order stays secret: past its day, and as long
 * as a sweep takes, a held recording looks like one destroyed on its day.
 */
export function viewRecording(row: RecordingRow | undefined, now: Temporal.Instant): RecordingView {
  if (!row) return { state: 'none' }
  const { id, destroy_at: day } = row
  const isPast = (minutes: number) => day !== null && Temporal.Instant.compare(day.add({ minutes }), now) <= 0
  const isHeldBack = row.state === 'RESTRICTED' || row.state === 'QUARANTINED'
  if (row.state === 'DESTROYED' && row.cause !== 'hold-end') {
    return { id, state: 'destroyed', ...destroyedField(row.destroyed_at), cause: row.cause ?? 'retention' }
  }
  if (row.state === 'DESTROYING' && row.cause !== 'hold-end' && row.cause !== 'retention') {
    return { id, state: 'destroyed', ...(row.cause && { cause: row.cause }) }
  }
  if (row.cause === 'hold-end' || (isHeldBack && isPast(sweepMinutes))) {
    return { id, state: 'destroyed', ...destroyedField(day), cause: 'retention' }
  }
  if (row.state === 'DESTROYING' || isPast(0)) return { id, state: 'expired', cause: 'retention' }
  return {
    id,
    state: isHeldBack ? 'restricted' : row.kept_at ? 'available' : 'capturing',
    ...(row.min_keep_until && { keepUntil: row.min_keep_until.toString() }),
    ...(day && { destroyAt: day.toString() }),
  }
}

function destroyedField(destroyedAt: Temporal.Instant | null): Pick<RecordingView, 'destroyedAt'> {
  return destroyedAt ? { destroyedAt: destroyedAt.toString() } : {}
}
