/** What is left of a recording with capture. Pure. */
import type { RecordingFacts, SegmentFacts } from '#register/admit.ts'
import { marksOfStored } from './segment-marks.ts'
import type { SessionEvent } from './session-types.ts'

/** Capture has nothing of it any more. */
export function isSettled(recording: RecordingFacts): boolean {
  return recording.gone === true || recording.stored !== undefined
}

/** The facts after an attempt to destroy or to store what there is. */
export function settled(
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
