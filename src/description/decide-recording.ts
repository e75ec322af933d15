import { draw } from './draw.ts'
import { type PhoneNumberKey } from './phone-numbers/phone-number.ts'
import { findNumber, inForce, type RegisterDescription } from './register-description.ts'

export type RecordingQuestion = {
  description: Pick<RegisterDescription, 'numbers' | 'recordingPlan'>
  /** The installation's secret for draws; see draw.ts. */
  drawKey: Uint8Array
  /** The call's own id. All segments of a call share it, so a transferred call is drawn once (AC5). */
  callId: string
  /** The number whose official answers: of a passed-on call the number reached, not the one dialled (AC4). */
  numberReached: PhoneNumberKey | null
  /** The start signal (R16). The rule in force then decides, never a later one (R14). */
  answeredAt: Temporal.Instant
  /** The switchboard passed the call on. */
  viaSwitchboard: boolean
}

/** The decision and all that explains it later: it is stored with the segment (R14). */
export type RecordingDecision = {
  record: boolean
  reason: 'drawn' | 'not-drawn' | 'switchboard' | 'forwarded' | 'unknown-number' | 'no-rule' | 'rule-ended'
  ruleId?: string
  ruleVersion?: number
  /** Of answered calls, 0 to 1. */
  share?: number
  /** Recorded where below the share. */
  draw?: number
  /** How long the recording is kept, in calendar months (R25); only where there is one. */
  recordingMonths?: number
}

/** Decides whether a segment is recorded (R13, R14). The same question has the same answer for ever. */
export function decideRecording(question: RecordingQuestion): RecordingDecision {
  const { description, drawKey, callId, numberReached, answeredAt, viaSwitchboard } = question
  const { rules, recordForwarded } = description.recordingPlan
  const number = findNumber(description, numberReached, answeredAt)
  if (!number) return { record: false, reason: 'unknown-number' }
  if (number.kind === 'SWITCHBOARD') return { record: false, reason: 'switchboard' }
  if (viaSwitchboard && !recordForwarded) return { record: false, reason: 'forwarded' }
  const forNumber = rules.filter((rule) => rule.numbers.includes(number.key))
  const rule = forNumber.find(({ from, until }) => inForce(from, until, answeredAt))
  if (!rule) {
    const ended = forNumber.some(({ until }) => until !== undefined && Temporal.Instant.compare(until, answeredAt) <= 0)
    return { record: false, reason: ended ? 'rule-ended' : 'no-rule' }
  }
  const explanation = { ruleId: rule.id, ruleVersion: rule.version, share: rule.share }
  const drawn = draw(drawKey, rule.id, rule.version, callId)
  if (drawn >= rule.share) return { record: false, reason: 'not-drawn', ...explanation, draw: drawn }
  return { record: true, reason: 'drawn', ...explanation, draw: drawn, recordingMonths: rule.recordingMonths }
}
