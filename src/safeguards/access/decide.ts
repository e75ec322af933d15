/**
 * Decides who may view what (R3, R36-R41), as a pure function: the person, their rights, the roles in the description in force,
 * the instant, the request and its object. Returns the rights that allow it, or why none does.
 * Row-level security decides by the same rules (`rights_of` in database/functions/audit/listenings.sql and the policies
 * `desk_reads` in database/functions/history/access.sql); test/access/program-agrees-with-policies.test.ts compares the two.
 */
import { covers, needsReference, purposes, type Purpose } from '#description/purposes.ts'
import type { Duty, Role, Scope } from '#description/roles.ts'

/** A right in force, within the bounds of the description in force. */
export interface Right {
  id: string
  role: Role
  duty?: Duty
  purposes: Purpose[]
  scope: { kind: Scope; units: string[]; numbers: string[] }
  until?: Temporal.Instant
}

/** A right as granted, in force or not. */
export interface HeldRight extends Right {
  from: Temporal.Instant
  /** If set, the right has ended, whatever this instant is. */
  revokedAt?: Temporal.Instant
}

/** Widest access of a role in the description in force. */
export interface RoleBound {
  role: Role
  duty?: Duty
  purposes: readonly Purpose[]
  scope: Scope
}

/** Person, instant and rights of a request. */
export interface AccessContext {
  now: Temporal.Instant
  /** Employed from the first instant until before the second. */
  person: { id: string; employedFrom: Temporal.Instant; employedTo?: Temporal.Instant }
  held: readonly HeldRight[]
  /** Roles of the version in force at `now`; empty if there is none. */
  described: readonly RoleBound[]
}

export interface AccessRequest {
  /** Default: the primary purpose, DEVELOPMENT, or the first one the person holds. */
  purpose?: Purpose | undefined
  /** Fault, case or request; blank means none. */
  reference?: string | undefined
}

/** Facts of a segment on which access to it and to its recording depends. */
export interface SegmentFactsForAccess {
  officialPersonId: string | null
  officialUnitId: string | null
  numberReached: string
  /** Numbers of the open requests to which its call is matched, with an identified requester who is a party of it (R46). */
  servedUnder: readonly string[]
}

export type ViewedObject =
  | ({ kind: 'segment' } & SegmentFactsForAccess)
  /** A contact is visible with any of its segments, or by the number called; from `endsAt` on to nobody. */
  | {
      kind: 'contact'
      numberCalled: string
      segments: readonly SegmentFactsForAccess[]
      endsAt: Temporal.Instant
      /** Numbers of the open requests of identified persons to which it is matched. */
      servedUnder: readonly string[]
    }

export interface Refusal {
  refused: 'deny.purpose' | 'deny.expired' | 'deny.reference'
  /** With deny.expired: when the right ended. */
  expiredAt?: Temporal.Instant
}

export interface Permission {
  purpose: Purpose
  /** Rights in force that cover the purpose; at least one. */
  rights: readonly [Right, ...Right[]]
}

/**
 * Decides whether a person may view under a purpose and, if given, an object.
 * @returns the purpose and the rights that allow it (with an object, those that cover the object), or why none does. An object
 * that no right covers is `not-found`, like one that does not exist (R39).
 */
export function decide(context: AccessContext, request: AccessRequest): Permission | Refusal
export function decide(
  context: AccessContext,
  request: AccessRequest,
  object: ViewedObject,
): Permission | Refusal | { refused: 'not-found' }
export function decide(
  context: AccessContext,
  request: AccessRequest,
  object?: ViewedObject,
): Permission | Refusal | { refused: 'not-found' } {
  const held = rightsInForce(context)
  const purpose = request.purpose ?? purposes.find((one) => held.some((right) => allows(right, one))) ?? 'DEVELOPMENT'
  const allowing = held.filter((right) => allows(right, purpose))
  if (allowing.length === 0) return refusalForPurpose(context, purpose)
  const hasReference = (request.reference?.trim() ?? '') !== ''
  const usable = allowing.filter(({ role }) => hasReference || !needsReference(purpose, role))
  if (!isOneOrMore(usable)) return { refused: 'deny.reference' }
  if (!object) return { purpose, rights: usable }
  const reaching = usable.filter((right) => coversObject(right, context, object, request.reference))
  return isOneOrMore(reaching) ? { purpose, rights: reaching } : { refused: 'not-found' }
}

