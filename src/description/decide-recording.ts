import { draw } from './draw.ts'
import { localTime } from './local-time.ts'
import { type PhoneNumberKey } from './phone-numbers/phone-number.ts'
import { findNumber, type RecordingRule, type RegisterDescription } from './register-description.ts'

/** The parts of a version that decide recording. Immutable once used. */
export type DecidingVersion = {
  version: number
  description: Pick<RegisterDescription, 'numbers' | 'recordingPlan'> & {
    switches: Pick<RegisterDescription['switches'], 'announcementRequired' | 'officialConsent'>
  }
}

/** Returns how many recordings of this week count towards a rule's quota, for one official or one number. */
export type QuotaUsed = (rule: Pick<RecordingRule, 'id'>, of: { official: string } | { number: string }) => number

export type RecordingInput = {
  /** Version in force at `answeredAt`, never a later one (R14). */
  version: DecidingVersion
  /** The installation's draw secret; see draw.ts. */
  drawKey: Uint8Array
  /** hashCallId of the call's own id. All segments of a call share it, so a transferred call is drawn once (AC5). */
  drawnOn: string
  /** The number whose official answers; for a forwarded call the number reached, not the one dialled (AC4). */
  numberReached: PhoneNumberKey | null
  /** Start signal (R16). */
  answeredAt: Temporal.Instant
  /** The switchboard forwarded the call. */
  viaSwitchboard: boolean
  /** The answering person, if the signalling reports them and the directory knows them. */
  officialId?: string | undefined
  /** True if that person consents to recording; unknown counts as no consent (C10). */
  consents?: boolean | undefined
  /** Called at most once, if the rule has a quota and the draw would record. */
  quotaUsed: QuotaUsed
}

export const decisionReasons = [
  /** Recorded; all other reasons mean not recorded. */
  'drawn',
  'not-drawn',
  'switchboard',
  'forwarded',
  'unknown-number',
  'no-rule',
  'rule-ended',
  'outside-hours',
  'quota-full',
  /** The official is unknown, and a quota per official or a required consent depends on who answers. */
  'no-official',
  'no-consent',
  'no-announcement',
] as const
export type DecisionReason = (typeof decisionReasons)[number]

/** The decision and everything needed to explain it later; stored with the segment (R14). */
export type RecordingDecision = {
  record: boolean
  reason: DecisionReason
  descriptionVersion: number
  /** Input of the draw: SHA-256 of a call id in hexadecimal. */
  drawnOn: string
  ruleId?: string
  ruleVersion?: number
  /** Share of answered calls, 0 to 1. */
  share?: number
  /** Recorded if below the share and within the quota. */
  draw?: number
  /** Recordings counted towards the rule's quota before this call, if there is a quota. */
  quotaUsed?: number
  /** Retention of the recording in calendar months (R25), if recorded. */
  recordingMonths?: number
}

/** Decides whether a segment is recorded (R13, R14). Deterministic. */
export function decideRecording(question: RecordingInput): RecordingDecision {
  const { version, drawKey, drawnOn, numberReached, answeredAt, officialId } = question
  const { recordingPlan, switches } = version.description
  const base = { descriptionVersion: version.version, drawnOn }
  const notRecorded = (reason: DecisionReason, explained: Partial<RecordingDecision> = {}): RecordingDecision => ({
    record: false,
    reason,
    ...base,
    ...explained,
  })

  const number = findNumber(version.description, numberReached, answeredAt)
  if (!number) return notRecorded('unknown-number')
  if (number.kind === 'SWITCHBOARD') return notRecorded('switchboard')
  if (question.viaSwitchboard && !recordingPlan.recordForwarded) return notRecorded('forwarded')

  const atMs = answeredAt.epochMilliseconds
  const { rules, announced } = planFor(version.description, number.key)
  const inForce = rules.filter(({ fromMs, untilMs }) => fromMs <= atMs && atMs < untilMs)
  const now = inForce.find((one) => withinHours(one, atMs))
  const rule = (now ?? inForce[0])?.rule
  if (!rule) return notRecorded(rules.some(({ untilMs }) => untilMs <= atMs) ? 'rule-ended' : 'no-rule')
  const explained = { ruleId: rule.id, ruleVersion: rule.version, share: rule.share }
  if (!now) return notRecorded('outside-hours', explained)
  if (switches.announcementRequired && !announced) return notRecorded('no-announcement', explained)
  const consentNeeded = switches.officialConsent === 'required'
  if ((consentNeeded || rule.quota?.per === 'official') && officialId === undefined)
    return notRecorded('no-official', explained)
  if (consentNeeded && question.consents !== true) return notRecorded('no-consent', explained)

  const drawn = { ...explained, draw: draw(drawKey, rule.id, rule.version, drawnOn) }
  if (drawn.draw >= rule.share) return notRecorded('not-drawn', drawn)
  const { quota, recordingMonths } = rule
  if (!quota) return { record: true, reason: 'drawn', ...base, ...drawn, recordingMonths }
  const of = quota.per === 'official' ? { official: officialId ?? '' } : { number: number.key }
  const quotaUsed = question.quotaUsed(rule, of)
  if (quotaUsed >= quota.weekly) return notRecorded('quota-full', { ...drawn, quotaUsed })
  return { record: true, reason: 'drawn', ...base, ...drawn, quotaUsed, recordingMonths }
}

type NumberRule = { rule: RecordingRule; fromMs: number; untilMs: number; hours?: { fromMs: number; toMs: number } }
type NumberPlan = { rules: readonly NumberRule[]; announced: boolean }

/** Compiled plans by version: a published version never changes, and calls must not wait for compilation. */
const plans = new WeakMap<object, Map<PhoneNumberKey, NumberPlan>>()

function planFor(description: DecidingVersion['description'], key: PhoneNumberKey): NumberPlan {
  let numbers = plans.get(description)
  if (!numbers) plans.set(description, (numbers = new Map<PhoneNumberKey, NumberPlan>()))
  let plan = numbers.get(key)
  if (!plan) numbers.set(key, (plan = compilePlan(description.recordingPlan, key)))
  return plan
}

function compilePlan({ rules, announcements }: RegisterDescription['recordingPlan'], key: PhoneNumberKey): NumberPlan {
  const heard = announcements.filter(({ numbers }) => numbers.includes(key)).map(({ texts }) => texts)
  return {
    announced: heard.some(({ fi }) => fi) && heard.some(({ sv }) => sv),
    rules: rules
      .filter(({ numbers }) => numbers.includes(key))
      .map((rule) => ({
        rule,
        fromMs: rule.from.epochMilliseconds,
        untilMs: rule.until?.epochMilliseconds ?? Infinity,
        ...(rule.hours && { hours: { fromMs: clockMsOf(rule.hours.from), toMs: clockMsOf(rule.hours.to) } }),
      })),
  }
}

function withinHours({ rule, hours }: NumberRule, atMs: number): boolean {
  if (!hours) return true
  const { weekday, clockMs } = localTime(atMs)
  return rule.hours?.days.includes(weekday) === true && hours.fromMs <= clockMs && clockMs < hours.toMs
}

/** Returns milliseconds since 00.00, rounded up: the last moment of a day counts as 24.00. */
function clockMsOf(time: Temporal.PlainTime): number {
  const seconds = (time.hour * 60 + time.minute) * 60 + time.second
  return seconds * 1000 + time.millisecond + (time.microsecond + time.nanosecond > 0 ? 1 : 0)
}
