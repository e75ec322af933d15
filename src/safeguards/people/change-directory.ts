import { sql } from 'kysely'
import { inSession } from '#platform/database/connect.ts'
import { appendAudit, type AuditEntry } from '../audit/append.ts'
import { safeguardsOf, type SafeguardsDatabase, type Tx } from '../tables.ts'
import { refusalOf, type DirectoryRefusal } from './directory-refusal.ts'
import type { Session } from './session.ts'
import { RollBack } from '../access/database-request.ts'

/** Editor of the directory: an administrator in a session, or the identity system with a token. */
export type DirectoryEditor = { session: Pick<Session, 'token' | 'personId'> } | { scimToken: string }

type Traced = Pick<AuditEntry, 'action' | 'object' | 'detail'>

/**
 * Runs one change of the directory: atomic, serialised with all others, and logged in the same transaction (R21). The database
 * allows changes to these two editors only.
 */
export async function changeDirectory<Result extends object>(
  database: SafeguardsDatabase,
  editor: DirectoryEditor,
  trace: Traced,
  work: (tx: Tx) => Promise<DirectoryRefusal | { result: Result; trace?: Traced }>,
): Promise<DirectoryRefusal | Result> {
  const db = safeguardsOf(database)
  const settings =
    'session' in editor ? { 'seloste.session': editor.session.token } : { 'seloste.scim': editor.scimToken }
  // A refusal rolls everything back.
  const outcome = await inSession(db, settings, async (tx) => {
    const { rows } = await sql<{ mayChange: boolean; client: string | null }>`
      select may_change_directory() as "mayChange", scim_client() as client, lock_directory()`.execute(tx)
    if (!rows[0]?.mayChange) throw new RollBack({ refused: 'deny.role' })
    const returned = await work(tx)
    if ('refused' in returned) throw new RollBack(returned)
    const client = rows[0].client
    const { detail, ...traced } = returned.trace ?? trace
    await appendAudit(tx, {
      ...traced,
      ...editorFields(editor),
      result: 'ok',
      detail: { ...detail, ...(client !== null && !('session' in editor) && { scimClient: client }) },
    })
    return returned
  }).catch((error: unknown): DirectoryRefusal => {
    const known = error instanceof RollBack ? (error.refusal as DirectoryRefusal) : refusalOf(error)
    if (known) return known
    throw error
  })
  if (!('refused' in outcome)) return outcome.result
  await appendAudit(db, { ...trace, ...editorFields(editor), result: `refused:${outcome.refused}` })
  return outcome
}

function editorFields(editor: DirectoryEditor): Pick<AuditEntry, 'personId' | 'role'> {
  return 'session' in editor ? { personId: editor.session.personId, role: 'ADMINISTRATOR' } : {}
}
