/** Drafts for a viewer, with what the viewer may do. */
import type { Problem } from '#description/problem.ts'
import { rightsOf, type Right } from '../access/grant.ts'
import { appendAudit, type AuditAction } from '../audit/append.ts'
import { type Session, asViewer } from '../people/session.ts'
import type { DraftState, SafeguardsDatabase, Tx } from '../tables.ts'

export interface Draft {
  id: string
  revision: number
  basedOn: number
  /** The newest version; the draft is outdated if it is based on another. */
  newest: number
  state: DraftState
  /** Person ids. */
  author: string
  reason: string
  effectiveFrom: Temporal.Instant | null
  changedAt: Temporal.Instant
  submittedAt: Temporal.Instant | null
  decision?: { by: string; at: Temporal.Instant; note: string | null }
  text: string
  /** True if the viewer may edit now. */
  mayEdit: boolean
  mayDecide: boolean
}

export type DraftRefusalCode =
  | 'not-found'
  | 'deny.role'
  | 'draft.own'
  | 'draft.outdated'
  | 'draft.not-future'
  | 'draft.notice'
  | 'draft.pending-rights'
  | 'draft.pending-disclosures'
  | 'draft.changed-meanwhile'
  | 'draft.problems'
  | 'draft.not-editable'
  | 'confirm.passkey'
  | 'confirm.fresh'

export interface DraftRefusal {
  refused: DraftRefusalCode
  /** With draft.problems: the problems. */
  problems?: readonly Problem[]
}

/** Returns the person's right to draft, of those in force. */
export function draftingRight(rights: readonly Right[]): Right | undefined {
  return rights.find(({ role, duty }) => role === 'ADMINISTRATOR' || (role === 'EXPERT' && duty === 'QUALITY'))
}

/** Returns the person's right to decide for the controller. */
export function decidingRight(rights: readonly Right[]): Right | undefined {
  return rights.find(({ role }) => role === 'DECISION_MAKER')
}

/** Lists all drafts, open ones first, then by last change. */
export function listDrafts(
  database: SafeguardsDatabase,
  session: Session,
  now: Temporal.Instant,
): Promise<{ drafts: Draft[]; mayDraft: boolean }> {
  return withViewer(database, session, now, async (tx, viewer) => {
    const rows = await draftRows(tx).orderBy('changed_at', 'desc').limit(maxListed).execute()
    const newest = await newestVersion(tx)
    const drafts = rows.map((row) => viewDraft(row, newest.version, viewer))
    const isOpen = ({ state }: Draft) => state === 'DRAFT' || state === 'SUBMITTED'
    return {
      drafts: [...drafts.filter(isOpen), ...drafts.filter((draft) => !isOpen(draft))],
      mayDraft: draftingRight(viewer.rights) !== undefined,
    }
  })
}

/** Returns a draft; everyone signed in may read it. */
export function readDraft(
  database: SafeguardsDatabase,
  session: Session,
  id: string,
  now: Temporal.Instant,
): Promise<Draft | DraftRefusal> {
  return withViewer(database, session, now, (tx, viewer) => findDraft(tx, viewer, id))
}

const maxListed = 200

export interface Viewer {
  personId: string
  rights: Right[]
  /** The right to draft. */
  drafts: Right | undefined
  now: Temporal.Instant
}

/** Runs work in one transaction in the name of the session’s person, with their rights. */
export async function withViewer<Result>(
  database: SafeguardsDatabase,
  session: Session,
  now: Temporal.Instant,
  work: (tx: Tx, viewer: Viewer) => Promise<Result>,
): Promise<Result> {
  return asViewer(database, session, async (tx) => {
    const rights = await rightsOf(tx, session.personId, now)
    return work(tx, { personId: session.personId, rights, drafts: draftingRight(rights), now })
  })
}

/** Finds a draft for a viewer. */
export async function findDraft(tx: Tx, viewer: Viewer, id: string): Promise<Draft | { refused: 'not-found' }> {
  const row = await draftRows(tx).where('id', '=', id).executeTakeFirst()
  if (!row) return { refused: 'not-found' }
  return viewDraft(row, (await newestVersion(tx)).version, viewer)
}

/** Logs an act on a draft in its transaction. */
export async function trace(
  tx: Tx,
  viewer: Viewer,
  right: Right | undefined,
  action: AuditAction,
  id: string,
  detail: Record<string, string | number> = {},
): Promise<void> {
  await appendAudit(tx, {
    action,
    result: 'ok',
    personId: viewer.personId,
    rightId: right?.id,
    role: right?.role,
    object: { kind: 'draft', id },
    detail,
  })
}

/** Refuses and logs a missing role. */
export async function denied(tx: Tx, viewer: Viewer, action: AuditAction, id?: string): Promise<DraftRefusal> {
  await appendAudit(tx, {
    action,
    result: 'refused:deny.role',
    personId: viewer.personId,
    object: { kind: 'draft', ...(id !== undefined && { id }) },
  })
  return { refused: 'deny.role' }
}

function draftRows(tx: Tx) {
  return tx.selectFrom('description_draft').selectAll()
}

/** Returns the newest version, on which a new draft is based. */
export async function newestVersion(tx: Tx) {
  return tx
    .selectFrom('description_version')
    .select(['version', 'text', 'effective_from'])
    .orderBy('version', 'desc')
    .limit(1)
    .executeTakeFirstOrThrow()
}

function viewDraft(
  row: Awaited<ReturnType<ReturnType<typeof draftRows>['executeTakeFirstOrThrow']>>,
  newest: number,
  viewer: Viewer,
): Draft {
  const isOpen = row.state === 'DRAFT' || row.state === 'SUBMITTED'
  return {
    id: row.id,
    revision: row.revision,
    basedOn: row.based_on,
    newest,
    state: row.state,
    author: row.author,
    reason: row.reason,
    effectiveFrom: row.effective_from,
    changedAt: row.changed_at,
    submittedAt: row.submitted_at,
    ...(row.decided_by &&
      row.decided_at && { decision: { by: row.decided_by, at: row.decided_at, note: row.decision_note } }),
    text: row.text,
    mayEdit: isOpen && row.author === viewer.personId && viewer.drafts !== undefined,
    mayDecide:
      row.state === 'SUBMITTED' && row.author !== viewer.personId && decidingRight(viewer.rights) !== undefined,
  }
}
