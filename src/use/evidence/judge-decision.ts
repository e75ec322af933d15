import { decideRecording, type RecordingDecision, type RecordingQuestion } from '#description/decide-recording.ts'
import type { PhoneNumberKey } from '#description/phone-numbers/phone-number.ts'
import { versionAt, type DescriptionVersion } from '#safeguards/versions/versions.ts'

export const findingKinds = [
  /** A recording of a segment that was not to be recorded. */
  'extra',
  /** A segment that was to be recorded, and there is no recording and no fault that would explain it. */
  'omitted',
  /** A segment that was to be recorded and could not be: the disk was full, there was no key. */
  'failed',
  /** Recorded or not as it should be, but the stored decision says otherwise than the decision made again. */
  'decision-differs',
  /** What was drawn is the id of another call. */
  'foreign-draw',
  /** The decision cannot be made again: it is older than versions, or turned on who answers, and that was told later. */
  'unverifiable',
] as const
export type FindingKind = (typeof findingKinds)[number]

/** What the register holds of an answered segment, as far as it was decided on. */
export interface DecidedSegment {
  segmentId: string
  contactId: string
  answeredAt: Temporal.Instant
  numberReached: PhoneNumberKey
  viaSwitchboard: boolean
  officialId: string | null
  /** SHA-256 in hexadecimal. */
  drawnOn: string | null
  /** The draw is that of another call's id. */
  foreignDraw: boolean
  /** As it was stored; without a version for calls older than versions. */
  decision: Omit<RecordingDecision, 'drawnOn' | 'recordingMonths' | 'reason' | 'descriptionVersion'> & {
    reason: string
    descriptionVersion?: number | undefined
  }
  captureFailure: string | null
  recordingId: string | null
  /** Another official answered the same call until within this segment's time: it can be one of a conference. */
  isBeside?: boolean
}

export interface Difference {
  what: keyof DecidedSegment['decision']
  stored: string | number | boolean | null
  again: string | number | boolean | null
}

export interface Finding {
  kind: FindingKind
  segmentId: string
  contactId: string
  /** Of the recording that is there; nothing where there is none. */
  recordingId: string | null
  answeredAt: Temporal.Instant
  number: PhoneNumberKey
  /** Where the stored decision is not the one made again; nothing where it was not made again. */
  differences: Difference[]
}

export interface JudgedBy {
  versions: readonly DescriptionVersion[]
  drawKey: Uint8Array
  /** Whether an official consented to being recorded, as the directory tells today. */
  consents: (officialId: string, at: Temporal.Instant) => boolean
}

const compared = [
  'descriptionVersion',
  'record',
  'reason',
  'ruleId',
  'ruleVersion',
  'share',
  'draw',
  'quotaUsed',
] as const

/** Makes a decision again and compares it with what was stored and done (R14). Nothing where all is as it should be. */
export function judgeDecision(segment: DecidedSegment, by: JudgedBy): Finding | undefined {
  const { answeredAt, decision, recordingId, drawnOn, officialId } = segment
  const found = (kind: FindingKind, differences: Difference[] = []): Finding => ({
    kind,
    segmentId: segment.segmentId,
    contactId: segment.contactId,
    recordingId,
    answeredAt,
    number: segment.numberReached,
    differences,
  })

  // An official who joined a conference has a part of the call and never a recording: nothing is decided for it.
  if (decision.reason === 'conference' && !decision.record && recordingId === null) {
    return segment.isBeside ? undefined : found('omitted')
  }
  if (drawnOn === null || decision.descriptionVersion === undefined) {
    return actedOtherwise(decision.record) ?? found('unverifiable')
  }
  if (segment.foreignDraw) return found('foreign-draw')
  const question: RecordingQuestion = {
    version: versionAt(by.versions, answeredAt),
    drawKey: by.drawKey,
    drawnOn,
    numberReached: segment.numberReached,
    answeredAt,
    viaSwitchboard: segment.viaSwitchboard,
    ...(officialId !== null && { officialId, consents: by.consents(officialId, answeredAt) }),
    quotaUsed: () => decision.quotaUsed ?? 0,
  }
  const again = decideRecording(question)
  const differences = differencesOf(decision, again)
  if (differences.length > 0 && recordingId === null && turnedOnWhoAnswers(decision, question)) {
    return found('unverifiable', differences)
  }
  return actedOtherwise(again.record, differences) ?? (differences[0] && found('decision-differs', differences))

  function actedOtherwise(record: boolean, differences: Difference[] = []): Finding | undefined {
    if (record === (recordingId !== null)) return undefined
    if (!record) return found('extra', differences)
    return found(segment.captureFailure !== null && decision.record ? 'failed' : 'omitted', differences)
  }
}

/** Who answers may be told after the decision, and the directory may learn of a consent later: then it was right when made. */
function turnedOnWhoAnswers(stored: DecidedSegment['decision'], question: RecordingQuestion): boolean {
  const { officialId: _told, ...unknown } = question
  const asKnown = stored.reason === 'no-official' ? unknown : { ...question, consents: stored.reason !== 'no-consent' }
  return differencesOf(stored, decideRecording(asKnown)).length === 0
}

function differencesOf(stored: DecidedSegment['decision'], again: RecordingDecision): Difference[] {
  return compared
    .filter((what) => stored[what] !== again[what])
    .map((what) => ({ what, stored: stored[what] ?? null, again: again[what] ?? null }))
}
