/**
 * Promises of the description that can be checked on the data, and the published sentences they support. use/evidence has the
 * checks.
 */
export const promises = [
  /** R1: every process uses the published version. */
  'description.current',
  /** R3-R6: every view was made under a listed purpose. */
  'purposes.closed',
  /** R9: every recording belongs to a call in the history, and every ended call has its times. */
  'history.complete',
  /** R9, R22: every admitted call is kept until its term. */
  'history.admitted',
  /** R10: only the four items of identification data of a call are stored. */
  'history.fields',
  /** R13, R15: no service number is recorded in full. */
  'recording.partial',
  /** R13: no switchboard call is recorded. */
  'recording.never-switchboard',
  /** R14: exactly the drawn calls are recorded. */
  'recording.as-drawn',
  /** R16: from the start signal to the end signal. */
  'recording.within-signals',
  /** R18, R19: every place where data are stored is listed, its attestation valid. */
  'storage.sites',
  /** R20: every account belongs to one person. */
  'access.personal',
  /** R21: the audit log is as signed, and the data's protections are as the program defines them. */
  'log.whole',
  /** R22 */
  'history.term',
  /** R23 */
  'recordings.floor',
  /** R24 */
  'recordings.ceiling',
  /** R27: every byte of audio was served to a logged listening. */
  'recordings.stay',
  /** R30, R32: research copies are returned or destroyed by their due day, and their link to the recording is deleted. */
  'disclosures.returned',
  /** R32, R50: copies of forbidden recordings are recalled within the deadline. */
  'disclosures.recalled',
  /** R33: released copies are anonymised, and a second person checked them. */
  'disclosures.anonymised',
  /** R33: a program transcribes recordings only while the description allows it. */
  'transcripts.as-described',
  /** R34, R35: authorities receive data only on a statutory ground and by a decision. */
  'disclosures.founded',
  /** R36: every right was requested by one person and approved by another. */
  'rights.granted',
  /** R36-R41: every view was within a right in force at that time. */
  'rights.scope',
  /** R39 */
  'rights.own',
  /** R40 */
  'rights.maintenance-security',
  /** R45, R47: listening takes place at an agreed office. */
  'inspections.at-office',
  /** R49-R51 */
  'prohibitions.obeyed',
  /** R26, R42 */
  'history.tells-recorded',
] as const
export type PromiseId = (typeof promises)[number]

/**
 * Promises behind each sentence. A sentence that is missing here depends on people (an office to listen at) or on procedures
 * outside the program: nothing proves it.
 */
const behind: Readonly<Record<string, readonly PromiseId[]>> = {
  S1: ['description.current'],
  S4: ['purposes.closed'],
  S5: ['purposes.closed', 'transcripts.as-described'],
  S6: ['purposes.closed'],
  S9: ['history.complete', 'history.admitted'],
  S10: ['recording.partial'],
  S12: ['history.fields'],
  S13: ['recording.partial', 'recording.never-switchboard'],
  S14: ['recording.as-drawn'],
  S15: ['recording.partial'],
  S16: ['recording.within-signals'],
  S17: ['storage.sites'],
  S18: ['storage.sites'],
  S19: ['access.personal', 'log.whole'],
  S20: ['history.term', 'history.admitted'],
  S21: ['recordings.floor', 'recordings.ceiling'],
  'S21.now': ['recordings.floor', 'recordings.ceiling'],
  S22: ['recordings.stay', 'purposes.closed'],
  S23: ['disclosures.returned'],
  S24: ['disclosures.returned', 'disclosures.recalled'],
  S25: ['disclosures.anonymised'],
  S26: ['disclosures.founded'],
  S27: ['rights.granted', 'rights.scope'],
  S28: ['rights.own', 'rights.scope'],
  S29: ['rights.maintenance-security'],
  S30: ['history.tells-recorded'],
  S31: ['inspections.at-office'],
  S32: ['inspections.at-office'],
  S34: ['prohibitions.obeyed'],
  S35: ['prohibitions.obeyed', 'recordings.ceiling'],
  L26: ['storage.sites'],
  'transcripts-research': ['transcripts.as-described'],
  'L7-rights': ['prohibitions.obeyed'],
}

export function promisesBehind(sentenceId: string): readonly PromiseId[] {
  return behind[sentenceId] ?? []
}