/** Returns the person's rights in force, limited by the description in force. */
export function rightsInForce({ now, person, held, described }: AccessContext): Right[] {
  if (!isWithin(now, person.employedFrom, person.employedTo)) return []
  return held.flatMap(({ from, revokedAt, ...right }) => {
    const bound = described.find(({ role, duty }) => role === right.role && duty === right.duty)
    const isInForce = !revokedAt && isWithin(now, from, right.until)
    if (!bound || !isInForce || !isScopeWithin(right.scope.kind, bound.scope)) return []
    return [{ ...right, purposes: intersectPurposes(right.purposes, bound.purposes) }]
  })
}

/**
 * Returns true if a right covers a segment: own, of the unit at the time of the call, of the number, or all; for the Service
 * Unit those of the request.
 * @param reference number of that request
 */
export function coversSegment(
  right: Right,
  personId: string,
  segment: SegmentFactsForAccess,
  reference?: string,
): boolean {
  const { scope } = right
  switch (scope.kind) {
    case 'all':
      return !servesRequests(right) || isForReferencedRequest(segment, reference)
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

/** Returns true if the right covers only the calls of the request under which it is used (R46). */
export function servesRequests({ role, scope }: Right): boolean {
  return role === 'SERVICE_UNIT' && scope.kind === 'all'
}

function isForReferencedRequest(
  { servedUnder }: { servedUnder: readonly string[] },
  reference: string | undefined,
): boolean {
  return servedUnder.includes(reference?.trim() ?? '')
}

function coversObject(
  right: Right,
  { now, person }: AccessContext,
  object: ViewedObject,
  reference: string | undefined,
): boolean {
  if (object.kind === 'segment') return coversSegment(right, person.id, object, reference)
  if (Temporal.Instant.compare(object.endsAt, now) <= 0) return false
  const coversNumber = right.scope.kind === 'numbers' && right.scope.numbers.includes(object.numberCalled)
  const coversAll = right.scope.kind === 'all' && (!servesRequests(right) || isForReferencedRequest(object, reference))
  return (
    coversNumber || coversAll || object.segments.some((segment) => coversSegment(right, person.id, segment, reference))
  )
}

function allows(right: Right, purpose: Purpose): boolean {
  return right.purposes.some((held) => covers(held, purpose))
}

/** Returns the intersection of two lists of purposes (R4). */
function intersectPurposes(held: readonly Purpose[], described: readonly Purpose[]): Purpose[] {
  const within = (list: readonly Purpose[], purpose: Purpose) => list.some((wider) => covers(wider, purpose))
  const common = [
    ...held.filter((purpose) => within(described, purpose)),
    ...described.filter((purpose) => within(held, purpose)),
  ]
  return [...new Set(common)]
}

/** Returns true if a scope is within the role's scope in the description. A right with a wider scope has no effect. */
function isScopeWithin(kind: Scope, widest: Scope): boolean {
  return kind === widest || kind === 'own' || kind === 'none' || widest === 'all'
}

/** Returns the refusal: the last right that covered the purpose has ended, or there was none. */
function refusalForPurpose({ now, person, held }: AccessContext, purpose: Purpose): Refusal {
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

/** Returns true from the first instant until before the second. */
function isWithin(now: Temporal.Instant, from: Temporal.Instant, to: Temporal.Instant | undefined): boolean {
  return Temporal.Instant.compare(from, now) <= 0 && (!to || Temporal.Instant.compare(now, to) < 0)
}

function isOneOrMore<Item>(list: readonly Item[]): list is readonly [Item, ...Item[]] {
  return list.length > 0
}
