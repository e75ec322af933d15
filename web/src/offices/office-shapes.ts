/**
 * Offices at which recordings are listened to, their times and the appointments there. In: the contract's offices. Out:
 * what the pages of them are made of. Never here: what is heard; that is the listening mode's.
 */
import { parseDate, type CalendarDate, type Time } from '@internationalized/date'
import type { paths } from '../api/paths.ts'
import type { Appointment } from '../api/shapes.ts'
import { formatDate, zone } from '../format/instant.ts'

type Ok<Operation> = Operation extends { responses: { 200: { content: { 'application/json': infer Body } } } }
  ? Body
  : never
export type Offices = Ok<paths['/api/offices']['get']>
export type Office = Offices['items'][number]
export type Host = Offices['hosts'][number]
export type Slot = Ok<paths['/api/slots']['get']>['items'][number]
export type Need = Appointment['needs'][number]

/** Minutes that one time may last. */
export const lengths = [30, 45, 60, 90, 120] as const

/** Monday of the week in sight, as it stands in the address; nothing: this week. */
export function readWeek(search: Record<string, unknown>): { week?: string } {
  const { week } = search
  return typeof week === 'string' && isDay(week) ? { week: mondayOf(parseDate(week)).toString() } : {}
}

/** Whose appointments are in sight; the viewer's own unless the address says otherwise. */
export function readWhose(search: Record<string, unknown>): { whose?: 'all' } {
  return search['whose'] === 'all' ? { whose: 'all' } : {}
}

export function mondayOf(day: CalendarDate): CalendarDate {
  // The language decides on which day a week begins; here it is Monday whatever that is.
  const past = (new Date(`${day.toString()}T12:00:00Z`).getUTCDay() + 6) % 7
  return day.subtract({ days: past })
}

/** The times that a row makes, as `9.00–10.00`: one after another, none beyond the end. */
export function rowOf(from: Time | null, to: Time | null, minutes: number): string[] {
  if (!from || !to) return []
  const end = to.hour * 60 + to.minute
  const row: string[] = []
  for (let at = from.hour * 60 + from.minute; at + minutes <= end; at += minutes) {
    row.push(`${clock(at)}–${clock(at + minutes)}`)
  }
  return row
}

/** Groups in the order in which they first come. */
function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): { key: string; items: T[] }[] {
  const groups = new Map<string, T[]>()
  for (const item of items) {
    const key = keyOf(item)
    groups.set(key, [...(groups.get(key) ?? []), item])
  }
  return [...groups].map(([key, grouped]) => ({ key, items: grouped }))
}

/** By the day in Finland, earliest first. */
export function byDay(slots: readonly Slot[]): { key: string; items: Slot[] }[] {
  return groupBy(
    slots.toSorted((a, b) => Date.parse(a.startsAt) - Date.parse(b.startsAt)),
    ({ startsAt }) => formatDate(startsAt, 'fi'),
  )
}

/**
 * The times to offer side by side: of each office those that come first, offices by their first time, so that there is a
 * choice of places as well as of days (AC16: at least three).
 */
export function toOffer(slots: readonly Slot[], perOffice: number): { key: string; items: Slot[]; more: number }[] {
  const sorted = slots.toSorted((a, b) => Date.parse(a.startsAt) - Date.parse(b.startsAt))
  return groupBy(sorted, ({ office }) => office.id).map(({ key, items }) => ({
    key,
    items: items.slice(0, perOffice),
    more: Math.max(0, items.length - perOffice),
  }))
}

interface Agenda {
  /** Over, and nobody has said what came of them. */
  unsaid: Appointment[]
  today: Appointment[]
  coming: Appointment[]
}

/** Those past without an outcome first, then today's, then those that come; what is settled is left out. */
export function agendaOf(appointments: readonly Appointment[], nowMs: number): Agenda {
  const open = appointments
    .filter(({ state }) => state === 'BOOKED')
    .toSorted((a, b) => Date.parse(a.slot.startsAt) - Date.parse(b.slot.startsAt))
  const today = dayOf(nowMs)
  const isUnsaid = ({ slot }: Appointment) => Date.parse(slot.endsAt) <= nowMs
  return {
    unsaid: open.filter(isUnsaid),
    today: open.filter((one) => !isUnsaid(one) && dayOf(Date.parse(one.slot.startsAt)) === today),
    coming: open.filter((one) => !isUnsaid(one) && dayOf(Date.parse(one.slot.startsAt)) > today),
  }
}

/** `2026-11-26`: the day in Finland. */
function dayOf(ms: number): string {
  return new Intl.DateTimeFormat('sv-SE', { timeZone: zone }).format(ms)
}

function isDay(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text))
}

function clock(minutes: number): string {
  return `${Math.floor(minutes / 60)}.${String(minutes % 60).padStart(2, '0')}`
}
