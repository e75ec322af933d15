import { type Purpose, type ReferenceKind } from './purposes.ts'

/** Who may be granted rights (R36-R41, the matrix of roles and actions). Everybody else has none. */
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

/** R38: an expert's recorded duty bounds the purpose. */
export const duties = ['QUALITY', 'TRAINING'] as const
export type Duty = (typeof duties)[number]

/** How far a right reaches: own segments, the unit's officials, the numbers named in the grant, all. */
export const scopes = ['own', 'unit', 'numbers', 'all', 'none'] as const
export type Scope = (typeof scopes)[number]

export type RolePurpose = { purpose: Purpose; reference?: ReferenceKind }

/** What the description lets one role do with content; an expert has one entry a duty. */
export type RoleRights = {
  role: Role
  duty?: Duty
  names: { fi: string; sv: string; en: string }
  scope: Scope
  purposes: readonly RolePurpose[]
}

/**
 * The purposes a role may be granted under the description (R3, R36-R41): none for a role or a duty it does not name,
 * and none for an expert without a duty (R38). An upper bound: the grant says what a person has.
 */
export function purposesOf(
  description: { readonly roles: readonly RoleRights[] },
  role: Role,
  duty?: Duty,
): readonly RolePurpose[] {
  return description.roles.find((entry) => entry.role === role && entry.duty === duty)?.purposes ?? []
}

/**
 * The roles as the description lets them look: where it denies maintenance all content (C6), that role is left without a
 * purpose, and with it without history and recordings.
 */
export function rolesInEffect<Entry extends { role: string; purposes: readonly unknown[] }>({
  roles: written,
  switches,
}: Switching & { readonly roles: readonly Entry[] }): Entry[] {
  const isDenied = ({ role }: Entry) => role === 'MAINTENANCE' && switches.maintenanceContent === 'denied'
  return written.map((entry) => (isDenied(entry) ? { ...entry, purposes: [] } : entry))
}

/** The purposes that a role is left with (C6). */
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
 * The widest any description may be. A description may narrow a role and never widen it: CRIME_OR_MISUSE belongs to the
 * security unit alone (R5), supervisors and experts serve development (R37, R38), those who decide do not listen.
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

/** The scope a role can never exceed: an official's own calls (R39), a supervisor's own unit (R37). */
export function widestScope(role: Role): Scope {
  if (role === 'OFFICIAL') return 'own'
  if (role === 'SUPERVISOR') return 'unit'
  if (role === 'EXPERT') return 'numbers'
  return widestPurposes(role).length === 0 ? 'none' : 'all'
}
