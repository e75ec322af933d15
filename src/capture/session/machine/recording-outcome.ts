/** Facts and marks of a recording after it was destroyed or stored. Pure functions. */
import type { RecordingFacts, SegmentFacts } from '#register/admit.ts'
import type { SegmentMark } from '#register/tables.ts'
import type { SessionEvent } from './session-types.ts'

/** Returns true if the recording is stored or destroyed, so that capture has no part of it left. */
export function isSettled(recording: RecordingFacts): boolean {
  return recording.gone === true || recording.stored !== undefined
}

/** Returns the facts after an attempt to destroy or store the recording. */
export function withRecordingOutcome(
  facts: SegmentFacts,
  event: Extract<SessionEvent, { type: 'gone' | 'stored' | 'removal-failed' | 'store-failed' }>,
): SegmentFacts {
  const { recording } = facts
  if (!recording) return facts
  if (event.type === 'gone') return { ...facts, recording: { ...recording, gone: true } }
  if (event.type === 'stored')
    return { ...facts, marks: marksOfStored(facts, event), recording: { ...recording, stored: event.stored } }
  return facts
}

export function withMark(marks: SegmentMark[], mark: SegmentMark): SegmentMark[] {
  return marks.includes(mark) ? marks : [...marks, mark]
}

export function marksOfStored(
  { marks, endedAt }: SegmentFacts,
  { stored, marks: found = [] }: Extract<SessionEvent, { type: 'stored' }>,
): SegmentMark[] {
  const marked = found.reduce(withMark, marks)
  // Marks a recording without packets, so that listeners do not take it for a silent call.
  return endedAt && stored.packetsReceived === 0 ? withMark(marked, 'incomplete') : marked
}
