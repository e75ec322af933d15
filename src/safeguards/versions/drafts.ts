/**
 * Drafts of the next version (R14). In: a session and what its person writes. Out: drafts as they stand, or why not.
 * Who may is the description's to say: the administrator and the quality expert draft, nobody changes another's draft.
 * The database holds all of it too (migration 0002), so a mistake here lets nothing through. Never here: a decision on
 * a draft (decide.ts), or an instant that has passed.
 */
import { randomUUID } from 'node:crypto'
import type { Kysely, Transaction } from 'kysely'
import { inSession } from '#platform/database/connect.ts'
import { termZone } from '#description/terms.ts'
import { rightsOf, type Right } from '../access/grant.ts'
import { appendAudit, type AuditAction } from '../audit/append.ts'
import type { Session } from '../people/session.ts'
import { safeguardsOf, type DraftState, type HoldingSafeguards, type SafeguardTables } from '../tables.ts'
import { judgeDraft, type JudgedDraft } from './judge-draft.ts'
import { settleHead } from './settle-head.ts'
import { readText } from './versions.ts'

export interface Draft {
  id: string
  revision: number
  basedOn: number
  /** The newest version; the draft is outdated where that is not the one it is based on. */
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
  /** What the viewer may do with it now. */
  mayEdit: boolean
  mayDecide: boolean
}

export type DraftRefusalCode =
  | 'not-found'
  | 'deny.role'
  | 'draft.own'
  | 'draft.outdated'
  | 'draft.not-future'
  | 'draft.changed-meanwhile'
  | 'draft.problems'
  | 'draft.not-editable'

export interface DraftRefusal {
  refused: DraftRefusalCode
  /** With draft.problems: what is wrong. */
  problems?: JudgedDraft['problems']
}

export interface DraftChange {
  /** The revision that was changed. */
  revision: number
  /** Gives the new text for the old one; the same where the text stays. */
  text?: (old: string) => string
  reason?: string | undefined
  effectiveFrom?: Temporal.Instant | undefined
}

type Tx = Transaction<SafeguardTables>

/** The right on which a person drafts, of those in force. */
export function draftingRight(rights: readonly Right[]): Right | undefined {
  return rights.find(({ role, duty }) => role === 'ADMINISTRATOR' || (role === 'EXPERT' && duty === 'QUALITY'))
}

/** The right on which a person decides for the controller. */
export function decidingRight(rights: readonly Right[]): Right | undefined {
  return rights.find(({ role }) => role === 'DECISION_MAKER')
}

/** Every draft the procedure has seen, open ones first, then the last changed. */
export function listDrafts(
  holding: HoldingSafeguards,
  session: Session,
  now: Temporal.Instant,
): Promise<{ drafts: Draft[]; mayDraft: boolean }> {
  return asViewer(holding, session, now, async (tx, viewer) => {
    const rows = await draftRows(tx).orderBy('changed_at', 'desc').limit(mostListed).execute()
    const newest = await newestVersion(tx)
    const drafts = rows.map((row) => viewDraft(row, newest.version, viewer))
    const isOpen = ({ state }: Draft) => state === 'DRAFT' || state === 'SUBMITTED'
    return {
      drafts: [...drafts.filter(isOpen), ...drafts.filter((draft) => !isOpen(draft))],
      mayDraft: draftingRight(viewer.rights) !== undefined,
    }
  })
}

/** One draft; everyone signed in may read it. */
export function readDraft(
  holding: HoldingSafeguards,
  session: Session,
  id: string,
  now: Temporal.Instant,
): Promise<Draft | DraftRefusal> {
  return asViewer(holding, session, now, (tx, viewer) => findDraft(tx, viewer, id))
}

/** Begins a draft with the text of the newest version. */
export function startDraft(
  holding: HoldingSafeguards,
  session: Session,
  now: Temporal.Instant,
): Promise<Draft | DraftRefusal> {
  return asViewer(holding, session, now, async (tx, viewer) => {
    const right = draftingRight(viewer.rights)
    if (!right) return denied(tx, viewer, 'description.drafted')
    const newest = await newestVersion(tx)
    const id = randomUUID()
    await tx
      .insertInto('description_draft')
      .values({
        id,
        based_on: newest.version,
        text: await settle(tx, viewer, newest.text, newest.version, null),
        effective_from: null,
        author: viewer.personId,
        submitted_at: null,
        decided_by: null,
        decided_at: null,
        decision_note: null,
      })
      .execute()
    await trace(tx, viewer, right, 'description.drafted', id, { basedOn: newest.version })
    return findDraft(tx, viewer, id)
  })
}

