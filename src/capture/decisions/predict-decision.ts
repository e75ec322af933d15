/**
 * Predicts, before a call is answered, whether the call will be recorded, from the data that the phone system sends and from
 * capture's copies of plan, quotas and directory. A request creates no contact, changes no count and is not stored.
 */
import { decideRecording, type RecordingDecision } from '#description/decide-recording.ts'
import { hashCallId } from '#description/draw.ts'
import { normalisePhoneNumber } from '#description/phone-numbers/normalise-phone-number.ts'
import type { PhoneNumberKey } from '#description/phone-numbers/phone-number.ts'
import { findNumber, type RegisterDescription } from '#description/register-description.ts'
import type { DirectoryEntry } from '#safeguards/people/people.ts'
import { directoryAt } from '../session/reading/directory.ts'
import type { QuotaCounts } from '../session/register/quota-counts.ts'
import type { VersionAt } from '../session/reading/version-in-force.ts'
import { joiningKeys, normaliseCallIds, type CallIdSource } from '../siprec/read-call-ids.ts'

export interface DecisionRequest {
  /** The service number reached, as written. */
  number: string
  /** The number dialled first, if a switchboard transferred the call. */
  dialled?: string | undefined
  /** Number of the official who answers, if known. */
  official?: string | undefined
  /** Ids of the call; the recording client must send the same ones. */
  callIds: Readonly<Partial<Record<CallIdSource, string>>>
}

export interface DecisionResponse {
  /** `possible`: depends on who answers, or on a time rule or plan version that begins within the next minutes. */
  outcome: 'recorded' | 'possible' | 'not-recorded'
  /** True if the announcement must be played: whenever the call may be recorded (AC3). */
  announce: boolean
  /** Reason of the decision as of now (docs/formats/draw.md). */
  reason: RecordingDecision['reason']
  descriptionVersion: number
  /** Announcement texts for the caller; empty if nothing is announced or the number has no announcement. */
  announcements: { texts: Partial<Record<'fi' | 'sv' | 'en', string>> }[]
}

export interface DecisionContext {
  versionAt: VersionAt
  drawKey: Uint8Array
  quotas: Pick<QuotaCounts, 'used'>
  officials: () => readonly DirectoryEntry[]
  now: () => Temporal.Instant
}

/** Assumed longest time in minutes from the request until the call is answered. A larger value adds unnecessary announcements. */
const minutesAhead = 10

/** @returns the answer, or the name of a value that is not a phone number */
export function predictDecision(
  question: DecisionRequest,
  from: DecisionContext,
): DecisionResponse | { wrong: 'number' | 'dialled' | 'official' } {
  const { number, dialled, official } = question
  const keys = { number: phoneKeyOf(number), dialled: phoneKeyOf(dialled), official: phoneKeyOf(official) }
  for (const name of ['number', 'dialled', 'official'] as const) {
    if (question[name] !== undefined && keys[name] === undefined) return { wrong: name }
  }
  const now = from.now()
  const decided = decideAt(now, keys, question, from)
  const isPossible =
    decided.asReported.record ||
    minutesFrom(now).some((at) => {
      const { asReported, atBest } = decideAt(at, keys, question, from)
      return asReported.record || atBest.record
    })
  const { description, version } = from.versionAt(now)
  return {
    outcome: decided.asReported.record ? 'recorded' : isPossible ? 'possible' : 'not-recorded',
    announce: isPossible,
    reason: decided.asReported.reason,
    descriptionVersion: version,
    announcements: isPossible ? announcementsFor(description, keys.number) : [],
  }
}

type Keys = Record<'number' | 'dialled' | 'official', PhoneNumberKey | undefined>

/** Returns the decision at an instant. An unknown official is assumed to consent and to have quota left. */
function decideAt(answeredAt: Temporal.Instant, keys: Keys, { callIds }: DecisionRequest, from: DecisionContext) {
  const version = from.versionAt(answeredAt)
  const { findOfficial } = directoryAt(version.description, from.officials(), answeredAt)
  const entry = keys.official && findOfficial(keys.official)
  const dialledEntry = keys.dialled && findNumber(version.description, keys.dialled, answeredAt)
  const query = {
    version,
    drawKey: from.drawKey,
    drawnOn: hashCallId(joiningKeys(normaliseCallIds(callIds))[0] ?? ''),
    numberReached: keys.number ?? null,
    answeredAt,
    viaSwitchboard: dialledEntry?.kind === 'SWITCHBOARD' && keys.dialled !== keys.number,
    quotaUsed: from.quotas.used(answeredAt),
  }
  const asReported = decideRecording({
    ...query,
    officialId: entry?.personId,
    consents: entry?.consentedFrom != null,
  })
  if (entry) return { asReported, atBest: asReported }
  const used = query.quotaUsed
  const atBest = decideRecording({
    ...query,
    officialId: 'whoever answers',
    consents: true,
    quotaUsed: (rule, of) => ('official' in of ? 0 : used(rule, of)),
  })
  return { asReported, atBest }
}

/** Returns now and the start of each of the next minutes, because rules and versions begin and end at full minutes. */
function minutesFrom(now: Temporal.Instant): Temporal.Instant[] {
  const first = now.round({ smallestUnit: 'minute', roundingMode: 'floor' })
  const next = Array.from({ length: minutesAhead }, (_, at) => first.add({ minutes: at + 1 }))
  return [now, ...next]
}

function announcementsFor({ recordingPlan }: RegisterDescription, number: PhoneNumberKey | undefined) {
  return recordingPlan.announcements
    .filter(({ numbers }) => number !== undefined && numbers.includes(number))
    .map(({ texts }) => ({ texts: { ...texts } }))
}

function phoneKeyOf(written: string | undefined): PhoneNumberKey | undefined {
  return written === undefined ? undefined : (normalisePhoneNumber(written).key ?? undefined)
}
