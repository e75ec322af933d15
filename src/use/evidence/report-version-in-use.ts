import { sql } from 'kysely'
import type { SafeguardsDatabase } from '#safeguards/tables.ts'
import type { DescriptionVersion } from '#safeguards/versions/versions.ts'

/** Reports the version that a process uses (R1); the database takes the kind of process from its role. */
export async function reportVersionInUse(
  db: SafeguardsDatabase,
  instance: string,
  { version, hash }: Pick<DescriptionVersion, 'version' | 'hash'>,
): Promise<void> {
  await sql`select report_obeyed_version(${instance}::uuid, ${version}, ${Buffer.from(hash, 'hex')})`.execute(db)
}

/** Reports an orderly shutdown. */
export async function reportEnded(db: SafeguardsDatabase, instance: string): Promise<void> {
  await sql`select report_instance_ended(${instance}::uuid)`.execute(db)
}
