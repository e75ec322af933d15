/**
 * Who is signed in and what for. In: the session of the contract. Out: the purposes a person may choose, their
 * rights, the choice. Never here: decisions; the server refuses whatever is not covered.
 */
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
 * The purposes of all rights together, each once, in the order of the description. Where one right needs a reference
 * for a purpose, it is needed: a look reaches what all of them reach together.
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

/** True where one of the person's rights is of one of these roles. */
export function hasRole(me: Pick<Me, 'rights'>, ...roles: readonly AccessRight['role'][]): boolean {
  return me.rights.some((right) => roles.includes(right.role))
}

/** True for who looks at calls for requests alone: the Service Unit’s clerk, who reaches only those of one request. */
export function servesOnly(me: Pick<Me, 'rights'>): boolean {
  const looking = me.rights.filter(({ purposes }) => purposes.length > 0)
  return looking.length > 0 && looking.every(({ role }) => role === 'SERVICE_UNIT')
}
