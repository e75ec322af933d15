import { parseDate, type CalendarDate } from '@internationalized/date'
import type { Candidate, HeldRight, Offer, OfferedRole } from './rights-shapes.ts'

/** Form of a request for a right. */
export interface NewRight {
  people: Candidate[]
  /** `EXPERT:QUALITY`; empty if none is chosen. */
  role: string
  purposes: string[]
  units: string[]
  numbers: string[]
  reason: string
  from: CalendarDate | null
  until: CalendarDate | null
}

/** Returns the key of a role with its duty. */
export function keyOf({ role, duty }: { role: string; duty?: string | undefined }): string {
  return duty ? `${role}:${duty}` : role
}

/** Returns the chosen role from the description in force. */
export function offeredRole(offer: Offer, key: string): OfferedRole | undefined {
  return offer.roles.find((one) => keyOf(one) === key)
}

/** Sets the role and its defaults: its purpose if it has only one; nothing of the earlier role remains. */
export function withRole(draft: NewRight, offer: Offer, key: string): NewRight {
  const purposes = offeredRole(offer, key)?.purposes ?? []
  return { ...draft, role: key, purposes: purposes.length === 1 ? [...purposes] : [], units: [], numbers: [] }
}

/** Returns the units that a right limited to units can have: those in which every chosen person supervises officials (R37). */
export function unitsOf(people: readonly Candidate[]): Candidate['supervises'] {
  const [first, ...others] = people
  return (first?.supervises ?? []).filter(({ id }) =>
    others.every(({ supervises }) => supervises.some((unit) => unit.id === id)),
  )
}

/**
 * Returns the renewal of a right: unchanged, from the day after its last, or at once if it has ended; what the description no
 * longer offers is removed.
 */
export function renewalOf(right: HeldRight, offer: Offer, person: Candidate, today: CalendarDate): NewRight {
  const role = keyOf(right)
  const described = offeredRole(offer, role)
  const dayAfter = right.until === undefined || right.state === 'revoked' ? undefined : dayAfterLast(right.until)
  const isAhead = dayAfter !== undefined && dayAfter.compare(today) > 0
  const known = unitsOf([person]).map(({ id }) => id)
  return {
    people: [person],
    role: described ? role : '',
    purposes: right.purposes.filter((purpose) => described?.purposes.includes(purpose)),
    units: right.scope.units.map(({ id }) => id).filter((id) => known.includes(id)),
    numbers: right.scope.numbers.map(({ number }) => number),
    reason: right.reason ?? '',
    from: isAhead ? dayAfter : null,
    until: lastDayWithin(isAhead ? dayAfter : today, person),
  }
}

/** Returns the latest last day: twelve months on, or the end of employment. */
export function lastDayWithin(first: CalendarDate, person?: Pick<Candidate, 'employedTo'>): CalendarDate {
  const latest = first.add({ months: 12 })
  if (!person?.employedTo) return latest
  const last = dayAfterLast(person.employedTo).subtract({ days: 1 })
  return last.compare(latest) < 0 ? last : latest
}

const inHelsinki = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Helsinki' })

/** Returns the first day after an end. */
function dayAfterLast(until: string): CalendarDate {
  return parseDate(inHelsinki.format(new Date(until)))
}
