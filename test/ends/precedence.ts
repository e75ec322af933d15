/**
 * Precedence of rules for one recording: preservation order, prohibition, maximum term. Returns
 * that the recording is kept, waits (and for what), or is destroyed (and why). It is a second implementation of
 * decide_end in database/functions/destruction/recordings.sql, without clock and database. Every end has one of the
 * description's causes. The minimum of two months is left out: it binds people who could delete at their discretion,
 * and nobody can.
 */
import type { DestructionCause } from '#register/tables.ts'

export interface Forbidden {
  party: 'CALLER' | 'OFFICIAL'
  receivedAt: Temporal.Instant
}

/** Open case: somebody's right to this recording, which came before a prohibition or within the term. */
export interface OpenCase {
  id: string
  kind: 'inspection' | 'authority'
  /** Party of an inspection; undefined for an authority's request. */
  party?: Forbidden['party'] | undefined
  receivedAt: Temporal.Instant
}

export interface EndFacts {
  now: Temporal.Instant
  /** Undefined while its call continues. */
  destroyAt?: Temporal.Instant | undefined
  /** True while a preservation order on the recording is in force. */
  isHeld: boolean
  /** True if a party of the call has objected to the processing or had it restricted (GDPR 18). */
  isRestricted: boolean
  lastOrderEndedAt?: Temporal.Instant | undefined
  /** True if the description lets an open inspection delay the end (C3), until `casesKeepUntil`. */
  inspectionsHold: boolean
  casesKeepUntil?: Temporal.Instant | undefined
  prohibitions: readonly Forbidden[]
  cases: readonly OpenCase[]
}

export type EndCause =
  | { act: 'keep' }
  /**
   * While the recording waits for an order, nobody may listen to it. While it waits for cases, or is restricted
   * (GDPR 18(2)), it may be played for `cases` only.
   */
  | { act: 'wait'; for: 'order' | 'case' | 'right'; cases: string[] }
  | { act: 'destroy'; cause: Exclude<DestructionCause, 'trimming'> }

/** Returns what happens to a recording at an instant. */
export function endCauseOf(facts: EndFacts): EndCause {
  if (facts.isHeld) return { act: 'wait', for: 'order', cases: [] }
  const isPast = facts.destroyAt !== undefined && !isBefore(facts.now, facts.destroyAt)
  if (facts.prohibitions.length > 0) return endForbidden(facts, isPast)
  if (!isPast && facts.isRestricted) return { act: 'wait', for: 'right', cases: idsOf(facts.cases) }
  if (!isPast || !facts.destroyAt) return { act: 'keep' }
  const inspections = facts.inspectionsHold ? inspectionsThatHold(facts, facts.destroyAt) : []
  if (inspections.length > 0) return { act: 'wait', for: 'case', cases: inspections }
  const wasHeld = facts.lastOrderEndedAt !== undefined && isBefore(facts.destroyAt, facts.lastOrderEndedAt)
  return { act: 'destroy', cause: wasHeld ? 'hold-end' : 'retention' }
}

/** Lets a prohibition wait for other people's earlier cases, but never past the recording's own day. */
function endForbidden({ prohibitions, cases }: EndFacts, isPast: boolean): EndCause {
  const inOrder = [...prohibitions].sort(
    (a, b) => Temporal.Instant.compare(a.receivedAt, b.receivedAt) || (a.party < b.party ? -1 : 1),
  )
  const waitedFor = (forbidden: Forbidden) => cases.filter((one) => precedes(one, forbidden))
  const carriedOut = inOrder.find((forbidden) => isPast || waitedFor(forbidden).length === 0)
  if (carriedOut) return { act: 'destroy', cause: carriedOut.party === 'CALLER' ? 'caller' : 'official' }
  return { act: 'wait', for: 'case', cases: idsOf(inOrder.flatMap(waitedFor)) }
}

function precedes(one: OpenCase, forbidden: Forbidden): boolean {
  return !isBefore(forbidden.receivedAt, one.receivedAt) && (one.kind === 'authority' || one.party !== forbidden.party)
}

function inspectionsThatHold({ now, casesKeepUntil, cases }: EndFacts, destroyAt: Temporal.Instant): string[] {
  if (!casesKeepUntil || !isBefore(now, casesKeepUntil)) return []
  return idsOf(cases.filter(({ kind, receivedAt }) => kind === 'inspection' && isBefore(receivedAt, destroyAt)))
}

function idsOf(cases: readonly OpenCase[]): string[] {
  return [...new Set(cases.map(({ id }) => id))].sort()
}

function isBefore(a: Temporal.Instant, b: Temporal.Instant): boolean {
  return Temporal.Instant.compare(a, b) < 0
}
