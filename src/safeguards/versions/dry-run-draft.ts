import { sql } from 'kysely'
import { parseDescription } from '#description/read-description.ts'
import type { RegisterDescription } from '#description/register-description.ts'
import { type Session, asViewer } from '../people/session.ts'
import type { SafeguardsDatabase } from '../tables.ts'
import {
  withViewer,
  decidingRight,
  denied,
  findDraft,
  isOpen,
  newestVersion,
  trace,
  type DraftRefusal,
} from './draft.ts'
import { readText } from './versions.ts'

/** Changes of a draft, and their effective date. */
export interface DryRunDraft {
  /** The description without the draft. */
  before: RegisterDescription
  /** The description with the draft, as of the instant when the draft would come into force. */
  after: RegisterDescription
}

/**
 * Returns an open draft for those who may draft or decide; the database checks the session
 * (database/functions/description/versions.sql, draft_for_dry_run). A draft without a future instant is tried for `fallback`.
 */
export async function readDryRunDraft(
  database: SafeguardsDatabase,
  request: { session: string; draft: string },
  now: Temporal.Instant,
  fallback: Temporal.Instant,
): Promise<DryRunDraft | 'refused' | 'unreadable'> {
  const row = await asViewer(database, { token: request.session }, async (tx) => {
    const { rows } = await sql<{ text: string; effective_from: Temporal.Instant | null; newest_text: string }>`
      select * from draft_for_dry_run(${request.draft}::uuid)`.execute(tx)
    return rows[0]
  })
  if (!row) return 'refused'
  const parsed = parseDescription(row.text)
  if (!parsed.ok) return 'unreadable'
  const isAhead = row.effective_from !== null && Temporal.Instant.compare(row.effective_from, now) > 0
  const effectiveFrom = isAhead ? row.effective_from! : fallback
  return {
    before: readText(row.newest_text, 'the newest version').description,
    after: { ...parsed.description, effectiveFrom },
  }
}

/** The desk's part of a dry run: permits it to those who may draft or decide, and logs it. */
export async function authoriseDryRun(
  database: SafeguardsDatabase,
  session: Session,
  id: string,
  now: Temporal.Instant,
): Promise<DryRunDraft | DraftRefusal> {
  return withViewer(database, session, now, async (tx, viewer) => {
    const draft = await findDraft(tx, viewer, id)
    if ('refused' in draft) return draft
    const right = viewer.drafts ?? decidingRight(viewer.rights)
    if (!right) return denied(tx, viewer, 'description.tried', id)
    if (!isOpen(draft)) return { refused: 'draft.not-editable' }
    const parsed = parseDescription(draft.text)
    if (!parsed.ok) return { refused: 'draft.problems', problems: parsed.problems }
    const newest = await newestVersion(tx)
    await trace(tx, viewer, right, 'description.tried', id, { revision: draft.revision })
    return {
      before: readText(newest.text, `version ${newest.version}`).description,
      after: parsed.description,
    }
  })
}
