import { Fault } from '#platform/fault.ts'

/** Codes of this folder's faults, each with the remedy. Messages never contain words of a call. */
export const voiceFaults = {
  'turns-wrong': 'Turns overlap, are out of order or outside the recording: correct the transcript.',
  'voice-missing': 'The synthesiser has lost one of its voices: reinstall Seloste.',
  'record-wrong':
    'The evaluation record of an engine cannot be read, so the engine is not offered. Write the record again.',
  'engine-answer-wrong': 'An engine’s answer does not follow its protocol: see docs/formats/voice-process.md.',
} as const

export class VoiceFault extends Fault<keyof typeof voiceFaults> {}
