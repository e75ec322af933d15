import type { TestDatabase } from '../database/create-test-database.ts'

/**
 * Sets the time that a test's database uses for views and for destructions by a term. Sessions, rights and the log keep
 * the real time.
 */
export async function setDatabaseClock<Tables>(database: TestDatabase<Tables>, at: Temporal.Instant): Promise<void> {
  for (const name of ['register_now', 'destruction_now']) {
    await database.as().pool.query(
      `create or replace function ${name}() returns timestamptz
       language sql stable security definer set search_path = pg_catalog, public, pg_temp
       as $$ select '${at.toString()}'::timestamptz $$`,
    )
  }
}
