/** Failures with a sentence of their own; the others get a general one. */
const knownFailures = [
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

/** Returns the text key for a failed render. */
export function failureWord(failure: string | undefined): (typeof knownFailures)[number] | 'failed' {
  return knownFailures.find((one) => one === failure) ?? 'failed'
}

/** Failures of the agency's speech recognition program. */
const recognitionFailures = [
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

/** Returns the text key for a failed recognition. */
export function recognitionFailureWord(failure: string | undefined): (typeof recognitionFailures)[number] | 'failed' {
  return recognitionFailures.find((one) => one === failure) ?? 'failed'
}
