/**
 * What recordings and contact history may be used for: a closed list (R3-R6). In: nothing. Out: the purposes and what
 * each needs. Never here: a purpose that the description does not know (appraisal, collection, marketing, evidence in a
 * complaint): R6 holds because there is no such word.
 */

/** R4: DEVELOPMENT is the primary purpose and covers the three that follow it. */
export const purposes = [
  'DEVELOPMENT',
  'QUALITY',
  'TRAINING',
  'SERVICE_LEVEL_STUDY',
  'CRIME_OR_MISUSE',
  'INSPECTION',
  'MAINTENANCE',
] as const
export type Purpose = (typeof purposes)[number]

/** What a look refers to where the purpose alone is not enough (R5, R40). */
export const referenceKinds = ['fault', 'case', 'inspection'] as const
export type ReferenceKind = (typeof referenceKinds)[number]

const partsOfDevelopment: readonly Purpose[] = ['QUALITY', 'TRAINING', 'SERVICE_LEVEL_STUDY']

/** True where a right to `held` covers a look made under `asked` (R4). A part never covers the whole, or another part. */
export function covers(held: Purpose, asked: Purpose): boolean {
  return held === asked || (held === 'DEVELOPMENT' && partsOfDevelopment.includes(asked))
}

/**
 * The reference that a role can never look without under a purpose: a fault (R40), a case (R5), or the request that an
 * inspection serves (R45, R46). Officials inspect their own calls in their own right (R48).
 */
export function referenceOf(purpose: Purpose, role: string): ReferenceKind | undefined {
  if (purpose === 'MAINTENANCE') return 'fault'
  if (purpose === 'CRIME_OR_MISUSE') return 'case'
  return purpose === 'INSPECTION' && role !== 'OFFICIAL' ? 'inspection' : undefined
}

/** True where a look by the role under the purpose must name a fault, a case or a request. */
export function needsReference(purpose: Purpose, role: string): boolean {
  return referenceOf(purpose, role) !== undefined
}
