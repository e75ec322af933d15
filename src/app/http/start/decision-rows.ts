import { listReview, listRequests, readRightsOf, type RightRecord } from '#safeguards/access/read-procedure.ts'
import { listDirectoryChanges } from '#safeguards/people/directory-changes.ts'
import { listFactorRemovals } from '#safeguards/sign-in/factor-removals.ts'
import { listDrafts } from '#safeguards/versions/draft.ts'
import type { WaitingRow, WaitingListViewer } from './waiting-row.ts'

/** Drafts of the description, rights and changes of accounts: those that the viewer may decide, and the viewer's own. */
export async function decisionRows(viewer: WaitingListViewer): Promise<WaitingRow[]> {
  return [
    ...(await drafts(viewer)),
    ...(await rightsToDecide(viewer)),
    ...(await review(viewer)),
    ...(await endingRights(viewer)),
    ...(await accountChanges(viewer)),
  ]
}

async function drafts({ desk, session, now, has, isQualityExpert }: WaitingListViewer): Promise<WaitingRow[]> {
  if (!has('ADMINISTRATOR', 'DECISION_MAKER') && !isQualityExpert) return []
  const listed = await listDrafts(desk.db, session, now)
  return listed.drafts.flatMap((draft): WaitingRow[] => {
    const { id, state, mayDecide, mayEdit, submittedAt, changedAt, effectiveFrom } = draft
    const fields = { id, name: String(draft.basedOn + 1), deadline: effectiveFrom ?? undefined }
    if (mayDecide) return [{ kind: 'draft-decide', ...fields, since: submittedAt ?? changedAt }]
    return mayEdit && state === 'DRAFT' ? [{ kind: 'draft-own', ...fields, since: changedAt }] : []
  })
}

async function rightsToDecide({ desk, session, has }: WaitingListViewer): Promise<WaitingRow[]> {
  if (!has('ACCESS_APPROVER')) return []
  const listed = await listRequests(desk.db, session, 'open')
  return listed
    .filter(({ mayDecide }) => mayDecide)
    .map(({ role, requestedAt }) => ({ kind: 'right-decide', about: role, since: requestedAt }))
}

/** Rights not reviewed in their quarter. Supervisors see those of their unit. */
async function review({ desk, session, now, has }: WaitingListViewer): Promise<WaitingRow[]> {
  if (!has('ACCESS_APPROVER', 'SUPERVISOR')) return []
  const found = await listReview(desk.db, session, now)
  if ('refused' in found || found.overdue === 0) return []
  return [{ kind: 'right-review', count: found.overdue, isDueNow: true }]
}

const endingDays = 30

/** The viewer's own rights that end within thirty days and are not renewed. */
async function endingRights({ desk, session, rights, now }: WaitingListViewer): Promise<WaitingRow[]> {
  const limit = now.add({ hours: 24 * endingDays })
  const isNear = (until: Temporal.Instant | null | undefined) => !!until && Temporal.Instant.compare(until, limit) <= 0
  if (!rights.some(({ until }) => isNear(until))) return []
  const found = await readRightsOf(desk.db, session, session.personId, now)
  if ('refused' in found) return []
  return found.rights
    .filter((right) => right.state === 'active' && isNear(right.until) && !isRenewed(right, found.rights))
    .map(({ id, role, until }) => ({ kind: 'right-ending', about: role, id, deadline: until ?? undefined }))
}

function isRenewed({ role, duty, until }: RightRecord, all: readonly RightRecord[]): boolean {
  return all.some(
    (other) =>
      (other.state === 'active' || other.state === 'upcoming') &&
      other.role === role &&
      other.duty === duty &&
      until !== null &&
      (other.until === null || Temporal.Instant.compare(other.until, until) > 0) &&
      Temporal.Instant.compare(other.from, until) <= 0,
  )
}

/** One-time links, directory changes and removals of a second factor that this person may decide on. */
async function accountChanges({ desk, session, has }: WaitingListViewer): Promise<WaitingRow[]> {
  if (!has('ACCESS_APPROVER', 'ADMINISTRATOR')) return []
  const mayDecide = ({ askedBy, personId }: { askedBy: string; personId: string }) =>
    askedBy !== session.personId && personId !== session.personId
  const changes = await listDirectoryChanges(desk.db, session)
  const removals = has('ACCESS_APPROVER') ? await listFactorRemovals(desk.db, session) : []
  return [
    ...changes.filter(mayDecide).map(({ askedAt }): WaitingRow => ({ kind: 'directory-change', since: askedAt })),
    ...removals.filter(mayDecide).map(({ askedAt }): WaitingRow => ({ kind: 'factor-removal', since: askedAt })),
  ]
}
