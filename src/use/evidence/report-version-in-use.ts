import { sql } from 'kysely'
import type { HoldingSafeguards } from '#safeguards/tables.ts'
import type { DescriptionVersion } from '#safeguards/versions/versions.ts'

/** A process says which version it obeys (R1): of which kind it is, the database knows by its role. */
export async function reportVersionInUse(
  db: HoldingSafeguards,
  instance: string,
  { version, hash }: Pick<DescriptionVersion, 'version' | 'hash'>,
): Promise<void> {
  await sql`select report_obeyed(${instance}::uuid, ${version}, ${Buffer.from(hash, 'hex')})`.execute(db)
}

/** A process that ends in order says so. */
export async function reportEnded(db: HoldingSafeguards, instance: string): Promise<void> {
  await sql`select report_ended(${instance}::uuid)`.execute(db)
}
