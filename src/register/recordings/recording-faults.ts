import { Fault } from '#platform/fault.ts'

/** Faults of this folder; callers and monitoring may rely on the codes. */
export const recordingFaults = {
  'log-malformed': 'A chunk of the recording log breaks the format',
  'body-write-failed': 'A sealed chunk could not be written to the recording body',
  'writer-starved': 'Sealed chunks wait for the disk beyond the limit: packets are being dropped',
  'tail-write-failed': 'The tail journal could not be written',
  'intake-key-gone': 'The private key of the recording’s intake key pair is destroyed: nobody can open the recording',
  'recording-of-another':
    'The object stored under the recording’s id was encrypted for another recording: it is not ingested',
  'tail-overrun': 'The tail journal waited too long for its disk and started afresh',
} as const

export type RecordingFaultCode = keyof typeof recordingFaults

/** Fault of a recording, with a stable `code`. */
export class RecordingFault extends Fault<RecordingFaultCode> {
  constructor(code: RecordingFaultCode, detail?: string, cause?: unknown) {
    super(code, detail ? `${recordingFaults[code]}: ${detail}` : recordingFaults[code], cause)
    this.name = 'RecordingFault'
  }
}
