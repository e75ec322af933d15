/** Consequences of a draft for rights in force, and for open requests and disclosures. */
import { sql, type QueryExecutorProvider } from 'kysely'
import { selectValue } from '#platform/database/select-value.ts'
import type { RegisterDescription } from '#description/register-description.ts'
import { rolesInEffect, type RoleRights } from '#description/roles.ts'
import type { ChangeEffects } from '#description/changes/effects-of-change.ts'
import { safeguardsOf, type SafeguardsDatabase } from '../tables.ts'

/** Rights in force of a role that would be narrower. */
export interface NarrowedRights {
  role: RoleRights
  rights: number
}

/** Counts the rights in force that would be narrower under `after` than under `before`, by the role of `before`. */
export async function rightsNarrowed(
  database: SafeguardsDatabase,
  before: Pick<RegisterDescription, 'roles' | 'switches'>,
  after: Pick<RegisterDescription, 'roles' | 'switches'>,
  now: Temporal.Instant,
): Promise<NarrowedRights[]> {
  const rights = await safeguardsOf(database)
    .selectFrom('access_right')
    .select(['role', 'duty', 'purposes', 'scope_kind'])
    .where('revoked_at', 'is', null)
    .where('valid_from', '<=', now)
    .where((eb) => eb.or([eb('valid_to', 'is', null), eb('valid_to', '>', now)]))
    .execute()
  const rolesAfter = rolesInEffect(after)
  return rolesInEffect(before).flatMap((role) => {
    const known = rolesAfter.find((one) => one.role === role.role && one.duty === role.duty)
    const narrowed = rights.filter((right) => {
      if (right.role !== role.role || (right.duty ?? undefined) !== role.duty) return false
      const reach = (described: RoleRights) =>
        described.purposes.filter(({ purpose }) => right.purposes.includes(purpose)).length
      const isReached = (described: RoleRights) =>
        right.scope_kind === described.scope ||
        right.scope_kind === 'own' ||
        right.scope_kind === 'none' ||
        described.scope === 'all'
      if (!isReached(role)) return false
      return !known || reach(known) < reach(role) || !isReached(known)
    }).length
    return narrowed === 0 ? [] : [{ role, rights: narrowed }]
  })
}

/** Numbers of open requests and disclosures that a draft affects. */
export interface PendingConsequence {
  requests: number
  calls: number
  appointments: number
  /** Requests on which the Service Unit has not decided. */
  undecided: number
  /** Requests whose calls are not found yet. */
  unsettled: number
  /** Affected open disclosures without a decision. */
  disclosures: number
  items: number
  /** Earliest instant for the draft if it affects a request or a disclosure. */
  earliest: string
}

/** Counts what a draft affects; for the custodian. */
export async function countAffected(
  db: QueryExecutorProvider,
  { draft, effects, effectiveFrom }: { draft: string; effects: ChangeEffects; effectiveFrom: Temporal.Instant },
): Promise<PendingConsequence> {
  return selectValue(
    db,
    sql<PendingConsequence>`count_reached(${draft}::uuid, ${JSON.stringify(effects)}::jsonb, ${effectiveFrom.toString()}::timestamptz)`,
  )
}
