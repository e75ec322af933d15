/**
 * The shown part of a contact: the register's five fields and the state of the recording (R10, R26), the caller's number
 * masked.
 */
import type { Selectable } from 'kysely'
import { maskPhoneNumber } from '#description/phone-numbers/mask-phone-number.ts'
import type { RegisterTables } from '#register/tables.ts'
import { viewRecording } from '#register/recordings/view-recording.ts'

type ContactRow = Selectable<RegisterTables['contact']>
type SegmentRow = Selectable<RegisterTables['segment']>
type RecordingRow = Selectable<RegisterTables['recording']>

export interface SegmentToView {
  segment: SegmentRow
  recording: RecordingRow | undefined
  /**
   * End of the time in which the viewer may enter a prohibition that the caller asked for during this call (R49); undefined for
   * others' segments and for ongoing segments.
   */
  callerWishUntil: Temporal.Instant | undefined
}

export function viewSegment({ segment: row, recording, callerWishUntil }: SegmentToView, now: Temporal.Instant) {
  return {
    id: row.id,
    ...(row.official_name && { official: { name: row.official_name, phone: row.official_phone ?? '' } }),
    ...(row.answered_at && { answeredAt: row.answered_at.toString() }),
    ...(row.ended_at && { endedAt: row.ended_at.toString() }),
    recording: viewRecording(recording, now),
    ...(callerWishUntil && { callerWishUntil: callerWishUntil.toString() }),
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
