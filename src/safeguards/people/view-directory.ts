import { sql } from 'kysely'
import { inSession } from '#platform/database/connect.ts'
import { appendAudit, type AuditEntry } from '../audit/append.ts'
import { safeguardsOf, type SafeguardsDatabase, type Tx } from '../tables.ts'
import type { Session } from './session.ts'

/** Visible entries: all for an administrator, those of their units for a supervisor, one's own for everybody else. */
export type DirectoryScope =
  | { kind: 'all'; mayChange: boolean }
  | { kind: 'units'; units: readonly string[]; mayChange: false }
  | { kind: 'own'; mayChange: false }

export interface DirectoryView {
  tx: Tx
  reach: DirectoryScope
  viewerId: string
}

/**
 * Views the directory in a session, and logs the view in the same transaction (R21).
 * @returns the result of `view`; `deny.role` if the viewer may see too little of the directory
 */
export async function viewDirectory<Found extends object>(
  database: SafeguardsDatabase,
  session: Pick<Session, 'token' | 'personId'>,
  view: (
    view: DirectoryView,
  ) => Promise<{ refused: 'deny.role' | 'not-found' } | { found: Found; trace: Pick<AuditEntry, 'object' | 'detail'> }>,
): Promise<Found | { refused: 'deny.role' | 'not-found' }> {
  const db = safeguardsOf(database)
  return inSession(db, { 'seloste.session': session.token }, async (tx) => {
    const reach = await scopeOf(tx)
    const result = await view({ tx, reach, viewerId: session.personId })
    const role = reach.kind === 'all' ? 'ADMINISTRATOR' : reach.kind === 'units' ? 'SUPERVISOR' : undefined
    await appendAudit(tx, {
      action: 'directory.read',
      personId: session.personId,
      role,
      ...('refused' in result
        ? { result: `refused:${result.refused}` as const, object: { kind: 'directory' as const } }
        : { result: 'ok' as const, ...result.trace }),
    })
    return 'refused' in result ? result : result.found
  })
}

async function scopeOf(tx: Tx): Promise<DirectoryScope> {
  const { rows } = await sql<{ administers: boolean; supervises: boolean; units: string[] }>`
    select viewer_is('ADMINISTRATOR') as administers, viewer_is('SUPERVISOR') as supervises, (
      select coalesce(array_agg(distinct u), '{}') from access_right r, unnest(r.scope_units) u
      where r.person_id = viewer() and r.role = 'SUPERVISOR' and r.scope_kind = 'unit'
        and r.revoked_at is null and r.valid_from <= now() and (r.valid_to is null or r.valid_to > now())
    ) as units`.execute(tx)
  const [row] = rows
  if (row?.administers) return { kind: 'all', mayChange: true }
  if (row?.supervises) return { kind: 'units', units: row.units, mayChange: false }
  return { kind: 'own', mayChange: false }
}
