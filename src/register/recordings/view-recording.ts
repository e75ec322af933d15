import type { Selectable } from 'kysely'
import { termZone } from '#description/terms.ts'
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

/** A restricted recording is destroyed within seconds of its day (settle_ends); this is longer than that ever takes. */
const settledSeconds = 60

/**
 * Returns a recording's state as shown to people. Past its term it is `expired` and cannot be played, whether the sweep has run
 * or not (R24). Destroyed before its term it has the instant of the ledger, destroyed by its term the day. A preservation order
 * stays secret: past its day a held recording looks like one that was destroyed.
 */
export function viewRecording(row: RecordingRow | undefined, now: Temporal.Instant): RecordingView {
  if (!row) return { state: 'none' }
  const { id, destroy_at: day } = row
  const isPast = day !== null && Temporal.Instant.compare(day, now) <= 0
  if (isDestroyedEarly(row)) {
    return {
      id,
      state: 'destroyed',
      ...(row.destroyed_at && { destroyedAt: row.destroyed_at.toString() }),
      ...(row.cause && { cause: row.cause }),
    }
  }
  const endDay = shownEndDay(row, now)
  if (endDay) return { id, state: 'destroyed', destroyedAt: endDay.toString(), cause: 'retention' }
  if (row.state === 'DESTROYING' || row.state === 'DESTROYED' || isPast)
    return { id, state: 'expired', cause: 'retention' }
  return {
    id,
    state:
      row.state === 'RESTRICTED' || row.state === 'QUARANTINED'
        ? 'restricted'
        : row.kept_at
          ? 'available'
          : 'capturing',
    ...(row.min_keep_until && { keepUntil: row.min_keep_until.toString() }),
    ...(day && { destroyAt: day.toString() }),
  }
}

type End = Pick<RecordingRow, 'state' | 'cause' | 'destroy_at' | 'destroyed_at' | 'reported_destroyed_at'>

/** Returns true if a recording is destroyed, or is being destroyed, for another cause than its term. */
export function isDestroyedEarly({ state, cause }: Pick<End, 'state' | 'cause'>): boolean {
  return (state === 'DESTROYING' || state === 'DESTROYED') && cause !== 'retention' && cause !== 'hold-end'
}

/**
 * Returns the start of the day on which a recording ended by its term, as everybody may know it, a minute after the term: the day
 * of the ledger, or that on which a recording kept by a preservation order was reported as destroyed. The time of day, and how
 * many seconds it took, would reveal the order.
 */
export function shownEndDay(
  { state, cause, destroy_at: day, destroyed_at: destroyedAt, reported_destroyed_at: reportedAt }: End,
  now: Temporal.Instant,
): Temporal.Instant | undefined {
  const endedAt = reportedAt ?? (state === 'DESTROYED' && !isDestroyedEarly({ state, cause }) ? destroyedAt : null)
  if (!endedAt || !day || Temporal.Instant.compare(day.add({ seconds: settledSeconds }), now) > 0) return undefined
  return endedAt.toZonedDateTimeISO(termZone).startOfDay().toInstant()
}
