/** What is left of a recording with capture, and what its segment is marked with. Pure. */
import type { RecordingFacts, SegmentFacts } from '#register/admit.ts'
import type { SegmentMark } from '#register/tables.ts'
import type { SessionEvent } from './session-types.ts'

/** Capture has nothing of it any more. */
export function isSettled(recording: RecordingFacts): boolean {
  return recording.gone === true || recording.stored !== undefined
}

/** The facts after an attempt to destroy or to store what there is. */
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

/** Marks of a segment whose recording has been stored. */
export function marksOfStored(
  { marks, endedAt }: SegmentFacts,
  { stored, marks: found = [] }: Extract<SessionEvent, { type: 'stored' }>,
): SegmentMark[] {
  const told = found.reduce(withMark, marks)
  // Silence from end to end: whoever listens should know that nothing came, not wonder why nobody spoke.
  return endedAt && stored.packetsReceived === 0 ? withMark(told, 'incomplete') : told
}
