import { draw } from './draw.ts'
import { localTime } from './local-time.ts'
import { type PhoneNumberKey } from './phone-numbers/phone-number.ts'
import { findNumber, type RecordingRule, type RegisterDescription } from './register-description.ts'

/** A version of the description, as far as it decides what is recorded. Must not change once it has been asked. */
export type DecidingVersion = {
  version: number
  description: Pick<RegisterDescription, 'numbers' | 'recordingPlan'> & {
    switches: Pick<RegisterDescription['switches'], 'announcementRequired' | 'officialConsent'>
  }
}

/** How many recordings of this week the quota of a rule has counted: those of one official, or of one number. */
export type QuotaUsed = (rule: Pick<RecordingRule, 'id'>, of: { official: string } | { number: string }) => number

export type RecordingQuestion = {
  /** The version in force at `answeredAt`, never a later one (R14). */
  version: DecidingVersion
  /** The installation's secret for draws; see draw.ts. */
  drawKey: Uint8Array
  /** hashCallId of the call's own id. All segments of a call share it, so a transferred call is drawn once (AC5). */
  drawnOn: string
  /** The number whose official answers: of a passed-on call the number reached, not the one dialled (AC4). */
  numberReached: PhoneNumberKey | null
  /** The start signal (R16). */
  answeredAt: Temporal.Instant
  /** The switchboard passed the call on. */
  viaSwitchboard: boolean
  /** The person who answers, where the call's signalling tells and the directory knows. */
  officialId?: string | undefined
  /** Whether that person consents to being recorded; what is not known is no consent (C10). */
  consents?: boolean | undefined
  /** Asked at most once, where the rule has a quota and the draw would record. */
  quotaUsed: QuotaUsed
}

export const decisionReasons = [
  /** Recorded; every other reason says why not. */
  'drawn',
  'not-drawn',
  'switchboard',
  'forwarded',
  'unknown-number',
  'no-rule',
  'rule-ended',
  'outside-hours',
  'quota-full',
  /** A quota of each official, or consent, needs to know who answers. */
  'no-official',
  'no-consent',
  'no-announcement',
] as const
export type DecisionReason = (typeof decisionReasons)[number]

/** The decision and all that explains it later: it is stored with the segment (R14). */
export type RecordingDecision = {
  record: boolean
  reason: DecisionReason
  descriptionVersion: number
  /** What was, or would have been, drawn: SHA-256 of a call id in hexadecimal. */
  drawnOn: string
  ruleId?: string
  ruleVersion?: number
  /** Of answered calls, 0 to 1. */
  share?: number
  /** Recorded where below the share, if a quota still has room. */
  draw?: number
  /** Recordings that the rule's quota had counted before this call; only where it was asked. */
  quotaUsed?: number
  /** How long the recording is kept, in calendar months (R25); only where there is one. */
  recordingMonths?: number
}

/** Decides whether a segment is recorded (R13, R14). The same question has the same answer for ever. */
export function decideRecording(question: RecordingQuestion): RecordingDecision {
  const { version, drawKey, drawnOn, numberReached, answeredAt, officialId } = question
  const { recordingPlan, switches } = version.description
  const base = { descriptionVersion: version.version, drawnOn }
  const not = (reason: DecisionReason, explained: Partial<RecordingDecision> = {}): RecordingDecision => ({
    record: false,
    reason,
    ...base,
    ...explained,
  })

  const number = findNumber(version.description, numberReached, answeredAt)
  if (!number) return not('unknown-number')
  if (number.kind === 'SWITCHBOARD') return not('switchboard')
  if (question.viaSwitchboard && !recordingPlan.recordForwarded) return not('forwarded')

  const atMs = answeredAt.epochMilliseconds
  const { rules, announced } = planFor(version.description, number.key)
  const holding = rules.filter(({ fromMs, untilMs }) => fromMs <= atMs && atMs < untilMs)
  const now = holding.find((one) => withinHours(one, atMs))
  const rule = (now ?? holding[0])?.rule
  if (!rule) return not(rules.some(({ untilMs }) => untilMs <= atMs) ? 'rule-ended' : 'no-rule')
  const explained = { ruleId: rule.id, ruleVersion: rule.version, share: rule.share }
  if (!now) return not('outside-hours', explained)
  if (switches.announcementRequired && !announced) return not('no-announcement', explained)
  const consentNeeded = switches.officialConsent === 'required'
  if ((consentNeeded || rule.quota?.per === 'official') && officialId === undefined)
    return not('no-official', explained)
  if (consentNeeded && question.consents !== true) return not('no-consent', explained)

  const drawn = { ...explained, draw: draw(drawKey, rule.id, rule.version, drawnOn) }
  if (drawn.draw >= rule.share) return not('not-drawn', drawn)
  const { quota, recordingMonths } = rule
  if (!quota) return { record: true, reason: 'drawn', ...base, ...drawn, recordingMonths }
  const of = quota.per === 'official' ? { official: officialId ?? '' } : { number: number.key }
  const quotaUsed = question.quotaUsed(rule, of)
  if (quotaUsed >= quota.weekly) return not('quota-full', { ...drawn, quotaUsed })
  return { record: true, reason: 'drawn', ...base, ...drawn, quotaUsed, recordingMonths }
}

type NumberRule = { rule: RecordingRule; fromMs: number; untilMs: number; hours?: { fromMs: number; toMs: number } }
type NumberPlan = { rules: readonly NumberRule[]; announced: boolean }

/** A published version does not change, and no call should wait for what can be known before it. */
const plans = new WeakMap<object, Map<PhoneNumberKey, NumberPlan>>()

function planFor(description: DecidingVersion['description'], key: PhoneNumberKey): NumberPlan {
  let numbers = plans.get(description)
  if (!numbers) plans.set(description, (numbers = new Map<PhoneNumberKey, NumberPlan>()))
  let plan = numbers.get(key)
  if (!plan) numbers.set(key, (plan = planOf(description.recordingPlan, key)))
  return plan
}

function planOf({ rules, announcements }: RegisterDescription['recordingPlan'], key: PhoneNumberKey): NumberPlan {
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

/** Rounded up, so that the last moment of the day is its end. */
function clockMsOf(time: Temporal.PlainTime): number {
  const seconds = (time.hour * 60 + time.minute) * 60 + time.second
  return seconds * 1000 + time.millisecond + (time.microsecond + time.nanosecond > 0 ? 1 : 0)
}
