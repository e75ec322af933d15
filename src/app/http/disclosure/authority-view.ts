import type { PersonOf } from '#safeguards/people/name-people.ts'
import type { Provision } from '#description/register-description.ts'
import type { AuthorityDisclosure, AuthorityItemRow } from '#use/disclosure/authority/read-authority.ts'
import type { PackageRow } from '#use/disclosure/packages/list-packages.ts'
import type { AuthorityDetail, AuthoritySummary } from '../contract/authority.ts'
import type { JsonForm } from '../to-json.ts'
import { viewPackage } from './package-view.ts'

export interface AuthorityViewContext {
  person: PersonOf
  /** Statutory provisions in the description in force. */
  provisions: readonly Provision[]
  packages: readonly PackageRow[]
}

/** Returns the ids of all people in a disclosure. */
export function peopleOf({ row }: AuthorityDisclosure): (string | null)[] {
  return [row.entered_by, row.assessed_by, row.decided_by]
}

export function viewAuthoritySummary(
  { row, items, state, urgentAt }: AuthorityDisclosure,
  person: PersonOf,
): JsonForm<AuthoritySummary> {
  return {
    ...row,
    caseNumber: row.case_number,
    state,
    receivedAt: row.received_at,
    items: items.length,
    urgentAt,
    enteredBy: person(row.entered_by),
  }
}

export function viewAuthority(one: AuthorityDisclosure, context: AuthorityViewContext): JsonForm<AuthorityDetail> {
  const { row, items, state, lacks, isProvisionInForce, viewer } = one
  const { person, provisions, packages } = context
  const { provision_id: id, assessment, assessed_by, assessed_at, outcome, decided_by, decided_at } = row
  const isUndecided = outcome === null
  return {
    ...viewAuthoritySummary(one, person),
    officer: row.officer,
    aim: row.aim,
    provision: id === null ? null : { id, names: namesOf(id, provisions), isInForce: isProvisionInForce },
    itemList: items.map(viewItem),
    lacks,
    assessment:
      assessment !== null && assessed_by !== null && assessed_at
        ? { text: assessment, by: person(assessed_by), at: assessed_at }
        : null,
    decision:
      outcome !== null && decided_by !== null && decided_at
        ? { outcome, reasons: row.reasons ?? '', by: person(decided_by), at: decided_at }
        : null,
    packages: packages.map((each) => viewPackage(each, person)),
    seen: one.seen,
    closedAt: row.closed_at,
    unreleasedBecause: row.unreleased_because,
    may: {
      prepare: viewer.isPreparing && isUndecided,
      decide: viewer.isDeciding && isUndecided && !viewer.isOwn,
      release: viewer.isDeciding && !viewer.isOwn && (state === 'DECIDED' || state === 'RELEASED'),
      close: viewer.isDeciding && !isUndecided && state !== 'CLOSED' && !packages.some(isCurrent),
    },
  }
}

/** Returns the names of a provision; if it is no longer in the description, its id. */
function namesOf(provision: string, provisions: readonly Provision[]) {
  return provisions.find(({ id }) => id === provision)?.names ?? { fi: provision, sv: provision, en: provision }
}

/** Returns true if a package is ready for download or in preparation. */
function isCurrent({ state }: PackageRow): boolean {
  return state === 'making' || state === 'ready'
}

function viewItem({ contact_id, recording_id, destroy_at, ...item }: AuthorityItemRow) {
  const destroyAt = item.state === 'destroyed' ? null : destroy_at
  return { ...item, contactId: contact_id, recordingId: recording_id, destroyAt }
}
