/** Refusals of every act on a disclosure. */
export const commonRefusals = ['deny.role', 'not-found', 'research.over'] as const

/** What is missing, as refusals of a decision and a release. */
export const lackRefusals = [
  'research.research-off',
  'research.items',
  'research.item-destroyed',
  'research.item-restricted',
  'research.anonymised-copy',
  'research.level-not-allowed',
  'research.official-twice',
  'research.check',
  'research.undertaking',
  'research.due-date-late',
  'research.due-date-past',
  'research.institute-blocked',
  'research.decision',
] as const

/** Refusals of `require_releasable`, for making packages. */
export const releaseRefusals = [
  ...commonRefusals,
  ...lackRefusals,
  'research.own',
  'research.study-ended',
  'research.item-out',
  'research.institute-changed',
] as const