/** Changes a draft of one's own; refused where somebody (another window) changed it since that revision. */
export function changeDraft(
  holding: HoldingSafeguards,
  session: Session,
  id: string,
  change: DraftChange,
  now: Temporal.Instant,
): Promise<Draft | DraftRefusal> {
  return asViewer(holding, session, now, async (tx, viewer) => {
    const draft = await editable(tx, viewer, id, 'DRAFT', 'description.drafted')
    if ('refused' in draft) return draft
    if (draft.revision !== change.revision) return { refused: 'draft.changed-meanwhile' }
    const effectiveFrom = change.effectiveFrom ?? draft.effectiveFrom
    const text = await settle(tx, viewer, change.text?.(draft.text) ?? draft.text, draft.basedOn, effectiveFrom)
    const changed = await write(tx, draft, {
      text,
      effective_from: effectiveFrom,
      ...(change.reason !== undefined && { reason: change.reason }),
    })
    return changed ? findDraft(tx, viewer, id) : { refused: 'draft.changed-meanwhile' }
  })
}

/** Submits a draft as it is: without problems, on the newest version, for an instant that lies ahead. */
export function submitDraft(
  holding: HoldingSafeguards,
  session: Session,
  id: string,
  revision: number,
  now: Temporal.Instant,
): Promise<Draft | DraftRefusal> {
  return asViewer(holding, session, now, async (tx, viewer) => {
    const draft = await editable(tx, viewer, id, 'DRAFT', 'description.submitted')
    if ('refused' in draft) return draft
    if (draft.revision !== revision) return { refused: 'draft.changed-meanwhile' }
    const newest = await newestVersion(tx)
    if (newest.version !== draft.basedOn) return { refused: 'draft.outdated' }
    const from = draft.effectiveFrom
    if (!from || !isAfter(from, now) || !isAfter(from, newest.effective_from)) return { refused: 'draft.not-future' }
    const text = await settle(tx, viewer, draft.text, draft.basedOn, from)
    const { problems } = judgeDraft(text, readText(newest.text, `version ${newest.version}`).description, now)
    if (problems.length > 0) return { refused: 'draft.problems', problems }
    if (!(await write(tx, draft, { text, state: 'SUBMITTED' }))) return { refused: 'draft.changed-meanwhile' }
    await trace(tx, viewer, viewer.drafts, 'description.submitted', id, { basedOn: draft.basedOn })
    return findDraft(tx, viewer, id)
  })
}

/** Takes a submitted draft back to change it; the revision that was submitted can be approved no more. */
export function takeBackDraft(
  holding: HoldingSafeguards,
  session: Session,
  id: string,
  now: Temporal.Instant,
): Promise<Draft | DraftRefusal> {
  return asViewer(holding, session, now, async (tx, viewer) => {
    const draft = await editable(tx, viewer, id, 'SUBMITTED', 'description.taken-back')
    if ('refused' in draft) return draft
    if (!(await write(tx, draft, { state: 'DRAFT' }))) return { refused: 'draft.changed-meanwhile' }
    await trace(tx, viewer, viewer.drafts, 'description.taken-back', id)
    return findDraft(tx, viewer, id)
  })
}

/** Gives a draft up. */
export function withdrawDraft(
  holding: HoldingSafeguards,
  session: Session,
  id: string,
  now: Temporal.Instant,
): Promise<Draft | DraftRefusal> {
  return asViewer(holding, session, now, async (tx, viewer) => {
    const draft = await editable(tx, viewer, id, 'any', 'description.withdrawn')
    if ('refused' in draft) return draft
    if (!(await write(tx, draft, { state: 'WITHDRAWN' }))) return { refused: 'draft.changed-meanwhile' }
    await trace(tx, viewer, viewer.drafts, 'description.withdrawn', id)
    return findDraft(tx, viewer, id)
  })
}

