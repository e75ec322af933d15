/**
 * Purposes of recordings and contact history: a closed list (R3-R6). It has no purpose for staff appraisal, debt collection,
 * marketing or evidence in a complaint, and so no such use is possible (R6).
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

/** Kinds of references required beside a purpose (R5, R40). */
export const referenceKinds = ['fault', 'case', 'inspection'] as const
export type ReferenceKind = (typeof referenceKinds)[number]

const partsOfDevelopment: readonly Purpose[] = ['QUALITY', 'TRAINING', 'SERVICE_LEVEL_STUDY']

/** Returns true if a right to `held` covers a view under `requested` (R4). A part never covers the whole, or another part. */
export function covers(held: Purpose, requested: Purpose): boolean {
  return held === requested || (held === 'DEVELOPMENT' && partsOfDevelopment.includes(requested))
}

/**
 * Returns the kind of reference a role needs under a purpose: a fault (R40), a case (R5), or the request behind an inspection
 * (R45, R46). Officials inspect their own calls without one (R48).
 */
export function referenceOf(purpose: Purpose, role: string): ReferenceKind | undefined {
  if (purpose === 'MAINTENANCE') return 'fault'
  if (purpose === 'CRIME_OR_MISUSE') return 'case'
  return purpose === 'INSPECTION' && role !== 'OFFICIAL' ? 'inspection' : undefined
}

/** Returns true if a view by the role under the purpose must name a fault, a case or a request. */
export function needsReference(purpose: Purpose, role: string): boolean {
  return referenceOf(purpose, role) !== undefined
}
