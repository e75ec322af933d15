/**
 * Decisions on drafts (R14) by the person who decides for the controller: a new version, or rejection. The author cannot
 * decide, and the database takes the version's text from the draft.
 */
import { sql } from 'kysely'
import { selectValue } from '#platform/database/select-value.ts'
import { appendAudit } from '../audit/append.ts'
import type { Session } from '../people/session.ts'
import type { SafeguardsDatabase, Tx } from '../tables.ts'
import {
  withViewer,
  decidingRight,
  findDraft,
  newestVersion,
  trace,
  type Draft,
  type DraftRefusal,
  type Viewer,
  decideRefusals,
} from './draft.ts'
import { judgeText } from './judge-draft.ts'
import { historyUpTo, readText, rolesForDatabase } from './versions.ts'
import { returnRefusal, RollBack, rolledBack } from '../access/database-request.ts'

export interface Decision {
  /** The revision that was read. */
  revision: number
  note?: string | undefined
}

/** Approves a submitted draft: it becomes the next version, in force from its instant on. */
export function approveDraft(
  database: SafeguardsDatabase,
  session: Session,
  id: string,
  { revision, note }: Decision,
  now: Temporal.Instant,
): Promise<Draft | DraftRefusal> {
  return decideDraft(database, session, id, now, 'description.approved', async (tx, viewer, draft) => {
    const newest = await newestVersion(tx)
    const history = await historyUpTo(tx, newest.version)
    const { problems, changes, description } = judgeText(draft.text, history)
    // The database's check comes first: people who may not decide learn nothing of the draft's problems.
    const roles = description ? rolesForDatabase(description) : '[]'
    const version = await selectValue(
      tx,
      sql<number>`approve_draft(${id}::uuid, ${revision}, ${JSON.stringify(changes)}::jsonb, ${roles}::jsonb, ${note ?? null})`,
    )
    // Approves the revision that was checked: the database may have waited for a later one.
    if (draft.revision !== revision) throw new RollBack({ refused: 'draft.changed-meanwhile' })
    if (problems.length > 0) throw new RollBack({ refused: 'draft.problems', problems })
    const stored = await tx
      .selectFrom('description_version')
      .select(['text', 'effective_from'])
      .where('version', '=', version)
      .executeTakeFirstOrThrow()
    const { description: approved, hash } = readText(stored.text, `version ${version}`)
    if (approved.version !== version || !approved.effectiveFrom.equals(stored.effective_from)) {
      throw new RollBack({ refused: 'draft.problems' })
    }
    await trace(tx, viewer, decidingRight(viewer.rights), 'description.approved', id, { version, hash, revision })
  })
}

/** Rejects a submitted draft; its author may begin another. */
export function rejectDraft(
  database: SafeguardsDatabase,
  session: Session,
  id: string,
  { revision, note }: Decision,
  now: Temporal.Instant,
): Promise<Draft | DraftRefusal> {
  return decideDraft(database, session, id, now, 'description.rejected', async (tx, viewer) => {
    await sql`select reject_draft(${id}::uuid, ${revision}, ${note ?? null})`.execute(tx)
    await trace(tx, viewer, decidingRight(viewer.rights), 'description.rejected', id, { revision })
  })
}

/** Returns the draft after the decision. A refusal is logged and changes nothing else. */
async function decideDraft(
  database: SafeguardsDatabase,
  session: Session,
  id: string,
  now: Temporal.Instant,
  action: 'description.approved' | 'description.rejected',
  decide: (tx: Tx, viewer: Viewer, draft: Draft) => Promise<void>,
): Promise<Draft | DraftRefusal> {
  const deciding = withViewer<Draft | DraftRefusal>(database, session, now, async (tx, viewer) => {
    const draft = await findDraft(tx, viewer, id)
    if ('refused' in draft) return draft
    await decide(tx, viewer, draft)
    return findDraft(tx, viewer, id)
  })
  const decided: Draft | DraftRefusal = await returnRefusal(decideRefusals, deciding.catch(rolledBack<DraftRefusal>))
  if ('refused' in decided && decided.refused !== 'not-found') {
    await appendAudit(database, {
      action,
      result: `refused:${decided.refused}`,
      personId: session.personId,
      object: { kind: 'draft', id },
    })
  }
  return decided
}
