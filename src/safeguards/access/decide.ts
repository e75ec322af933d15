/**
 * The decision who may look (R3, R36-R41). In: everything it depends on, as values: the person, their rights, what the
 * description in force lets each role do, the instant, what is asked and of what. Out: the rights that allow it, or the
 * reason why none does. Never here: a database, a trace.
 *
 * Row-level security decides the same by the same rules (`rights_of` in database/functions/audit/looks.sql and the policies
 * `desk_looks` in database/functions/history/access.sql); test/access/decide-as-the-database.test.ts holds the two together.
 */
import { covers, needsReference, purposes, type Purpose } from '#description/purposes.ts'
import type { Duty, Role, Scope } from '#description/roles.ts'

/** A right in force, no wider than the description in force lets its role be. */
export interface Right {
  id: string
  role: Role
  duty?: Duty
  purposes: Purpose[]
  scope: { kind: Scope; units: string[]; numbers: string[] }
  until?: Temporal.Instant
}

/** A right as the procedure decided it, in force or not. */
export interface HeldRight extends Right {
  from: Temporal.Instant
  /** Present: it holds no more, whatever instant this says. */
  revokedAt?: Temporal.Instant
}

/** What the description in force lets one role do at the widest. */
export interface RoleBound {
  role: Role
  duty?: Duty
  purposes: readonly Purpose[]
  scope: Scope
}

/** Who asks, and when; employed from an instant until before another. */
export interface Standing {
  now: Temporal.Instant
  person: { id: string; employedFrom: Temporal.Instant; employedTo?: Temporal.Instant }
  held: readonly HeldRight[]
  /** Of the version in force at `now`; empty where none is. */
  described: readonly RoleBound[]
}

export interface Asked {
  /** None: the primary one, DEVELOPMENT, or for those who do not hold it the first they hold. */
  purpose?: Purpose | undefined
  /** Fault, case or request; blank is none. */
  reference?: string | undefined
}

/** The part of a segment that decides who may look at it and at its recording. */
export interface Reach {
  officialPersonId: string | null
  officialUnitId: string | null
  numberReached: string
  /** Numbers of the open requests for which its call was found, whose requester is identified and a party of it (R46). */
  servedUnder: readonly string[]
}

export type Looked =
  | ({ kind: 'segment' } & Reach)
  /** A contact is seen with any of its segments, or by the number that was called; from `endsAt` on by nobody. */
  | {
      kind: 'contact'
      numberCalled: string
      segments: readonly Reach[]
      endsAt: Temporal.Instant
      /** Numbers of the open requests of identified people for which it was found. */
      servedUnder: readonly string[]
    }

export interface Refusal {
  refused: 'deny.purpose' | 'deny.expired' | 'deny.reference'
  /** With deny.expired: when the right ended. */
  expiredAt?: Temporal.Instant
}

export interface Permission {
  purpose: Purpose
  /** The rights in force that cover the purpose; at least one. */
  rights: readonly [Right, ...Right[]]
}

/**
 * Whether a person may look under a purpose and, where an object is given, at that object.
 * @returns the purpose and the rights that allow it, with an object those that reach it; or why nothing does. What is out
 *   of reach is `not-found`: it is not told apart from what is not there (R39).
 */
export function decide(standing: Standing, asked: Asked): Permission | Refusal
export function decide(
  standing: Standing,
  asked: Asked,
  looked: Looked,
): Permission | Refusal | { refused: 'not-found' }
export function decide(
  standing: Standing,
  asked: Asked,
  looked?: Looked,
): Permission | Refusal | { refused: 'not-found' } {
  const held = rightsInForce(standing)
  const purpose = asked.purpose ?? purposes.find((one) => held.some((right) => allows(right, one))) ?? 'DEVELOPMENT'
  const allowing = held.filter((right) => allows(right, purpose))
  if (allowing.length === 0) return lapsed(standing, purpose)
  const isReferred = (asked.reference?.trim() ?? '') !== ''
  const usable = allowing.filter(({ role }) => isReferred || !needsReference(purpose, role))
  if (!isOneOrMore(usable)) return { refused: 'deny.reference' }
  if (!looked) return { purpose, rights: usable }
  const reaching = usable.filter((right) => sees(right, standing, looked, asked.reference))
  return isOneOrMore(reaching) ? { purpose, rights: reaching } : { refused: 'not-found' }
}

