import { namePeople, type PersonOf } from '#safeguards/people/name-people.ts'
import { needsReference } from '#description/purposes.ts'
import { officialsInUnits } from '#safeguards/access/find-holders.ts'
import type { RequestRecord, RightRecord } from '#safeguards/access/read-procedure.ts'
import { unitNames } from '#safeguards/people/units.ts'
import type { HeldRight, RightRequest } from '../contract/rights.ts'
import { viewNumber } from '../description/view-number.ts'
import { describedNow, type Desk } from '../desk.ts'
import type { JsonForm } from '../to-json.ts'

/** Current names of the people, units and phone numbers in some records. */
export interface RightsContext {
  person: PersonOf
  scope: (scope: RightRecord['scope']) => HeldRight['scope']
}

/** Reads the current names of the people, units and phone numbers in some records. */
export async function contextOf(
  desk: Desk,
  records: readonly (RequestRecord | RightRecord)[],
  others: readonly string[] = [],
): Promise<RightsContext> {
  const people = [...others, ...records.flatMap(peopleIn)]
  const unitIds = records.flatMap(({ scope }) => scope.units)
  const [person, units, officials] = await Promise.all([
    namePeople(desk.db, people),
    unitIds.length > 0 ? unitNames(desk.db) : new Map<string, string>(),
    officialsInUnits(desk.db, unitIds),
  ])
  const described = describedNow(desk)
  return {
    person,
    scope: ({ kind, units: ids, numbers }) => ({
      kind,
      units: ids.map((id) => ({ id, name: units.get(id) ?? id, officials: officials.get(id) ?? 0 })),
      numbers: numbers.map((key) => viewNumber(described, key)),
    }),
  }
}

/** Returns a request with names. */
export function viewRequest(request: RequestRecord, { person, scope }: RightsContext): JsonForm<RightRequest> {
  return {
    ...request,
    batch: request.batchId,
    person: person(request.personId),
    scope: scope(request.scope),
    requestedBy: person(request.requestedBy),
    decidedBy: person(request.decidedBy),
  }
}

/** Returns a right with names. */
export function viewHeld(right: RightRecord, { person, scope }: RightsContext): JsonForm<HeldRight> {
  const { role, revoked } = right
  return {
    ...right,
    person: person(right.personId),
    reaches: right.reaches.map((purpose) => ({ purpose, referenceNeeded: needsReference(purpose, role) })),
    scope: scope(right.scope),
    requestedBy: person(right.requestedBy),
    approvedBy: person(right.approvedBy),
    revoked: revoked && { ...revoked, by: person(revoked.by) },
    reviews: right.reviews.map((review) => ({ ...review, by: person(review.by) })),
  }
}

function peopleIn(record: RequestRecord | RightRecord): (string | null | undefined)[] {
  const ids =
    'reviews' in record
      ? [record.approvedBy, record.revoked?.by, ...record.reviews.map(({ by }) => by)]
      : [record.decidedBy]
  return [record.personId, record.requestedBy, ...ids]
}
