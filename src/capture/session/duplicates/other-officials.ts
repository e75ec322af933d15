/**
 * The other officials of a conference. In: who is heard beside the official of a segment. Out: a segment of its own for
 * each, history only, so that the contact shows them and they see their own call (R39, R48). Never here: a recording.
 */
import type { SegmentFacts } from '#register/admit.ts'

/** Why such a segment has no recording. */
export const conferenceReason = 'conference'

/** Who is heard beside the official at an instant, each with the id that a new segment would have. */
export interface OtherOfficials {
  at: Temporal.Instant
  officials: readonly { segmentId: string; official: NonNullable<SegmentFacts['official']> }[]
}

type NoteOther = { do: 'note-other'; facts: SegmentFacts }

/** Returns the segments that go on, and notes for those that begin or end. Nothing told: as before. */
export function otherOfficialsEffects(
  of: SegmentFacts,
  before: readonly SegmentFacts[],
  told: OtherOfficials | undefined,
): { others: readonly SegmentFacts[]; effects: NoteOther[] } {
  if (!told) return { others: before, effects: [] }
  const isHeard = ({ official }: SegmentFacts) =>
    told.officials.some((one) => one.official.personId === official?.personId)
  const joined = told.officials
    .filter(({ official }) => !before.some((known) => known.official?.personId === official.personId))
    .map(({ segmentId, official }) => segmentOf(of, segmentId, official, told.at))
  const left = before.filter((known) => !isHeard(known))
  return {
    others: [...before.filter(isHeard), ...joined],
    effects: [...joined.map((facts): NoteOther => ({ do: 'note-other', facts })), ...endOtherOfficials(left, told.at)],
  }
}

/** Notes for segments that end. */
export function endOtherOfficials(others: readonly SegmentFacts[] | undefined, at: Temporal.Instant): NoteOther[] {
  return (others ?? []).map((facts) => {
    const begun = facts.answeredAt ?? facts.startedAt
    return { do: 'note-other', facts: { ...facts, endedAt: Temporal.Instant.compare(at, begun) < 0 ? begun : at } }
  })
}

function segmentOf(
  { contactId, callIds, trunk, startedAt, caller, numberCalled, numberReached, decision }: SegmentFacts,
  segmentId: string,
  official: NonNullable<SegmentFacts['official']>,
  at: Temporal.Instant,
): SegmentFacts {
  const { descriptionVersion, drawnOn } = decision
  return {
    ...{
      segmentId,
      contactId,
      callIds,
      trunk,
      startedAt,
      answeredAt: at,
      caller,
      numberCalled,
      numberReached,
      official,
    },
    decision: { record: false, reason: conferenceReason, descriptionVersion, drawnOn },
    captureState: 'not-recorded',
    marks: [],
  }
}
