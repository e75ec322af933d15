/** Rights and purposes of the signed-in person. The server decides, and refuses what is not covered. */
import type { AccessRight, Me, Purpose } from '../api/shapes.ts'

export interface PurposeChoice {
  purpose: Purpose
  referenceNeeded: boolean
}

const order: readonly Purpose[] = [
  'DEVELOPMENT',
  'QUALITY',
  'TRAINING',
  'SERVICE_LEVEL_STUDY',
  'CRIME_OR_MISUSE',
  'INSPECTION',
  'MAINTENANCE',
]

/**
 * Returns the purposes of all rights, without duplicates, in the description's order. A purpose requires a reference if one of
 * its rights does, because an access uses all rights with the purpose together.
 */
export function purposesOf(me: Pick<Me, 'rights'>): PurposeChoice[] {
  const all = me.rights.flatMap((right) => right.purposes)
  return order
    .filter((purpose) => all.some((one) => one.purpose === purpose))
    .map((purpose) => ({
      purpose,
      referenceNeeded: all.filter((one) => one.purpose === purpose).some((one) => one.referenceNeeded),
    }))
}

/** Returns true if one of the person's rights has one of these roles. */
export function hasRole(me: Pick<Me, 'rights'>, ...roles: readonly AccessRight['role'][]): boolean {
  return me.rights.some((right) => roles.includes(right.role))
}

/** Returns true for the Service Unit’s clerk, who may see calls only for a request, and only the calls of that request. */
export function servesOnly(me: Pick<Me, 'rights'>): boolean {
  const viewing = me.rights.filter(({ purposes }) => purposes.length > 0)
  return viewing.length > 0 && viewing.every(({ role }) => role === 'SERVICE_UNIT')
}

/** Returns true for officials, who search among the calls that they answered. */
export function answersCalls(me: Pick<Me, 'rights'>): boolean {
  return hasRole(me, 'OFFICIAL')
}
