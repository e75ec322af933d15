import { parseDate, type CalendarDate } from '@internationalized/date'
import type { Candidate, HeldRight, Offer, OfferedRole } from './rights-shapes.ts'

/** What is asked for, as it is being written. */
export interface NewRight {
  people: Candidate[]
  /** `EXPERT:QUALITY`; empty while none is chosen. */
  role: string
  purposes: string[]
  units: string[]
  numbers: string[]
  reason: string
  from: CalendarDate | null
  until: CalendarDate | null
}

/** How a role with its duty stands in a choice. */
export function keyOf({ role, duty }: { role: string; duty?: string | undefined }): string {
  return duty ? `${role}:${duty}` : role
}

/** The role that is chosen, as the description in force has it. */
export function offered(offer: Offer, key: string): OfferedRole | undefined {
  return offer.roles.find((one) => keyOf(one) === key)
}

/** What a role brings with it: its purpose where it has one alone, nothing of what another role had. */
export function withRole(draft: NewRight, offer: Offer, key: string): NewRight {
  const purposes = offered(offer, key)?.purposes ?? []
  return { ...draft, role: key, purposes: purposes.length === 1 ? [...purposes] : [], units: [], numbers: [] }
}

/** The units that a right to the unit can reach: those in which everybody asked for is a supervisor of officials (R37). */
export function unitsOf(people: readonly Candidate[]): Candidate['supervises'] {
  const [first, ...others] = people
  return (first?.supervises ?? []).filter(({ id }) =>
    others.every(({ supervises }) => supervises.some((unit) => unit.id === id)),
  )
}

/**
 * A right goes on as it is, from the day after its last, or at once where it holds no more; what the description does
 * not offer any more falls away.
 */
export function renewing(right: HeldRight, offer: Offer, person: Candidate, today: CalendarDate): NewRight {
  const role = keyOf(right)
  const described = offered(offer, role)
  const ends = right.until === undefined || right.state === 'revoked' ? undefined : dayAfterLast(right.until)
  const isAhead = ends !== undefined && ends.compare(today) > 0
  const known = unitsOf([person]).map(({ id }) => id)
  return {
    people: [person],
    role: described ? role : '',
    purposes: right.purposes.filter((purpose) => described?.purposes.includes(purpose)),
    units: right.scope.units.map(({ id }) => id).filter((id) => known.includes(id)),
    numbers: right.scope.numbers.map(({ number }) => number),
    reason: right.reason ?? '',
    from: isAhead ? ends : null,
    until: lastDayWithin(isAhead ? ends : today, person),
  }
}

/** The latest last day: twelve months on, or the last of the employment. */
export function lastDayWithin(first: CalendarDate, person?: Pick<Candidate, 'employedTo'>): CalendarDate {
  const latest = first.add({ months: 12 })
  if (!person?.employedTo) return latest
  const last = dayAfterLast(person.employedTo).subtract({ days: 1 })
  return last.compare(latest) < 0 ? last : latest
}

const inHelsinki = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Helsinki' })

/** The first day on which what ends at this moment holds no more. */
function dayAfterLast(until: string): CalendarDate {
  return parseDate(inHelsinki.format(new Date(until)))
}
