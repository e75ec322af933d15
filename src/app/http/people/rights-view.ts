import { displayPhoneNumber } from '#description/phone-numbers/display-phone-number.ts'
import { needsReference } from '#description/purposes.ts'
import type { RegisterDescription } from '#description/register-description.ts'
import { officialsInUnits } from '#safeguards/access/find-holders.ts'
import type { RequestRecord, RightRecord } from '#safeguards/access/read-procedure.ts'
import { currentNames } from '#safeguards/people/current-names.ts'
import { unitNames } from '#safeguards/people/units.ts'
import type { HeldRight, RightRequest } from '../contract/rights.ts'
import { describedNow, type Desk } from '../desk.ts'

/** The names of everything that some records speak of, as they are now. */
export interface RightsContext {
  person: (id: string) => { id: string; name: string }
  scope: (scope: RightRecord['scope']) => HeldRight['scope']
}

/** Reads the names that some records need. */
export async function contextOf(
  desk: Desk,
  records: readonly (RequestRecord | RightRecord)[],
  others: readonly string[] = [],
): Promise<RightsContext> {
  const people = [...others, ...records.flatMap(peopleIn)]
  const unitIds = records.flatMap(({ scope }) => scope.units)
  const [names, units, officials] = await Promise.all([
    currentNames(desk.db, people),
    unitIds.length > 0 ? unitNames(desk.db) : new Map<string, string>(),
    officialsInUnits(desk.db, unitIds),
  ])
  const described = describedNow(desk)
  return {
    person: (id) => ({ id, name: names.get(id) ?? '' }),
    scope: ({ kind, units: ids, numbers }) => ({
      kind,
      units: ids.map((id) => ({ id, name: units.get(id) ?? id, officials: officials.get(id) ?? 0 })),
      numbers: numbers.map((key) => viewNumber(described, key)),
    }),
  }
}

/** A request with the names that it needs. */
export function viewRequest(request: RequestRecord, { person, scope }: RightsContext): RightRequest {
  const { from, duty, decidedBy, decidedAt, note } = request
  return {
    id: request.id,
    batch: request.batchId,
    person: person(request.personId),
    role: request.role,
    ...(duty && { duty }),
    purposes: request.purposes,
    scope: scope(request.scope),
    reason: request.reason,
    ...(from && { from: from.toString() }),
    until: request.until.toString(),
    requestedBy: person(request.requestedBy),
    requestedAt: request.requestedAt.toString(),
    state: request.state,
    ...(decidedBy && { decidedBy: person(decidedBy) }),
    ...(decidedAt && { decidedAt: decidedAt.toString() }),
    ...(note && { note }),
    mayDecide: request.mayDecide,
    mayWithdraw: request.mayWithdraw,
  }
}

/** A right with the names that it needs. */
export function viewHeld(right: RightRecord, { person, scope }: RightsContext): HeldRight {
  const { duty, until, requestedBy, requestedAt, reason, approvedBy, note, revoked } = right
  return {
    id: right.id,
    person: person(right.personId),
    role: right.role,
    ...(duty && { duty }),
    purposes: right.purposes,
    reaches: right.reaches.map((purpose) => ({ purpose, referenceNeeded: needsReference(purpose, right.role) })),
    scope: scope(right.scope),
    from: right.from.toString(),
    ...(until && { until: until.toString() }),
    state: right.state,
    origin: right.origin,
    grantedAt: right.grantedAt.toString(),
    ...(requestedBy && { requestedBy: person(requestedBy) }),
    ...(requestedAt && { requestedAt: requestedAt.toString() }),
    ...(reason && { reason }),
    ...(approvedBy && { approvedBy: person(approvedBy) }),
    ...(note && { note }),
    ...(revoked && {
      revoked: {
        at: revoked.at.toString(),
        ...(revoked.by && { by: person(revoked.by) }),
        cause: revoked.cause,
        ...(revoked.reason && { reason: revoked.reason }),
      },
    }),
    reviews: right.reviews.map((review) => ({
      by: person(review.by),
      at: review.at.toString(),
      kept: review.kept,
      ...(review.note && { note: review.note }),
      doubts: review.doubts,
    })),
    doubts: right.doubts,
    confirmedAt: right.confirmedAt.toString(),
    review: right.review,
    mayRevoke: right.mayRevoke,
    mayReview: right.mayReview,
  }
}

function peopleIn(record: RequestRecord | RightRecord): string[] {
  const ids =
    'reviews' in record
      ? [record.approvedBy, record.revoked?.by, ...record.reviews.map(({ by }) => by)]
      : [record.decidedBy]
  return [record.personId, record.requestedBy, ...ids].filter((id) => id !== null && id !== undefined)
}

function viewNumber({ numbers, numbering }: RegisterDescription, key: string): HeldRight['scope']['numbers'][number] {
  const known = numbers.findLast((number) => number.key === key)
  return {
    number: key,
    display: displayPhoneNumber(key, numbering),
    ...(known && { name: known.names }),
  }
}
