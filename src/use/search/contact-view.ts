/**
 * How a contact is shown. In: rows that row-level security let through. Out: the register's five fields and the state
 * of the recording (R10, R26), the caller's number masked. Never here: more of a contact than these.
 */
import type { Selectable } from 'kysely'
import { maskPhoneNumber } from '#description/phone-numbers/mask-phone-number.ts'
import type { RegisterTables } from '#register/tables.ts'

type ContactRow = Selectable<RegisterTables['contact']>
type SegmentRow = Selectable<RegisterTables['segment']>
type RecordingRow = Selectable<RegisterTables['recording']>

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

export function viewSegment(row: SegmentRow, recording: RecordingRow | undefined, now: Temporal.Instant) {
  return {
    id: row.id,
    ...(row.official_name && { official: { name: row.official_name, phone: row.official_phone ?? '' } }),
    ...(row.answered_at && { answeredAt: row.answered_at.toString() }),
    ...(row.ended_at && { endedAt: row.ended_at.toString() }),
    recording: viewRecording(recording, now),
  }
}

export function viewCaller(row: Pick<ContactRow, 'caller_kind' | 'caller_key'>) {
  return { kind: row.caller_kind, ...(row.caller_key && { number: maskPhoneNumber(row.caller_key) }) }
}

export function viewContact(row: ContactRow) {
  return {
    id: row.id,
    startedAt: row.started_at.toString(),
    ...(row.ended_at && { endedAt: row.ended_at.toString() }),
    caller: viewCaller(row),
    number: row.number_called,
    ...(row.number_name && { numberName: row.number_name }),
  }
}
