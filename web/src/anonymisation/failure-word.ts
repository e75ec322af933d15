/** Failures with a sentence of their own; the others get a general one. */
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

/** Returns the text key for a failed render. */
export function failureWord(failure: string | undefined): (typeof known)[number] | 'failed' {
  return known.find((one) => one === failure) ?? 'failed'
}

/** Failures of the agency's speech recognition program. */
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

/** Returns the text key for a failed recognition. */
export function recognitionFailureWord(failure: string | undefined): (typeof ofRecognition)[number] | 'failed' {
  return ofRecognition.find((one) => one === failure) ?? 'failed'
}
