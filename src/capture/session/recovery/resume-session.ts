/** Converts a session to its saved form, and resumes it in the next process. */
import type { SegmentFacts } from '#register/admit.ts'
import { forbiddenReason } from '../machine/describe-segment.ts'
import { writeFacts } from './facts-file.ts'
import type { StreamPlan } from '../../siprec/answer-offer.ts'
import type { SavedSplitDirection, SavedSession, SavedDuplicate } from './saved-sessions.ts'
import type { DialogStart } from '../reading/read-requests.ts'
import type { RunningSession, SessionLeg } from '../run-session.ts'
import type { Offer } from '../machine/session-types.ts'
import type { SilentSession } from './silent-resumed-sessions.ts'

interface ClockReadings {
  epochMs: number
  monotonicMs: number
}

/**
 * Returns the data that the next process needs to resume a session; undefined if it cannot be resumed: SRTP needs keys, which
 * are never saved, and what a session's own metadata report as a consultation or conference is not recorded.
 */
export function toSavedSession(
  { dialog, state, media, described, sdpSessionId }: RunningSession,
  beginning: DialogStart,
  now: ClockReadings,
  {
    duplicates: twins,
    isSharedElsewhere,
    ...related
  }: Pick<SavedSession, 'isInherited'> & {
    halves: readonly SavedSplitDirection[]
    duplicates: readonly SavedDuplicate[]
    isSharedElsewhere: boolean
  },
): SavedSession | undefined {
  if (state?.phase !== 'live') return undefined
  const { facts, streams, tracks, metadata, answerVersion, withholds, shared, stopped, joined = [] } = state.session
  if (withholds || hasSrtpKeys([...streams, ...joined])) return undefined
  return {
    format: 2,
    segmentId: facts.segmentId,
    facts: writeFacts(facts),
    ...savedSessionDialog({ dialog, described, sdpSessionId }, media?.ports, beginning, now),
    ...{ streams, joined, ...related, twins, tracks, metadata, answerVersion },
    isForbidden: stopped !== undefined,
    ...(shared && { sharedWith: isSharedElsewhere ? ('elsewhere' as const) : ('own' as const) }),
  }
}

/** Like toSavedSession, for a duplicate session, whose audio is discarded. */
export function toSavedDuplicate(
  leg: SessionLeg,
  beginning: DialogStart,
  now: ClockReadings,
): SavedDuplicate | undefined {
  if (hasSrtpKeys(leg.place.streams)) return undefined
  return { ...savedSessionDialog(leg, leg.streams?.ports, beginning, now), place: leg.place }
}

function hasSrtpKeys(streams: readonly StreamPlan[]): boolean {
  return streams.some(({ accepted, crypto }) => accepted && crypto)
}

function savedSessionDialog(
  { dialog, described, sdpSessionId }: Pick<SessionLeg, 'dialog' | 'described' | 'sdpSessionId'>,
  ports: ReadonlyMap<number, number> | undefined,
  { headers, clock, beganMs }: DialogStart,
  now: ClockReadings,
) {
  const withoutKeys = described?.media.map((one) => ({ ...one, crypto: [] }))
  return {
    ...{ dialog: dialog.saved(), sdpSessionId, clock },
    described: described && { ...described, media: withoutKeys ?? [] },
    ports: [...(ports ?? [])],
    headers: [...headers],
    beganAtMs: now.epochMs - (now.monotonicMs - beganMs),
  }
}

/** Converts the saved data of a dialog's first request, for the process that resumes it. */
export function toDialogStart(
  saved: Pick<SavedDuplicate, 'headers' | 'clock' | 'beganAtMs'>,
  now: ClockReadings,
): DialogStart {
  const { headers, clock, beganAtMs } = saved
  const beganMs = now.monotonicMs - (now.epochMs - beganAtMs)
  // The previous process has received the ACK, or no longer waits for it.
  return { headers: new Map(headers), acknowledged: true, clock, beganMs }
}

/**
 * Returns the offer that resumes a saved session. A recorded session continues as a new segment of the call with the same
 * official and decision (R14), because a recording has one beginning and one end (R17) and the key of the earlier recording is
 * not saved.
 */
export function resumedOffer(
  { facts: before, saved, continues }: SilentSession,
  next: {
    ids: { segmentId: string; recordingId: string }
    at: Temporal.Instant
    intakeDay: Temporal.PlainDate
    intakePublicKey: () => string | undefined
    isForbidden: boolean
  },
): Offer {
  const { streams, tracks, metadata, answerVersion, joined } = saved
  const offer = {
    streams,
    tracks,
    ...(metadata && { metadata }),
    hasSdp: false,
    ...(saved.sharedWith && { shared: true }),
    previousState: { answerVersion, joined, tracks, ...(saved.ports.length === 0 && { isSilenced: true }) },
  }
  if (continues) return { facts: before, ...offer }
  const { recording, endedAt: _ended, endInferred: _inferred, captureFailure, ...rest } = before
  const facts: SegmentFacts = {
    ...rest,
    segmentId: next.ids.segmentId,
    answeredAt: next.at,
    captureState: recording && !next.isForbidden ? 'recording' : 'not-recorded',
    marks: before.marks.filter((mark) => mark !== 'incomplete' && mark !== 'end-inferred'),
    ...(!recording && captureFailure !== undefined && { captureFailure }),
    ...(recording && next.isForbidden && { captureFailure: forbiddenReason }),
    ...(recording &&
      !next.isForbidden && {
        recording: {
          id: next.ids.recordingId,
          startedAt: next.at,
          intakeDay: next.intakeDay,
          intakeKey: next.intakePublicKey(),
          months: recording.months,
          ...(recording.client && { client: recording.client }),
        },
      }),
  }
  return { facts, ...offer }
}
