/**
 * Creates a segment without a recording for each other official in a conference, so that the contact shows them and they see
 * their own call (R39, R48).
 */
import type { SegmentFacts } from '#register/admit.ts'

/** Reason why such a segment has no recording. */
export const conferenceReason = 'conference'

/** Officials who are heard in addition to the segment's official at an instant, each with an id for a new segment. */
export interface OtherOfficials {
  at: Temporal.Instant
  officials: readonly { segmentId: string; official: NonNullable<SegmentFacts['official']> }[]
}

type OtherFactsEffect = { do: 'store-other-facts'; facts: SegmentFacts }

/** Returns the segments that are still in progress, and effects that store those that begin or end. No change without `reported`. */
export function otherOfficialsEffects(
  main: SegmentFacts,
  before: readonly SegmentFacts[],
  reported: OtherOfficials | undefined,
): { others: readonly SegmentFacts[]; effects: OtherFactsEffect[] } {
  if (!reported) return { others: before, effects: [] }
  const isHeard = ({ official }: SegmentFacts) =>
    reported.officials.some((one) => one.official.personId === official?.personId)
  const joined = reported.officials
    .filter(({ official }) => !before.some((known) => known.official?.personId === official.personId))
    .map(({ segmentId, official }) => segmentOf(main, segmentId, official, reported.at))
  const left = before.filter((known) => !isHeard(known))
  return {
    others: [...before.filter(isHeard), ...joined],
    effects: [
      ...joined.map((facts): OtherFactsEffect => ({ do: 'store-other-facts', facts })),
      ...endOtherOfficials(left, reported.at),
    ],
  }
}

export function endOtherOfficials(
  others: readonly SegmentFacts[] | undefined,
  at: Temporal.Instant,
): OtherFactsEffect[] {
  return (others ?? []).map((facts) => {
    const beganAt = facts.answeredAt ?? facts.startedAt
    return {
      do: 'store-other-facts',
      facts: { ...facts, endedAt: Temporal.Instant.compare(at, beganAt) < 0 ? beganAt : at },
    }
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
