/** A right to enter for a test person. */
import type { Purpose } from '#description/purposes.ts'
import type { Duty, Role } from '#description/roles.ts'
import type { Right } from '#safeguards/access/grant.ts'
import { phone } from '../database/people.ts'
import type { Principal } from './expected-permissions.ts'

export interface HeldRight {
  role: Role
  duty?: Duty
  purposes: Purpose[]
  scope: Right['scope'] | 'their unit'
  until?: Temporal.Instant
}

const nothing = { kind: 'none' as const, units: [], numbers: [] }
const all = { kind: 'all' as const, units: [], numbers: [] }
const numbers = { kind: 'numbers' as const, units: [], numbers: [phone('029 497 000')] }

/** A right of each role, as most of its holders have it. */
export const rightOf: Record<Exclude<Principal, 'nobody' | 'without-right' | 'right-ended'>, HeldRight> = {
  OFFICIAL: { role: 'OFFICIAL', purposes: ['DEVELOPMENT'], scope: { kind: 'own', units: [], numbers: [] } },
  SUPERVISOR: { role: 'SUPERVISOR', purposes: ['DEVELOPMENT'], scope: 'their unit' },
  QUALITY: { role: 'EXPERT', duty: 'QUALITY', purposes: ['QUALITY'], scope: numbers },
  TRAINING: { role: 'EXPERT', duty: 'TRAINING', purposes: ['TRAINING'], scope: numbers },
  MAINTENANCE: { role: 'MAINTENANCE', purposes: ['MAINTENANCE'], scope: all },
  SECURITY: { role: 'SECURITY', purposes: ['CRIME_OR_MISUSE'], scope: all },
  SERVICE_UNIT: { role: 'SERVICE_UNIT', purposes: ['INSPECTION'], scope: all },
  DECISION_MAKER: { role: 'DECISION_MAKER', purposes: [], scope: nothing },
  ACCESS_APPROVER: { role: 'ACCESS_APPROVER', purposes: [], scope: nothing },
  ADMINISTRATOR: { role: 'ADMINISTRATOR', purposes: [], scope: nothing },
  DATA_PROTECTION_OFFICER: { role: 'DATA_PROTECTION_OFFICER', purposes: [], scope: nothing },
}
