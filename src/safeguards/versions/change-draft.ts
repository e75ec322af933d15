/**
 * Drafts of the next version (R14), edited by their authors: the administrator and the quality expert, as the description
 * allows. The database enforces the same (database/functions/description/versions.sql).
 */
import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { isAfter } from '#platform/clock/instants.ts'
import { effectsOfChange } from '#description/changes/effects-of-change.ts'
import { EditFault, editDescription, type TextEdit } from '#description/edit/edit-description.ts'
import { settleDraft } from '#description/edit/settle-draft.ts'
import { termZone } from '#description/terms.ts'
import type { AuditAction } from '../audit/append.ts'
import type { Session } from '../people/session.ts'
import type { DraftState, SafeguardsDatabase, Tx } from '../tables.ts'
import {
  withViewer,
  denied,
  draftingRight,
  findDraft,
  newestVersion,
  trace,
  type Draft,
  type DraftRefusal,
  type Viewer,
} from './draft.ts'
import { judgeText } from './judge-draft.ts'
import { historyUpTo } from './versions.ts'

export interface DraftChange {
  /** The revision that was edited. */
  revision: number
  /** A new text; edits are applied to it. */
  text?: string | undefined
  edits?: readonly TextEdit[] | undefined
  reason?: string | undefined
  effectiveFrom?: Temporal.Instant | undefined
}

/** Begins a draft with the text of the newest version. */
export function startDraft(
  database: SafeguardsDatabase,
  session: Session,
  now: Temporal.Instant,
): Promise<Draft | DraftRefusal> {
  return withViewer(database, session, now, async (tx, viewer) => {
    const right = draftingRight(viewer.rights)
    if (!right) return denied(tx, viewer, 'description.drafted')
    const newest = await newestVersion(tx)
    const id = randomUUID()
    await tx
      .insertInto('description_draft')
      .values({
        id,
        based_on: newest.version,
        text: await fillInHead(tx, viewer, newest.text, newest.version, null),
        author: viewer.personId,
      })
      .execute()
    await trace(tx, viewer, right, 'description.drafted', id, { basedOn: newest.version })
    return findDraft(tx, viewer, id)
  })
}

/** Changes one's own draft; refused if it has a newer revision (another window). */
export function changeDraft(
  database: SafeguardsDatabase,
  session: Session,
  id: string,
  change: DraftChange,
  now: Temporal.Instant,
): Promise<Draft | DraftRefusal> {
  return withViewer(database, session, now, async (tx, viewer) => {
    const draft = await findOwnDraft(tx, viewer, id, 'DRAFT', 'description.drafted')
    if ('refused' in draft) return draft
    if (draft.revision !== change.revision) return { refused: 'draft.changed-meanwhile' }
    const effectiveFrom = change.effectiveFrom ?? draft.effectiveFrom
    const written = edit(change.text ?? draft.text, change.edits ?? [])
    if (typeof written !== 'string') return written
    const text = await fillInHead(tx, viewer, written, draft.basedOn, effectiveFrom)
    const changed = await write(tx, draft, {
      text,
      effective_from: effectiveFrom,
      ...(change.reason !== undefined && { reason: change.reason }),
    })
    return changed ? findDraft(tx, viewer, id) : { refused: 'draft.changed-meanwhile' }
  })
}

/** Submits a draft: without problems, based on the newest version, for an instant within a year. */
export function submitDraft(
  database: SafeguardsDatabase,
  session: Session,
  id: string,
  revision: number,
  now: Temporal.Instant,
): Promise<Draft | DraftRefusal> {
  return withViewer(database, session, now, async (tx, viewer) => {
    const draft = await findOwnDraft(tx, viewer, id, 'DRAFT', 'description.submitted')
    if ('refused' in draft) return draft
    if (draft.revision !== revision) return { refused: 'draft.changed-meanwhile' }
    const newest = await newestVersion(tx)
    if (newest.version !== draft.basedOn) return { refused: 'draft.outdated' }
    const from = draft.effectiveFrom
    if (!from || !isAfter(from, now) || !isAfter(from, newest.effective_from) || isAfter(from, yearAfter(now))) {
      return { refused: 'draft.not-future' }
    }
    const text = await fillInHead(tx, viewer, draft.text, draft.basedOn, from)
    const history = await historyUpTo(tx, draft.basedOn)
    const { problems, description } = judgeText(text, history)
    if (problems.length > 0 || !description) return { refused: 'draft.problems', problems }
    if (!(await write(tx, draft, { text, state: 'SUBMITTED' }))) return { refused: 'draft.changed-meanwhile' }
    // The Service Unit decides about open requests that the draft affects.
    const effects = effectsOfChange(history.at(-1)!, description)
    await sql`select record_reach(${id}::uuid, ${JSON.stringify(effects)}::jsonb)`.execute(tx)
    await trace(tx, viewer, viewer.drafts, 'description.submitted', id, { basedOn: draft.basedOn })
    return findDraft(tx, viewer, id)
  })
}

/** Returns a submitted draft to its author for changes; the submitted revision can no longer be approved. */
export function reopenDraft(
  database: SafeguardsDatabase,
  session: Session,
  id: string,
  now: Temporal.Instant,
): Promise<Draft | DraftRefusal> {
  return moveDraft(database, session, id, now, { from: 'SUBMITTED', to: 'DRAFT', action: 'description.taken-back' })
}

/** Withdraws a draft: its author abandons it. */
export function withdrawDraft(
  database: SafeguardsDatabase,
  session: Session,
  id: string,
  now: Temporal.Instant,
): Promise<Draft | DraftRefusal> {
  return moveDraft(database, session, id, now, { from: 'any', to: 'WITHDRAWN', action: 'description.withdrawn' })
}

/** Changes the state only. */
function moveDraft(
  database: SafeguardsDatabase,
  session: Session,
  id: string,
  now: Temporal.Instant,
  { from, to, action }: { from: 'SUBMITTED' | 'any'; to: DraftState; action: AuditAction },
): Promise<Draft | DraftRefusal> {
  return withViewer(database, session, now, async (tx, viewer) => {
    const draft = await findOwnDraft(tx, viewer, id, from, action)
    if ('refused' in draft) return draft
    if (!(await write(tx, draft, { state: to }))) return { refused: 'draft.changed-meanwhile' }
    await trace(tx, viewer, viewer.drafts, action, id)
    return findDraft(tx, viewer, id)
  })
}

/** Returns the viewer's own draft if it is in the required state. */
async function findOwnDraft(
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

/** Returns false if the draft has changed since it was read. */
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

/** Fills in the head, and the versions of changed rules. */
async function fillInHead(
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

/** Returns the latest instant that a draft may have: with a later one no version could come into force before it. */
function yearAfter(now: Temporal.Instant): Temporal.Instant {
  return now.toZonedDateTimeISO('UTC').add({ years: 1 }).toInstant()
}
