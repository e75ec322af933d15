/**
 * Generates random descriptions, people, rights, calls and requests for the access decision: mostly valid, often on the
 * edges of their times.
 */
import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { phone } from '#test/database/people.ts'
import { purposes } from '#description/purposes.ts'
import { duties, roles, widestPurposes, widestScope, type Duty, type Role, type Scope } from '#description/roles.ts'
import type { RoleBound } from '#safeguards/access/decide.ts'

/** Offsets in microseconds from the round's now(): `past` and `end` are mostly far from it, and often at its edge. */
const edge = fc.constantFrom(-1, 0, 1)
const past = fc.oneof(edge, { weight: 3, arbitrary: fc.constant(-3_600_000_000) })
const end = fc.oneof({ weight: 3, arbitrary: fc.constant(null) }, edge, fc.constant(3_600_000_000))
const dutyOf = (role: Role) => (role === 'EXPERT' ? fc.constantFrom(...duties) : fc.constant(undefined))
const role = fc.constantFrom(...roles).chain((one) => dutyOf(one).map((duty) => ({ role: one, ...(duty && { duty }) })))
const people = 12
const units = [randomUUID(), randomUUID(), randomUUID()]
const numbers = ['029 497 000', '029 497 010', '029 512 000'].map(phone)
const scopes: Scope[] = ['own', 'unit', 'numbers', 'all', 'none']
const contacts = 16

/** Role bounds of a description: which roles it has, and how far it narrows the rights of each. */
const bounds = fc
  .tuple(...roles.flatMap((one) => (one === 'EXPERT' ? duties.map((duty) => bound(one, duty)) : [bound(one)])))
  .map((list) => list.filter((one) => one !== undefined))

function bound(name: Role, duty?: Duty): fc.Arbitrary<RoleBound | undefined> {
  const widest = widestPurposes(name, duty)
  const narrower = [...new Set<Scope>([widestScope(name), 'own', 'none'])]
  const purposesAndScope = fc.record({
    purposes: fc.oneof({ weight: 3, arbitrary: fc.constant([...widest]) }, fc.subarray([...widest])),
    scope: fc.oneof({ weight: 3, arbitrary: fc.constant(widestScope(name)) }, fc.constantFrom(...narrower)),
  })
  return fc.option(
    purposesAndScope.map((limits) => ({ role: name, ...(duty && { duty }), ...limits })),
    { freq: 10, nil: undefined },
  )
}

/** A right. Most are as wide as their role may be, the others are random. */
const right = fc
  .record({
    who: role,
    fits: fc.oneof({ weight: 3, arbitrary: fc.constant(true) }, fc.constant(false)),
    purposes: fc.subarray([...purposes]),
    kind: fc.constantFrom(...scopes),
    units: fc.subarray(units),
    numbers: fc.subarray(numbers),
    from: past,
    to: end,
    revoked: fc.oneof({ weight: 6, arbitrary: fc.constant(null) }, edge),
  })
  .map(({ who, fits, ...one }) => ({
    ...who,
    ...one,
    ...(fits && { kind: widestScope(who.role), purposes: [...widestPurposes(who.role, who.duty)] }),
  }))

const person = fc
  .record({
    employedFrom: past,
    employedTo: fc.oneof({ weight: 4, arbitrary: fc.constant(null) }, edge),
    rights: fc.array(right, { maxLength: 6, size: 'max' }),
    session: fc.oneof(
      { weight: 9, arbitrary: fc.constant('open' as const) },
      fc.constantFrom('ended' as const, 'over' as const, 'half' as const),
    ),
  })
  // Nobody leaves before they begin.
  .map((one) => ({ ...one, employedTo: one.employedTo === null ? null : Math.max(one.employedFrom, one.employedTo) }))

export type Person = typeof person extends fc.Arbitrary<infer Value> ? Value : never

const usually = fc.oneof({ weight: 9, arbitrary: fc.constant(true) }, fc.constant(false))
/** Listening mode of one appointment: mostly valid, with some invalid parts. */
const room = fc
  .record({
    isHost: usually,
    isRequestOpen: usually,
    isIdentified: usually,
    state: fc.oneof({ weight: 9, arbitrary: fc.constant('BOOKED' as const) }, fc.constant('HEARD' as const)),
    startsAt: fc.constantFrom(-3_600_000_000, -1, 0, 1),
    endsAt: fc.oneof({ weight: 3, arbitrary: fc.constant(3_600_000_000) }, edge),
  })
  // Slots end after they begin.
  .map((one) => ({ ...one, endsAt: Math.max(one.startsAt + 1, one.endsAt) }))
export type Room = typeof room extends fc.Arbitrary<infer Value> ? Value : never

/** Returns a description, and people of whom a third are in the listening mode. */
export const peopleInRooms = (count: number) =>
  fc.record({
    bounds,
    people: fc.array(
      fc.tuple(person, fc.option(room, { freq: 2 })).map(([person, room]) => ({ ...person, room })),
      { minLength: count, maxLength: count },
    ),
  })
export type PersonInRoom = Person & { room: Room | null }

const segment = fc.record({
  official: fc.option(fc.nat(people - 1)),
  unit: fc.option(fc.constantFrom(...units)),
  reached: fc.constantFrom(...numbers),
})

/** Transferred calls have two segments, and the number reached may differ from the number called. */
const contact = fc.record({
  called: fc.constantFrom(...numbers),
  segments: fc.array(segment, { maxLength: 2 }),
  endsAt: fc.oneof({ weight: 4, arbitrary: fc.constant(3_600_000_000) }, edge),
})

/** Request of a caller, or of the official that it names, identified and open or not, with the calls found for it. */
const request = fc.record({
  official: fc.option(fc.nat(people - 1)),
  isOpen: fc.oneof({ weight: 3, arbitrary: fc.constant(true) }, fc.constant(false)),
  isIdentified: fc.oneof({ weight: 5, arbitrary: fc.constant(true) }, fc.constant(false)),
  calls: fc.subarray(
    Array.from({ length: contacts }, (_, at) => at),
    { minLength: 4, maxLength: 12 },
  ),
})

/** Returns a description, people with rights and sessions, calls, and two requests about them. */
export const round = fc.record({
  bounds,
  requests: fc.tuple(request, request),
  maintenanceContent: fc.constantFrom('allowed' as const, 'breakGlass' as const, 'denied' as const),
  people: fc.array(person, { minLength: people, maxLength: people }),
  contacts: fc.array(contact, { minLength: contacts, maxLength: contacts }),
})
export type Round = typeof round extends fc.Arbitrary<infer Value> ? Value : never
