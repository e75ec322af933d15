import { type Purpose, type ReferenceKind } from './purposes.ts'

/** Roles that can hold rights (R36-R41, the matrix of roles and actions). */
export const roles = [
  'OFFICIAL',
  'SUPERVISOR',
  'EXPERT',
  'MAINTENANCE',
  'SECURITY',
  'SERVICE_UNIT',
  'DECISION_MAKER',
  'ACCESS_APPROVER',
  'ADMINISTRATOR',
  'DATA_PROTECTION_OFFICER',
] as const
export type Role = (typeof roles)[number]

/** R38: an expert's recorded duty limits the purpose. */
export const duties = ['QUALITY', 'TRAINING'] as const
export type Duty = (typeof duties)[number]

/** Scope of a right: own segments, the unit's officials, the numbers of the grant, everything, nothing. */
export const scopes = ['own', 'unit', 'numbers', 'all', 'none'] as const
export type Scope = (typeof scopes)[number]

export type RolePurpose = { purpose: Purpose; reference?: ReferenceKind }

/** A role's access to content; an expert has one entry per duty. */
export type RoleRights = {
  role: Role
  duty?: Duty
  names: { fi: string; sv: string; en: string }
  scope: Scope
  purposes: readonly RolePurpose[]
}

/**
 * Returns the purposes that the description allows a role (R3, R36-R41): none for a role or duty it does not list, none for an
 * expert without a duty (R38). An upper bound: a grant may have fewer.
 */
export function purposesOf(
  description: { readonly roles: readonly RoleRights[] },
  role: Role,
  duty?: Duty,
): readonly RolePurpose[] {
  return description.roles.find((entry) => entry.role === role && entry.duty === duty)?.purposes ?? []
}

/**
 * Returns the effective roles: if maintenance is denied all content (C6), it has no purpose, and so no history and recordings.
 */
export function rolesInEffect<Entry extends { role: string; purposes: readonly unknown[] }>({
  roles: written,
  switches,
}: Switching & { readonly roles: readonly Entry[] }): Entry[] {
  const isDenied = ({ role }: Entry) => role === 'MAINTENANCE' && switches.maintenanceContent === 'denied'
  return written.map((entry) => (isDenied(entry) ? { ...entry, purposes: [] } : entry))
}

/** Returns a role's effective purposes (C6). */
export function purposesInEffect<Entry extends { purpose: string }>({
  purposes,
  switches,
}: Switching & { readonly purposes: readonly Entry[] }): Entry[] {
  return purposes.filter(({ purpose }) => purpose !== 'MAINTENANCE' || switches.maintenanceContent !== 'denied')
}

interface Switching {
  readonly switches: { readonly maintenanceContent: 'allowed' | 'breakGlass' | 'denied' }
}

/**
 * Returns the purposes that a description may give a role at most. A description may narrow a role and never widen it:
 * CRIME_OR_MISUSE is for the security unit only (R5), supervisors and experts serve development (R37, R38), those who decide
 * do not listen.
 */
export function widestPurposes(role: Role, duty?: Duty): readonly Purpose[] {
  switch (role) {
    case 'OFFICIAL':
      return ['DEVELOPMENT', 'INSPECTION']
    case 'SUPERVISOR':
      return ['DEVELOPMENT', 'QUALITY', 'TRAINING', 'SERVICE_LEVEL_STUDY']
    case 'EXPERT':
      if (duty === undefined) return []
      return duty === 'QUALITY' ? ['DEVELOPMENT', 'QUALITY', 'SERVICE_LEVEL_STUDY'] : ['TRAINING']
    case 'MAINTENANCE':
      return ['MAINTENANCE']
    case 'SECURITY':
      return ['CRIME_OR_MISUSE']
    case 'SERVICE_UNIT':
      return ['INSPECTION']
    case 'DECISION_MAKER':
    case 'ACCESS_APPROVER':
    case 'ADMINISTRATOR':
    case 'DATA_PROTECTION_OFFICER':
      return []
  }
}

/** Returns the widest scope of a role: an official's own calls (R39), a supervisor's own unit (R37). */
export function widestScope(role: Role): Scope {
  if (role === 'OFFICIAL') return 'own'
  if (role === 'SUPERVISOR') return 'unit'
  if (role === 'EXPERT') return 'numbers'
  return widestPurposes(role).length === 0 ? 'none' : 'all'
}
