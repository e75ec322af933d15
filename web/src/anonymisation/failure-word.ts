/** Failures that the pages have a sentence for; the rest have a general one. */
const known = [
  'turn-too-short',
  'turns-wrong',
  'voice-missing',
  'engine-answer-wrong',
  'program-missing',
  'program-changed',
  'program-writable',
  'program-network-open',
  'program-failed',
  'program-too-slow',
  'program-answer-too-long',
  'custodian-ended',
  'recording-destroyed',
  'recording-restricted',
] as const

/** Which sentence a failed making gets. */
export function failureWord(failure: string | undefined): (typeof known)[number] | 'failed' {
  return known.find((one) => one === failure) ?? 'failed'
}

/** What can go wrong while an agency's program recognises words. */
const ofRecognition = [
  'engine-answer-wrong',
  'program-missing',
  'program-changed',
  'program-writable',
  'program-network-open',
  'program-failed',
  'program-too-slow',
  'program-answer-too-long',
  'custodian-ended',
] as const

/** Which sentence a failed recognition gets. */
export function recognitionFailureWord(failure: string | undefined): (typeof ofRecognition)[number] | 'failed' {
  return ofRecognition.find((one) => one === failure) ?? 'failed'
}
