/**
 * Drafts of the next version (R14). In: a session and what its person writes. Out: drafts as they stand, or why not.
 * Who may is the description's to say: the administrator and the quality expert draft, nobody changes another's draft.
 * The database holds all of it too (database/functions/description/versions.sql), so a mistake here lets nothing through. Never here: a decision on
 * a draft (decide.ts), or an instant that has passed.
 */
import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { reachOfChange } from '#description/changes/reach-of-change.ts'
import { EditFault, editDescription, type TextEdit } from '#description/edit/edit-description.ts'
import { settleDraft } from '#description/edit/settle-draft.ts'
import { termZone } from '#description/terms.ts'
import type { AuditAction } from '../audit/append.ts'
import type { Session } from '../people/session.ts'
import type { DraftState, HoldingSafeguards } from '../tables.ts'
import {
  asViewer,
  denied,
  draftingRight,
  findDraft,
  newestVersion,
  trace,
  type Draft,
  type DraftRefusal,
  type Tx,
  type Viewer,
} from './draft.ts'
import { judgeText } from './judge-draft.ts'
import { historyUpTo } from './versions.ts'

export interface DraftChange {
  /** The revision that was changed. */
  revision: number
  /** A whole new text; then the edits are made in it. */
  text?: string | undefined
  edits?: readonly TextEdit[] | undefined
  reason?: string | undefined
  effectiveFrom?: Temporal.Instant | undefined
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
        author: viewer.personId,
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
    const written = edit(change.text ?? draft.text, change.edits ?? [])
    if (typeof written !== 'string') return written
    const text = await settle(tx, viewer, written, draft.basedOn, effectiveFrom)
    const changed = await write(tx, draft, {
      text,
      effective_from: effectiveFrom,
      ...(change.reason !== undefined && { reason: change.reason }),
    })
    return changed ? findDraft(tx, viewer, id) : { refused: 'draft.changed-meanwhile' }
  })
}

/** Submits a draft as it is: without problems, on the newest version, for an instant within the year ahead. */
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
    if (!from || !isAfter(from, now) || !isAfter(from, newest.effective_from) || isAfter(from, yearAfter(now))) {
      return { refused: 'draft.not-future' }
    }
    const text = await settle(tx, viewer, draft.text, draft.basedOn, from)
    const history = await historyUpTo(tx, draft.basedOn)
    const { problems, description } = judgeText(text, history)
    if (problems.length > 0 || !description) return { refused: 'draft.problems', problems }
    if (!(await write(tx, draft, { text, state: 'SUBMITTED' }))) return { refused: 'draft.changed-meanwhile' }
    // The Service Unit decides on what it reaches of its open requests.
    const reach = reachOfChange(history.at(-1)!, description)
    await sql`select note_reach(${id}::uuid, ${JSON.stringify(reach)}::jsonb)`.execute(tx)
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
  return moveDraft(holding, session, id, now, { from: 'SUBMITTED', to: 'DRAFT', action: 'description.taken-back' })
}

/** Gives a draft up. */
export function withdrawDraft(
  holding: HoldingSafeguards,
  session: Session,
  id: string,
  now: Temporal.Instant,
): Promise<Draft | DraftRefusal> {
  return moveDraft(holding, session, id, now, { from: 'any', to: 'WITHDRAWN', action: 'description.withdrawn' })
}

/** Another state, and nothing else. */
function moveDraft(
  holding: HoldingSafeguards,
  session: Session,
  id: string,
  now: Temporal.Instant,
  { from, to, action }: { from: 'SUBMITTED' | 'any'; to: DraftState; action: AuditAction },
): Promise<Draft | DraftRefusal> {
  return asViewer(holding, session, now, async (tx, viewer) => {
    const draft = await editable(tx, viewer, id, from, action)
    if ('refused' in draft) return draft
    if (!(await write(tx, draft, { state: to }))) return { refused: 'draft.changed-meanwhile' }
    await trace(tx, viewer, viewer.drafts, action, id)
    return findDraft(tx, viewer, id)
  })
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

function edit(text: string, edits: readonly TextEdit[]): string | DraftRefusal {
  try {
    return editDescription(text, edits)
  } catch (error) {
    if (error instanceof EditFault) return { refused: 'draft.problems', problems: [error.problem] }
    throw error
  }
}

/** Writes what the procedure writes itself: the head, and the versions of changed rules. */
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
  const decidedOn = viewer.now.toZonedDateTimeISO(termZone).toPlainDate()
  return settleDraft(text, await historyUpTo(tx, basedOn), {
    version: basedOn + 1,
    ...(effectiveFrom && { effectiveFrom }),
    decision: { author, decidedOn },
  })
}

/** No version may be planned further ahead: none could come into force before it. */
function yearAfter(now: Temporal.Instant): Temporal.Instant {
  return now.toZonedDateTimeISO('UTC').add({ years: 1 }).toInstant()
}

function isAfter(a: Temporal.Instant, b: Temporal.Instant): boolean {
  return Temporal.Instant.compare(a, b) > 0
}
