/** Offices for listening, their times and appointments. */
import { parseDate, type CalendarDate, type Time } from '@internationalized/date'
import type { Answer, Appointment } from '../api/shapes.ts'
import { formatDate, zone } from '../format/instant.ts'

export type Offices = Answer<'/api/offices', 'get'>
export type Office = Offices['items'][number]
export type Host = Offices['hosts'][number]
export type Slot = Answer<'/api/slots', 'get'>['items'][number]
export type Need = Appointment['needs'][number]

/** Possible lengths of an appointment, in minutes. */
export const lengths = [30, 45, 60, 90, 120] as const

/** Reads the Monday of the shown week from the URL; the current week by default. */
export function readWeek(search: Record<string, unknown>): { week?: string } {
  const { week } = search
  return typeof week === 'string' && isDay(week) ? { week: mondayOf(parseDate(week)).toString() } : {}
}

/** Reads whose appointments to show from the URL; the viewer's own by default. */
export function readAppointmentFilter(search: Record<string, unknown>): { whose?: 'all' } {
  return search['whose'] === 'all' ? { whose: 'all' } : {}
}

export function mondayOf(day: CalendarDate): CalendarDate {
  // Weeks start on Monday in every language.
  const daysSinceMonday = (new Date(`${day.toString()}T12:00:00Z`).getUTCDay() + 6) % 7
  return day.subtract({ days: daysSinceMonday })
}

/** Returns the times of a series as `9.00–10.00`: consecutive, none beyond the end. */
export function seriesTimes(from: Time | null, to: Time | null, minutes: number): string[] {
  if (!from || !to) return []
  const end = to.hour * 60 + to.minute
  const times: string[] = []
  for (let at = from.hour * 60 + from.minute; at + minutes <= end; at += minutes) {
    times.push(`${clock(at)}–${clock(at + minutes)}`)
  }
  return times
}

/** Groups in the order of first occurrence. */
function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): { key: string; items: T[] }[] {
  const groups = new Map<string, T[]>()
  for (const item of items) {
    const key = keyOf(item)
    groups.set(key, [...(groups.get(key) ?? []), item])
  }
  return [...groups].map(([key, grouped]) => ({ key, items: grouped }))
}

/** Groups by the day in Finland, earliest first. */
export function byDay(slots: readonly Slot[]): { key: string; items: Slot[] }[] {
  return groupBy(
    slots.toSorted((a, b) => Date.parse(a.startsAt) - Date.parse(b.startsAt)),
    ({ startsAt }) => formatDate(startsAt, 'fi'),
  )
}

/**
 * Returns the times to offer side by side: the earliest of each office, offices by their first time, so that places as well as
 * days can be chosen (AC16: at least three).
 */
export function slotsToOffer(
  slots: readonly Slot[],
  perOffice: number,
): { key: string; items: Slot[]; more: number }[] {
  const sorted = slots.toSorted((a, b) => Date.parse(a.startsAt) - Date.parse(b.startsAt))
  return groupBy(sorted, ({ office }) => office.id).map(({ key, items }) => ({
    key,
    items: items.slice(0, perOffice),
    more: Math.max(0, items.length - perOffice),
  }))
}

interface Agenda {
  /** Past, without an outcome. */
  withoutOutcome: Appointment[]
  today: Appointment[]
  coming: Appointment[]
}

/** Returns past ones without an outcome, then today's, then later ones; settled ones are left out. */
export function agendaOf(appointments: readonly Appointment[], nowMs: number): Agenda {
  const open = appointments
    .filter(({ state }) => state === 'BOOKED')
    .toSorted((a, b) => Date.parse(a.slot.startsAt) - Date.parse(b.slot.startsAt))
  const today = dayOf(nowMs)
  const lacksOutcome = ({ slot }: Appointment) => Date.parse(slot.endsAt) <= nowMs
  return {
    withoutOutcome: open.filter(lacksOutcome),
    today: open.filter((one) => !lacksOutcome(one) && dayOf(Date.parse(one.slot.startsAt)) === today),
    coming: open.filter((one) => !lacksOutcome(one) && dayOf(Date.parse(one.slot.startsAt)) > today),
  }
}

/** `2026-11-26`: day in Finland. */
function dayOf(ms: number): string {
  return new Intl.DateTimeFormat('sv-SE', { timeZone: zone }).format(ms)
}

function isDay(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text))
}

function clock(minutes: number): string {
  return `${Math.floor(minutes / 60)}.${String(minutes % 60).padStart(2, '0')}`
}
