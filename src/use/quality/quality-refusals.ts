/** Refusals of every act: missing role, and what does not exist or is out of reach. */
export const commonRefusals = ['deny.role', 'not-found'] as const

/** Why an evaluation cannot be changed now, because of its recording. */
export const unchangeableRefusals = [
  ...commonRefusals,
  'recording.destroyed',
  'recording.restricted',
  'recording.not-yet-kept',
] as const
