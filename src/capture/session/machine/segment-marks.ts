import type { SegmentFacts } from '#register/admit.ts'
import type { SegmentMark } from '#register/tables.ts'
import type { SessionEvent } from './session-types.ts'

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
