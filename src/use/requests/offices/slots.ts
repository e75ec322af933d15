import { sql } from 'kysely'
import type { Trilingual } from '#platform/texts/texts.ts'
import { databaseAct, databaseAnswer, databaseRow } from '#safeguards/access/database-request.ts'

const zone = 'Europe/Helsinki'

/** Instants in RFC 3339. */
export interface Slot {
  id: string
  startsAt: string
  endsAt: string
  office: { id: string; names: Trilingual; address: Trilingual }
  host: { id: string; name: string }
  isBooked: boolean
}

export interface SlotsToAdd {
  officeId: string
  /** Day and times in Finland: 09:00. */
  day: Temporal.PlainDate
  from: Temporal.PlainTime
  to: Temporal.PlainTime
  /** Length of each slot. */
  minutes: number
  hostId: string
}

/**
 * Adds consecutive slots, all or none.
 * @returns how many
 */
export const addSlots = databaseRow(({ officeId, day, from, to, minutes, hostId }: SlotsToAdd) => {
  const fromAt = instantOf(day, from, 'earlier')
  const toAt = instantOf(day, to, 'later')
  // A time that the clock change skips cannot begin or end a slot: the database refuses null.
  const bounds = fromAt && toAt ? { fromAt, toAt } : { fromAt: null, toAt: null }
  return {
    statement: sql<{ added: number }>`
      select add_slots(${officeId}::uuid, ${bounds.fromAt}::timestamptz, ${bounds.toAt}::timestamptz, ${minutes}::integer,
        ${hostId}::uuid) as added`,
    refusals: ['deny.role', 'not-found', 'office.closed', 'slot.times', 'slot.host', 'slot.overlap'],
    action: 'office.changed',
    object: { kind: 'office', id: officeId },
  }
})

/** Returns the instant of a time in Finland: the first or second if the day has it twice, undefined if the day skips it. */
function instantOf(
  day: Temporal.PlainDate,
  time: Temporal.PlainTime,
  ofTwo: 'earlier' | 'later',
): Temporal.Instant | undefined {
  const at = day.toZonedDateTime({ timeZone: zone, plainTime: time })
  if (!at.toPlainTime().equals(time)) return undefined
  return day.toPlainDateTime(time).toZonedDateTime(zone, { disambiguation: ofTwo }).toInstant()
}

export const removeSlot = databaseAct((id: string) => ({
  statement: sql`select remove_slot(${id}::uuid)`,
  refusals: ['deny.role', 'not-found', 'slot.booked'],
  action: 'office.changed',
  object: { kind: 'office' },
}))

/** Days in Finland, both included. */
export interface Days {
  from: Temporal.PlainDate
  to: Temporal.PlainDate
}

/** Returns the days as instants: `fromAt` included, `toAt` excluded. */
export function boundsOf({ from, to }: Days): { fromAt: Temporal.Instant; toAt: Temporal.Instant } {
  return {
    fromAt: from.toZonedDateTime(zone).toInstant(),
    toAt: to.add({ days: 1 }).toZonedDateTime(zone).toInstant(),
  }
}

/** Returns the slots of all offices, or of one; earliest first. */
export const listSlots = databaseAnswer(
  (days: Days, officeId: string | undefined) => {
    const { fromAt, toAt } = boundsOf(days)
    return {
      statement: sql<{ slot: Slot }>`
        select slot from list_slots(${fromAt}::timestamptz, ${toAt}::timestamptz, ${officeId ?? null}::uuid) slot`,
      refusals: ['deny.role'],
      action: 'request.refused',
      object: { kind: 'office' },
    }
  },
  (rows) => ({ slots: rows.map(({ slot }) => slot) }),
)

/**
 * Returns slots that can be offered to the requester, and the instant before which they must be. Returns no slots once
 * nothing remains to be listened to.
 */
export const listFreeSlots = databaseAnswer(
  (requestId: string) => ({
    statement: sql<{ slot: Slot | null; latest: Temporal.Instant | null }>`
      select slot, latest from free_slots(${requestId}::uuid)`,
    refusals: ['deny.role', 'not-found'],
    action: 'request.refused',
    object: { kind: 'request', id: requestId },
  }),
  (rows) => ({ slots: rows.flatMap(({ slot }) => slot ?? []), latest: rows[0]?.latest ?? null }),
)
