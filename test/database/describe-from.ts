/** A next version of the description for tests: the one in force, without one of its roles. */
import type { Pool } from 'pg'
import type { Duty, Role } from '#description/roles.ts'

/** Brings a version into force from an instant that lies after the others'; it knows every role but one. */
export async function describeFrom(
  pool: Pool,
  effectiveFrom: Temporal.Instant,
  { without: { role, duty } }: { without: { role: Role; duty?: Duty } },
): Promise<void> {
  const newest = '(select max(version) from description_version)'
  await pool.query(
    `insert into description_version (version, text, hash, effective_from)
     select version + 1, text, hash, $1 from description_version where version = ${newest}`,
    [effectiveFrom.toString()],
  )
  await pool.query(
    `insert into described_role (version, role, duty, purposes, scope)
     select version + 1, role, duty, purposes, scope from described_role
     where version = ${newest} - 1 and (role, duty) is distinct from ($1, $2)`,
    [role, duty ?? null],
  )
}
