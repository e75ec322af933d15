/** Failures that the pages have a sentence for; the rest have a general one. */
const known = [
  'turn-too-short',
  'turns-wrong',
  'voice-missing',
  'engine-answer-wrong',
  'custodian-ended',
  'recording-destroyed',
  'recording-restricted',
] as const

/** Which sentence a failed making gets. */
export function failureWord(failure: string | undefined): (typeof known)[number] | 'failed' {
  return known.find((one) => one === failure) ?? 'failed'
}
