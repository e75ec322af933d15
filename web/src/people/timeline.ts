import { formatDate } from '../format/instant.ts'
import type { PersonDetail } from './filters.ts'

/** One change of a person, and the instant from which it is in force. */
export type PersonEvent = { at: string } & (
  | { kind: 'employed' | 'left' | 'unplaced' | 'informed' | 'consented' }
  | { kind: 'named'; name: string }
  | { kind: 'renamed'; name: string; before: string }
  | { kind: 'placed'; unit?: string; supervisor?: { id: string; name: string } }
  | { kind: 'phone-added' | 'phone-ended'; phone: string }
)

/** Changes of one day. */
export interface Moment {
  at: string
  events: PersonEvent[]
}

const order = ['employed', 'named', 'renamed', 'placed', 'unplaced', 'phone-ended', 'phone-added', 'informed']

/** Returns a person's history, newest first, grouped by Finnish day. */
export function timelineOf(person: PersonDetail): Moment[] {
  const byDay = new Map<string, PersonEvent[]>()
  for (const event of eventsOf(person)) {
    const day = formatDate(event.at, 'fi')
    byDay.set(day, [...(byDay.get(day) ?? []), event])
  }
  const rank = ({ kind }: PersonEvent) => (order.includes(kind) ? order.indexOf(kind) : order.length)
  return [...byDay.values()]
    .map((events) => ({ at: events[0]!.at, events: events.sort((one, other) => rank(one) - rank(other)) }))
    .sort((one, other) => Date.parse(other.at) - Date.parse(one.at))
}

function eventsOf(person: PersonDetail): PersonEvent[] {
  const names = inOrder(person.names)
  const placements = inOrder(person.placements)
  const isFollowed = (to: string, by: readonly { from: string }[]) =>
    by.some(({ from }) => Date.parse(from) === Date.parse(to))
  // A placement or number that ends with the employment gets no event of its own.
  const endsAlone = (to: string | undefined): to is string =>
    to != null && Date.parse(to) !== Date.parse(person.employedTo ?? '')
  return [
    { at: person.employedFrom, kind: 'employed' },
    ...(person.employedTo ? [{ at: lastMomentOf(person.employedTo), kind: 'left' as const }] : []),
    ...names.map(({ name, from }, index): PersonEvent => {
      const before = names[index - 1]
      return before ? { at: from, kind: 'renamed', name, before: before.name } : { at: from, kind: 'named', name }
    }),
    ...placements.map(({ from, unit, supervisor }): PersonEvent => ({
      at: from,
      kind: 'placed',
      ...(unit && { unit }),
      ...(supervisor && { supervisor }),
    })),
    ...placements.flatMap(({ to }): PersonEvent[] =>
      endsAlone(to) && !isFollowed(to, placements) ? [{ at: to, kind: 'unplaced' }] : [],
    ),
    ...person.phoneHistory.map(({ phone, from }): PersonEvent => ({ at: from, kind: 'phone-added', phone })),
    ...person.phoneHistory.flatMap(({ phone, to }): PersonEvent[] =>
      endsAlone(to) &&
      !isFollowed(
        to,
        person.phoneHistory.filter((other) => other.phone === phone),
      )
        ? [{ at: to, kind: 'phone-ended', phone }]
        : [],
    ),
    ...(person.recording.informedAt ? [{ at: person.recording.informedAt, kind: 'informed' as const }] : []),
    ...(person.recording.consentedAt ? [{ at: person.recording.consentedAt, kind: 'consented' as const }] : []),
  ]
}

/** Returns the last millisecond of a period whose end is exclusive: its date is the last day of the period. */
function lastMomentOf(until: string): string {
  return new Date(Date.parse(until) - 1).toISOString()
}

function inOrder<Interval extends { from: string }>(intervals: readonly Interval[]): Interval[] {
  return [...intervals].sort((one, other) => Date.parse(one.from) - Date.parse(other.from))
}
