import { Fault } from '#platform/fault.ts'

/** Codes of this folder's faults, each with the remedy. Messages never contain words of a call. */
export const voiceFaults = {
  'turns-wrong': 'Turns overlap, are out of order or outside the recording: the transcript is to be put right.',
  'voice-missing': 'The synthesiser has lost one of its voices: install Seloste anew.',
  'record-wrong': 'The record of an engine’s evaluation cannot be read: its engine is not offered. Write it anew.',
  'engine-answer-wrong': 'An engine gave something else than its protocol says: see docs/formats/voice-process.md.',
} as const

export class VoiceFault extends Fault<keyof typeof voiceFaults> {}
