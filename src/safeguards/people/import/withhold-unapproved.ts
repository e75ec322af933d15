import type { WantedChange } from '../../sign-in/sign-in-tables.ts'
import type { Tx } from '../../tables.ts'
import { findChangesToApprove } from '../directory-changes.ts'
import type { PersonHistory } from '../history/person-history.ts'
import type { HistoryStep } from '../history/write-histories.ts'

export interface WithheldChange {
  personId: string
  wanted: WantedChange
}

/**
 * Removes changes from an import that a second person must confirm: numbers stay with their holders, and persons in their units
 * and under their supervisors.
 */
export async function withholdUnapproved(
  tx: Tx,
  steps: readonly HistoryStep[],
): Promise<{ steps: HistoryStep[]; waiting: WithheldChange[] }> {
  const unsettled = await findChangesToApprove(
    tx,
    steps.filter(({ before, after }) => before !== after).map(({ after }) => after),
  )
  const phonesToApprove = new Set(unsettled.filter(({ kind }) => kind === 'phone').map(({ subject }) => subject))
  const withPhone = new Set(unsettled.filter(({ kind }) => kind === 'phone').map(({ personId }) => personId))
  const withPlacement = new Set(unsettled.filter(({ kind }) => kind !== 'phone').map(({ personId }) => personId))
  const waiting: WithheldChange[] = []
  const withheld = steps.map(({ before, after }): HistoryStep => {
    const had = before?.phones ?? []
    const phones = withPhone.has(after.id)
      ? before
        ? had
        : after.phones.filter(({ phoneKey }) => !phonesToApprove.has(phoneKey))
      : [
          ...after.phones.filter(({ phoneKey }) => !phonesToApprove.has(phoneKey)),
          ...had.filter(({ phoneKey }) => phonesToApprove.has(phoneKey)),
        ]
    const placements = withPlacement.has(after.id) ? (before?.placements ?? []) : after.placements
    if (withPhone.has(after.id) || withPlacement.has(after.id)) {
      waiting.push({
        personId: after.id,
        wanted: wantedOf(before, after, withPhone.has(after.id), withPlacement.has(after.id)),
      })
    }
    return { before, after: { ...after, phones, placements } }
  })
  return { steps: withheld, waiting }
}

/** Returns the changes that a second person must confirm. */
function wantedOf(
  before: PersonHistory | undefined,
  after: PersonHistory,
  withPhones: boolean,
  withPlacements: boolean,
): WantedChange {
  const had = before?.phones ?? []
  const same = (one: { from: Temporal.Instant }, other: { from: Temporal.Instant }) => one.from.equals(other.from)
  const added = after.phones.filter((phone) => !had.some((one) => one.phoneKey === phone.phoneKey && same(one, phone)))
  const open = (phones: PersonHistory['phones']) =>
    new Set(phones.filter(({ to }) => to === null).map((one) => one.phoneKey))
  const ended = [...open(had)].filter((key) => !open(after.phones).has(key))
  const place = after.placements.findLast((one) => !before?.placements.some((other) => same(one, other)))
  const from = (withPhones ? added[0]?.from : place?.from) ?? after.employedFrom
  return {
    from: from.toString(),
    ...(withPhones && { add: added.map(({ phoneKey }) => phoneKey) }),
    ...(withPhones && ended.length > 0 && { end: ended }),
    ...(withPlacements && place && { unit: place.unitId, supervisor: place.supervisorId }),
  }
}
