import { Fault } from '#platform/fault.ts'

/** Every code this folder throws, with what can be done about it. No message has a word of what was said. */
export const voiceFaults = {
  'turns-wrong': 'Turns overlap, are out of order or outside the recording: the transcript is to be put right.',
  'voice-missing': 'The synthesiser has lost one of its voices: install Seloste anew.',
  'record-wrong': 'The record of an engine’s evaluation cannot be read: its engine is not offered. Write it anew.',
  'engine-answer-wrong': 'An engine gave something else than its protocol says: see docs/formats/voice-process.md.',
} as const

export class VoiceFault extends Fault<keyof typeof voiceFaults> {}
