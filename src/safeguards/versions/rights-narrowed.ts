import type { RegisterDescription } from '#description/register-description.ts'
import { rolesInEffect, type RoleRights } from '#description/roles.ts'
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