/** The person's rights in force, each as wide as both the procedure and the description in force let it be. */
export function rightsInForce({ now, person, held, described }: Standing): Right[] {
  if (!isWithin(now, person.employedFrom, person.employedTo)) return []
  return held.flatMap(({ from, revokedAt, ...right }) => {
    const bound = described.find(({ role, duty }) => role === right.role && duty === right.duty)
    const isInForce = !revokedAt && isWithin(now, from, right.until)
    if (!bound || !isInForce || !isScopeWithin(right.scope.kind, bound.scope)) return []
    return [{ ...right, purposes: both(right.purposes, bound.purposes) }]
  })
}

/**
 * True where a right reaches a segment: the official's own, the unit's at the time of the call, the number's, or all; the
 * Service Unit's those of the request that it serves.
 * @param reference the number of that request
 */
export function reaches(right: Right, personId: string, segment: Reach, reference?: string): boolean {
  const { scope } = right
  switch (scope.kind) {
    case 'all':
      return !servesRequests(right) || isServed(segment, reference)
    case 'own':
      return segment.officialPersonId === personId
    case 'unit':
      return segment.officialUnitId !== null && scope.units.includes(segment.officialUnitId)
    case 'numbers':
      return scope.numbers.includes(segment.numberReached)
    case 'none':
      return false
  }
}

/** True where a right reaches what the request that is served is about, and nothing else (R46). */
export function servesRequests({ role, scope }: Right): boolean {
  return role === 'SERVICE_UNIT' && scope.kind === 'all'
}

function isServed({ servedUnder }: { servedUnder: readonly string[] }, reference: string | undefined): boolean {
  return servedUnder.includes(reference?.trim() ?? '')
}

function sees(right: Right, { now, person }: Standing, looked: Looked, reference: string | undefined): boolean {
  if (looked.kind === 'segment') return reaches(right, person.id, looked, reference)
  if (Temporal.Instant.compare(looked.endsAt, now) <= 0) return false
  const isOfNumber = right.scope.kind === 'numbers' && right.scope.numbers.includes(looked.numberCalled)
  const isUnanswered = right.scope.kind === 'all' && (!servesRequests(right) || isServed(looked, reference))
  return isOfNumber || isUnanswered || looked.segments.some((segment) => reaches(right, person.id, segment, reference))
}

function allows(right: Right, purpose: Purpose): boolean {
  return right.purposes.some((held) => covers(held, purpose))
}

/** The purposes that two lists have in common, each as wide as both allow (R4). */
function both(held: readonly Purpose[], described: readonly Purpose[]): Purpose[] {
  const within = (list: readonly Purpose[], purpose: Purpose) => list.some((wider) => covers(wider, purpose))
  const common = [
    ...held.filter((purpose) => within(described, purpose)),
    ...described.filter((purpose) => within(held, purpose)),
  ]
  return [...new Set(common)]
}

/** A scope that the description does not give the role reaches nothing. */
function isScopeWithin(kind: Scope, widest: Scope): boolean {
  return kind === widest || kind === 'own' || kind === 'none' || widest === 'all'
}

/** Refused because a right that covered the purpose has ended, the last of them; or because there was none. */
function lapsed({ now, person, held }: Standing, purpose: Purpose): Refusal {
  const ends = held
    .filter((right) => allows(right, purpose))
    .flatMap(({ until, revokedAt }) => earliest([until, revokedAt, person.employedTo]) ?? [])
    .filter((end) => Temporal.Instant.compare(end, now) <= 0)
  const last = ends.sort(Temporal.Instant.compare).at(-1)
  return last ? { refused: 'deny.expired', expiredAt: last } : { refused: 'deny.purpose' }
}

function earliest(instants: readonly (Temporal.Instant | undefined)[]): Temporal.Instant | undefined {
  return instants.filter((instant) => instant !== undefined).sort(Temporal.Instant.compare)[0]
}

/** From the first instant on, until before the second. */
function isWithin(now: Temporal.Instant, from: Temporal.Instant, to: Temporal.Instant | undefined): boolean {
  return Temporal.Instant.compare(from, now) <= 0 && (!to || Temporal.Instant.compare(now, to) < 0)
}

function isOneOrMore<Item>(list: readonly Item[]): list is readonly [Item, ...Item[]] {
  return list.length > 0
}
