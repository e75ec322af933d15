/** Drafts for a viewer, with what the viewer may do. */
import type { InferResult } from 'kysely'
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

/** Refusals of the database functions that decide on a draft (SQLSTATE SE001). */
export const decideRefusals = [
  'deny.role',
  'draft.own',
  'draft.outdated',
  'draft.not-future',
  'draft.notice',
  'draft.pending-rights',
  'draft.pending-disclosures',
  'draft.changed-meanwhile',
  'draft.problems',
  'confirm.passkey',
  'confirm.fresh',
] as const
export type DraftRefusalCode = (typeof decideRefusals)[number] | 'not-found' | 'draft.not-editable'

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

/** Returns true if a draft can still become a version. */
export function isOpen({ state }: Pick<Draft, 'state'>): boolean {
  return state === 'DRAFT' || state === 'SUBMITTED'
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
  return tx
    .selectFrom('description_draft')
    .select(['id', 'revision', 'based_on as basedOn', 'state', 'author', 'reason', 'effective_from as effectiveFrom'])
    .select([
      'changed_at as changedAt',
      'submitted_at as submittedAt',
      'decided_by',
      'decided_at',
      'decision_note',
      'text',
    ])
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
  { decided_by: by, decided_at: at, decision_note: note, ...draft }: InferResult<ReturnType<typeof draftRows>>[number],
  newest: number,
  viewer: Viewer,
): Draft {
  const { state, author } = draft
  const isOwn = author === viewer.personId
  return {
    ...draft,
    newest,
    ...(by && at && { decision: { by, at, note } }),
    mayEdit: isOpen(draft) && isOwn && viewer.drafts !== undefined,
    mayDecide: state === 'SUBMITTED' && !isOwn && decidingRight(viewer.rights) !== undefined,
  }
}
