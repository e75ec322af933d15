import type { Provision } from '#description/register-description.ts'
import type { AuthorityDisclosure, AuthorityItemRow } from '#use/disclosure/authority/read-authority.ts'
import type { PackageRow } from '#use/disclosure/packages/list-packages.ts'
import type { AuthorityDetail, AuthoritySummary } from '../contract/authority.ts'
import { viewPackage } from './package-view.ts'

export interface AuthoritySeen {
  names: ReadonlyMap<string, string>
  /** Of the description in force. */
  provisions: readonly Provision[]
  packages: readonly PackageRow[]
}

/** Everybody a view of it names. */
export function peopleOf({ row }: AuthorityDisclosure): string[] {
  return [row.entered_by, row.assessed_by, row.decided_by].flatMap((id) => (id ? [id] : []))
}

export function viewAuthoritySummary(
  { row, items, state, urgentAt }: AuthorityDisclosure,
  names: ReadonlyMap<string, string>,
): AuthoritySummary {
  return {
    id: row.id,
    number: row.number,
    origin: row.origin,
    authority: row.authority,
    caseNumber: row.case_number,
    state,
    receivedAt: row.received_at.toString(),
    items: items.length,
    ...(urgentAt && { urgentAt: urgentAt.toString() }),
    enteredBy: { id: row.entered_by, name: names.get(row.entered_by) ?? row.entered_by },
  }
}

export function viewAuthority(one: AuthorityDisclosure, seen: AuthoritySeen): AuthorityDetail {
  const { row, items, state, lacks, isProvisionInForce, viewer } = one
  const { names, provisions, packages } = seen
  const person = (id: string) => ({ id, name: names.get(id) ?? id })
  const provision = provisions.find(({ id }) => id === row.provision_id)
  const isUndecided = row.outcome === null
  return {
    ...viewAuthoritySummary(one, names),
    officer: row.officer,
    aim: row.aim,
    ...(row.provision_id !== null && {
      provision: {
        id: row.provision_id,
        // One that the description has no more is told by its id.
        names: provision?.names ?? { fi: row.provision_id, sv: row.provision_id, en: row.provision_id },
        isInForce: isProvisionInForce,
      },
    }),
    itemList: items.map(viewItem),
    lacks,
    ...(row.assessment !== null &&
      row.assessed_by !== null &&
      row.assessed_at && {
        assessment: { text: row.assessment, by: person(row.assessed_by), at: row.assessed_at.toString() },
      }),
    ...(row.outcome !== null &&
      row.decided_by !== null &&
      row.decided_at && {
        decision: {
          outcome: row.outcome,
          reasons: row.reasons ?? '',
          by: person(row.decided_by),
          at: row.decided_at.toString(),
        },
      }),
    packages: packages.map((each) => viewPackage(each, names)),
    seen: one.seen,
    ...(row.closed_at && { closedAt: row.closed_at.toString() }),
    ...(row.unreleased_because !== null && { unreleasedBecause: row.unreleased_because }),
    may: {
      prepare: viewer.isPreparing && isUndecided,
      decide: viewer.isDeciding && isUndecided && !viewer.isOwn,
      release: viewer.isDeciding && !viewer.isOwn && (state === 'DECIDED' || state === 'RELEASED'),
      close: viewer.isDeciding && !isUndecided && state !== 'CLOSED' && !packages.some(lies),
    },
  }
}

/** It is there to be fetched, or will be. */
function lies({ state }: PackageRow): boolean {
  return state === 'making' || state === 'ready'
}

function viewItem({ item, contact_id, recording_id, what, destroy_at, state, granted }: AuthorityItemRow) {
  return {
    item,
    what,
    state,
    ...(contact_id !== null && { contactId: contact_id }),
    ...(recording_id !== null && { recordingId: recording_id }),
    ...(destroy_at && state !== 'destroyed' && { destroyAt: destroy_at.toString() }),
    ...(granted !== null && { granted }),
  }
}
