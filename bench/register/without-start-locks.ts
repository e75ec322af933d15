import { sql, type Kysely } from 'kysely'

/**
 * Does work that inserts more calls and parts in a statement than PostgreSQL has locks: `require_one_start()`, which is disabled
 * meanwhile, locks each id.
 */
export async function withoutStartLocks<Tables>(db: Kysely<Tables>, work: () => Promise<void>): Promise<void> {
  const set = async (how: 'disable' | 'enable') => {
    for (const table of ['contact', 'segment'])
      await sql`alter table ${sql.table(table)} ${sql.raw(how)} trigger has_one_start`.execute(db)
  }
  await set('disable')
  await work()
  await set('enable')
}
