import type { PromiseId } from '../promises.ts'

/**
 * What can be checked on the data behind each sentence. A sentence that is not here rests on people (an office to listen
 * at) or on a procedure that the program does not have: nothing proves it.
 */
const behind: Readonly<Record<string, readonly PromiseId[]>> = {
  S1: ['description.current'],
  S4: ['purposes.closed'],
  S5: ['purposes.closed'],
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
  'L7-rights': ['prohibitions.obeyed'],
}

export function promisesBehind(sentenceId: string): readonly PromiseId[] {
  return behind[sentenceId] ?? []
}
