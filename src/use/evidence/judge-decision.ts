import { decideRecording, type RecordingDecision, type RecordingInput } from '#description/decide-recording.ts'
import type { PhoneNumberKey } from '#description/phone-numbers/phone-number.ts'
import { versionAt, type DescriptionVersion } from '#safeguards/versions/versions.ts'

export const findingKinds = [
  /** A recording of a segment that was not to be recorded. */
  'extra',
  /** A segment that was to be recorded, without a recording or a fault that explains it. */
  'omitted',
  /** A segment that was to be recorded and could not be: disk full, no key. */
  'failed',
  /** Recorded or not, as the recomputed decision says, but the stored decision differs. */
  'decision-differs',
  /** The draw used the id of another call. */
  'foreign-draw',
  /**
   * The decision cannot be recomputed: the call is older than the first version, or the decision depended on the answering
   * official, who was reported later.
   */
  'unverifiable',
] as const
export type FindingKind = (typeof findingKinds)[number]

/** Data of an answered segment on which its decision depends. */
export interface DecidedSegment {
  segmentId: string
  contactId: string
  answeredAt: Temporal.Instant
  numberReached: PhoneNumberKey
  viaSwitchboard: boolean
  officialId: string | null
  /** SHA-256, hexadecimal. */
  drawnOn: string | null
  /** The draw used another call's id. */
  foreignDraw: boolean
  /** As stored; calls older than the first version have no version. */
  decision: Omit<RecordingDecision, 'drawnOn' | 'recordingMonths' | 'reason' | 'descriptionVersion'> & {
    reason: string
    descriptionVersion?: number | undefined
  }
  captureFailure: string | null
  recordingId: string | null
  /** Retention of the recording; applying a shorter term of a later version shortens it. */
  recordingMonths?: number | null
  /** The recording came from an earlier recorder's file, and the log has that (docs/decisions/0120). */
  isImported?: boolean
  /** Another official had answered the same call and was still on it: possibly a conference. */
  isOverlapping?: boolean
}

export interface Difference {
  what: keyof DecidedSegment['decision'] | 'recordingMonths'
  stored: string | number | boolean | null
  recomputed: string | number | boolean | null
}

export interface Finding {
  kind: FindingKind
  segmentId: string
  contactId: string
  /** Id of the existing recording, if any. */
  recordingId: string | null
  answeredAt: Temporal.Instant
  number: PhoneNumberKey
  /** Differences between stored and recomputed decision; empty if it was not recomputed. */
  differences: Difference[]
}

export interface JudgingInputs {
  versions: readonly DescriptionVersion[]
  drawKey: Uint8Array
  /** Returns true if an official consented to being recorded at an instant, by today's directory. */
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

/** Recomputes a decision and compares it with what was stored and done (R14). Returns undefined if all is as it should be. */
export function judgeDecision(segment: DecidedSegment, inputs: JudgingInputs): Finding | undefined {
  const { answeredAt, decision, drawnOn, officialId, isImported = false } = segment
  // The plan decided about no recording that an earlier recorder made.
  const recordingId = isImported ? null : segment.recordingId
  const found = (kind: FindingKind, differences: Difference[] = []): Finding => ({
    kind,
    segmentId: segment.segmentId,
    contactId: segment.contactId,
    recordingId: segment.recordingId,
    answeredAt,
    number: segment.numberReached,
    differences,
  })

  const importedTerm = isImported ? importedTermDifferences(segment, inputs) : []
  if (importedTerm.length > 0) return found('decision-differs', importedTerm)
  if (decision.reason === 'imported') return isImported && decision.record ? undefined : found('extra')
  // An official who joins a conference gets a segment of the call without a recording: no decision is made.
  if (decision.reason === 'conference' && !decision.record && recordingId === null) {
    return segment.isOverlapping ? undefined : found('omitted')
  }
  if (drawnOn === null || decision.descriptionVersion === undefined) {
    return actedOtherwise(decision.record) ?? found('unverifiable')
  }
  if (segment.foreignDraw) return found('foreign-draw')
  const input: RecordingInput = {
    version: versionAt(inputs.versions, answeredAt),
    drawKey: inputs.drawKey,
    drawnOn,
    numberReached: segment.numberReached,
    answeredAt,
    viaSwitchboard: segment.viaSwitchboard,
    ...(officialId !== null && { officialId, consents: inputs.consents(officialId, answeredAt) }),
    quotaUsed: () => decision.quotaUsed ?? 0,
  }
  const recomputed = decideRecording(input)
  const differences = [...differencesOf(decision, recomputed), ...termDifferences(segment, recomputed, inputs)]
  if (differences.length > 0 && recordingId === null && dependsOnOfficial(decision, input)) {
    return found('unverifiable', differences)
  }
  return actedOtherwise(recomputed.record, differences) ?? (differences[0] && found('decision-differs', differences))

  function actedOtherwise(record: boolean, differences: Difference[] = []): Finding | undefined {
    if (record === (recordingId !== null)) return undefined
    if (!record) return found('extra', differences)
    return found(segment.captureFailure !== null && decision.record ? 'failed' : 'omitted', differences)
  }
}

/**
 * Returns true if the stored decision was right when it was made: the official may have been reported later, or the
 * directory may have got a consent later.
 */
function dependsOnOfficial(stored: DecidedSegment['decision'], input: RecordingInput): boolean {
  const { officialId: _official, ...unknown } = input
  const asKnown = stored.reason === 'no-official' ? unknown : { ...input, consents: stored.reason !== 'no-consent' }
  return differencesOf(stored, decideRecording(asKnown)).length === 0
}

/** R25: compares the term with the rule's. A shorter one is right if a rule of a later version has it for the number. */
function termDifferences(
  { recordingMonths: months, numberReached }: DecidedSegment,
  recomputed: RecordingDecision,
  { versions }: JudgingInputs,
): Difference[] {
  const own = recomputed.recordingMonths
  if (!months || own === undefined || months === own) return []
  const later = versions
    .filter(({ version }) => version >= recomputed.descriptionVersion)
    .flatMap(({ description }) => description.recordingPlan.rules)
  const isShortened = later.some(
    ({ numbers, recordingMonths }) => recordingMonths === months && numbers.includes(numberReached),
  )
  return months < own && isShortened ? [] : [{ what: 'recordingMonths', stored: months, recomputed: own }]
}

/** A recording of an earlier recorder has the shortest term of its number's rules, in some version. */
function importedTermDifferences(
  { recordingMonths: months, numberReached }: DecidedSegment,
  { versions }: JudgingInputs,
): Difference[] {
  if (!months) return []
  const terms = versions.map(({ description }) =>
    Math.min(
      ...description.recordingPlan.rules
        .filter(({ numbers }) => numbers.includes(numberReached))
        .map(({ recordingMonths }) => recordingMonths),
    ),
  )
  return terms.includes(months) ? [] : [{ what: 'recordingMonths', stored: months, recomputed: null }]
}

function differencesOf(stored: DecidedSegment['decision'], recomputed: RecordingDecision): Difference[] {
  return compared
    .filter((field) => stored[field] !== recomputed[field])
    .map((what) => ({ what, stored: stored[what] ?? null, recomputed: recomputed[what] ?? null }))
}
