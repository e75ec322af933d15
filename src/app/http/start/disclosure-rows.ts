import { listRecalls } from '#destruction/recalls.ts'
import { listAuthority } from '#use/disclosure/authority/read-authority.ts'
import { listPendingDisclosures } from '#use/disclosure/pending-disclosures.ts'
import { listReferrals } from '#use/disclosure/referrals.ts'
import { listResearch, type ListedResearch } from '#use/disclosure/research/read-research.ts'
import type { ResearchFacts, ResearchState } from '#use/disclosure/research/research-state.ts'
import type { WaitingRow, WaitingListViewer } from './waiting-row.ts'

/** Rows of those who prepare or decide disclosures: to prepare, check, decide, release or recall. */
export async function disclosureRows(viewer: WaitingListViewer): Promise<WaitingRow[]> {
  const { has, isQualityExpert } = viewer
  const rows: WaitingRow[] = []
  if (isQualityExpert || has('DECISION_MAKER')) rows.push(...(await research(viewer)))
  if (has('SECURITY', 'DECISION_MAKER')) rows.push(...(await authority(viewer)))
  if (isQualityExpert || has('SECURITY', 'DECISION_MAKER')) rows.push(...(await pending(viewer)))
  if (isQualityExpert) rows.push(...(await referrals(viewer, 'RESEARCH')))
  if (has('SECURITY')) rows.push(...(await referrals(viewer, 'AUTHORITY')))
  if (has('DECISION_MAKER')) rows.push(...(await recalls(viewer)))
  return rows
}

const preparationStates: ReadonlySet<ResearchState> = new Set<ResearchState>([
  'DRAFT',
  'ITEMS_SELECTED',
  'ANONYMISED',
  'CHECKED',
])

async function research(viewer: WaitingListViewer): Promise<WaitingRow[]> {
  const listed = await listResearch(viewer.desk.db, viewer.session, 'open')
  return 'refused' in listed ? [] : listed.flatMap((one) => rowsOfResearch(one, viewer))
}

function rowsOfResearch(one: ListedResearch, { session, has, isQualityExpert }: WaitingListViewer): WaitingRow[] {
  const { row, facts, state, waits } = one
  const { id, number: name } = row
  const isOwn = row.prepared_by === session.personId
  const itemRows = (kind: 'research-sent-back' | 'research-check', items: readonly number[]) =>
    items.map((item): WaitingRow => ({ kind, id, name, item, deadline: facts.deadline }))
  const rows: WaitingRow[] = [
    ...itemRows('research-sent-back', waits.sentBack),
    ...itemRows('research-check', isQualityExpert ? waits.toCheck : []),
  ]
  if (one.isOverdue) rows.push({ kind: 'research-overdue', id, name, deadline: overdueSince(facts), isDueNow: true })
  if (isOwn && preparationStates.has(state)) {
    rows.push({ kind: 'research-draft', id, name, since: row.created_at, deadline: facts.dueEnds })
  }
  if (has('DECISION_MAKER') && state === 'UNDERTAKING' && !isOwn) {
    rows.push({ kind: 'research-decide', id, name, since: row.undertaking_at ?? undefined })
  }
  if (has('DECISION_MAKER') && state === 'DECIDED') {
    rows.push({ kind: 'research-release', id, name, since: row.decided_at ?? undefined })
  }
  return rows
}

/** Returns the earliest deadline: the day on which all copies are due, or that of a recall. */
function overdueSince({ deadline, items }: ResearchFacts): Temporal.Instant {
  return items
    .flatMap(({ outcome, recallDueAt }) => (outcome === 'recalled' && recallDueAt ? [recallDueAt] : []))
    .reduce((one, other) => (Temporal.Instant.compare(other, one) < 0 ? other : one), deadline)
}

async function authority({ desk, session, has }: WaitingListViewer): Promise<WaitingRow[]> {
  const listed = await listAuthority(desk.db, session, 'open')
  if ('refused' in listed) return []
  return listed.flatMap(({ row, state, urgentAt: deadline, viewer }): WaitingRow[] => {
    const { id, number: name } = row
    if (has('SECURITY') && state === 'REQUEST') {
      return [{ kind: 'authority-assess', id, name, since: row.received_at, deadline }]
    }
    if (!has('DECISION_MAKER')) return []
    if (state === 'ASSESSED' && !viewer.isOwn) {
      return [{ kind: 'authority-decide', id, name, since: row.assessed_at ?? undefined, deadline }]
    }
    if (state === 'DECIDED') {
      return [{ kind: 'authority-release', id, name, since: row.decided_at ?? undefined, deadline }]
    }
    return []
  })
}

async function pending({ desk, session }: WaitingListViewer): Promise<WaitingRow[]> {
  const listed = await listPendingDisclosures(desk.db, session)
  if ('refused' in listed) return []
  return listed.items.map(({ disclosure: { kind, id, number }, endsAt }) => ({
    kind: 'pending-disclosure',
    ...{ about: kind, id, name: number, deadline: endsAt },
  }))
}

async function referrals({ desk, session }: WaitingListViewer, kind: 'RESEARCH' | 'AUTHORITY'): Promise<WaitingRow[]> {
  const listed = await listReferrals(desk.db, session, kind)
  if ('refused' in listed) return []
  return listed
    .filter(({ takenUp }) => !takenUp)
    .map(({ number, referredAt, dueAt }) => ({
      kind: 'referral',
      ...{ name: number, since: referredAt, deadline: dueAt },
    }))
}

async function recalls({ desk, session }: WaitingListViewer): Promise<WaitingRow[]> {
  const listed = await listRecalls(desk.db, session)
  if ('refused' in listed) return []
  return listed.recalls
    .filter((one) => !one.confirmed_at)
    .map((one) => ({
      kind: 'recall',
      ...{ name: one.disclosure, since: one.recalled_at, deadline: one.due_at },
    }))
}