/** The draft's text judged; what is decided or withdrawn has no problems any more. */
export async function judge(holding: HoldingSafeguards, draft: Draft, now: Temporal.Instant): Promise<JudgedDraft> {
  const base = await safeguardsOf(holding)
    .selectFrom('description_version')
    .select('text')
    .where('version', '=', draft.basedOn)
    .executeTakeFirstOrThrow()
  const judged = judgeDraft(draft.text, readText(base.text, `version ${draft.basedOn}`).description, now)
  return draft.state === 'DRAFT' || draft.state === 'SUBMITTED' ? judged : { ...judged, problems: [] }
}

const mostListed = 200

export interface Viewer {
  personId: string
  rights: Right[]
  drafts: Right | undefined
  now: Temporal.Instant
}

/** Runs in one transaction in which the database knows the session. */
export async function asViewer<Result>(
  holding: HoldingSafeguards,
  session: Session,
  now: Temporal.Instant,
  work: (tx: Tx, viewer: Viewer) => Promise<Result>,
): Promise<Result> {
  return inSession(
    safeguardsOf(holding) as Kysely<SafeguardTables>,
    { 'seloste.session': session.token },
    async (tx) => {
      const rights = await rightsOf(tx, session.personId, now)
      return work(tx, { personId: session.personId, rights, drafts: draftingRight(rights), now })
    },
  )
}

/** A draft as its viewer finds it. */
export async function findDraft(tx: Tx, viewer: Viewer, id: string): Promise<Draft | { refused: 'not-found' }> {
  const row = await draftRows(tx).where('id', '=', id).executeTakeFirst()
  if (!row) return { refused: 'not-found' }
  return viewDraft(row, (await newestVersion(tx)).version, viewer)
}

/** Notes what was done with a draft, in the transaction that does it. */
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

/** Refuses for want of a role, and notes it. */
export async function denied(tx: Tx, viewer: Viewer, action: AuditAction, id?: string): Promise<DraftRefusal> {
  await appendAudit(tx, {
    action,
    result: 'refused:deny.role',
    personId: viewer.personId,
    object: { kind: 'draft', ...(id !== undefined && { id }) },
  })
  return { refused: 'deny.role' }
}

/** The viewer's own draft in the state that the change needs. */
async function editable(
  tx: Tx,
  viewer: Viewer,
  id: string,
  state: 'DRAFT' | 'SUBMITTED' | 'any',
  action: AuditAction,
): Promise<Draft | DraftRefusal> {
  const draft = await findDraft(tx, viewer, id)
  if ('refused' in draft) return draft
  if (!viewer.drafts) return denied(tx, viewer, action, id)
  if (!draft.mayEdit || (state !== 'any' && draft.state !== state)) return { refused: 'draft.not-editable' }
  return draft
}

/** False where the draft has changed since it was read. */
async function write(
  tx: Tx,
  { id, revision, state }: Draft,
  values: Partial<{ text: string; reason: string; effective_from: Temporal.Instant | null; state: DraftState }>,
): Promise<boolean> {
  const written = await tx
    .updateTable('description_draft')
    .set(values)
    .where('id', '=', id)
    .where('revision', '=', revision)
    .where('state', '=', state)
    .returning('id')
    .executeTakeFirst()
  return written !== undefined
}

function draftRows(tx: Tx) {
  return tx.selectFrom('description_draft').selectAll()
}

export async function newestVersion(tx: Tx) {
  return tx
    .selectFrom('description_version')
    .select(['version', 'text', 'effective_from'])
    .orderBy('version', 'desc')
    .limit(1)
    .executeTakeFirstOrThrow()
}

async function settle(
  tx: Tx,
  viewer: Viewer,
  text: string,
  basedOn: number,
  effectiveFrom: Temporal.Instant | null,
): Promise<string> {
  const { user_id: author } = await tx
    .selectFrom('person')
    .select('user_id')
    .where('id', '=', viewer.personId)
    .executeTakeFirstOrThrow()
  const today = viewer.now.toZonedDateTimeISO(termZone).toPlainDate()
  return settleHead(text, { version: basedOn + 1, effectiveFrom, author, today })
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

function isAfter(a: Temporal.Instant, b: Temporal.Instant): boolean {
  return Temporal.Instant.compare(a, b) > 0
}
