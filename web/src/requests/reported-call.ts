import { parseDate, Time, type CalendarDate } from '@internationalized/date'
import type { RequestCall, ReportedCall } from '../api/shapes.ts'

export const accuracies = ['MINUTES', 'HALF_HOUR', 'HOURS'] as const

/** The requester's claims about a call, in the form. */
export interface ReportDraft {
  day: CalendarDate | null
  time: Time | null
  accuracy: ReportedCall['accuracy']
  /** The number was withheld, or is unknown. */
  isWithheld: boolean
  callerNumber: string
  serviceNumber: string
  minutes: string
  official: string
}
export const reportFields = ['day', 'time', 'callerNumber', 'serviceNumber', 'minutes', 'official'] as const
export type ReportField = (typeof reportFields)[number]
/** Why the claims do not suffice: field and text key. */
export interface ReportProblem {
  field: ReportField
  why: 'missing' | 'future' | 'wrong' | 'or-minutes'
}

export function emptyReport(): ReportDraft {
  return {
    day: null,
    time: null,
    accuracy: 'HALF_HOUR' as const,
    isWithheld: false,
    callerNumber: '',
    serviceNumber: '',
    minutes: '',
    official: '',
  }
}

export function draftOf(reported: ReportedCall): ReportDraft {
  const [hour, minute] = reported.time.split(':')
  return {
    day: parseDate(reported.day),
    time: new Time(Number(hour), Number(minute)),
    accuracy: reported.accuracy,
    isWithheld: reported.callerNumber === undefined,
    callerNumber: reported.callerNumber ?? '',
    serviceNumber: reported.serviceNumber ?? '',
    minutes: reported.minutes === undefined ? '' : String(reported.minutes),
    official: reported.official ?? '',
  }
}

/**
 * Returns the search, or what is missing: day and time, and the caller's number, or else the service number with the length or
 * the official (R46). An official need not give a number: the official who answered is known.
 * @param today the day in Finland; later days are refused
 */
export function reportOf(
  draft: ReportDraft,
  today: CalendarDate,
  isOfficials = false,
): { reported: ReportedCall } | { wrong: ReportProblem[] } {
  const { day, time, accuracy } = draft
  const isWithheld = draft.isWithheld && !isOfficials
  const [callerNumber, serviceNumber, minutes, official] = [
    isWithheld ? '' : draft.callerNumber.trim(),
    draft.serviceNumber.trim(),
    draft.minutes.trim(),
    draft.official.trim(),
  ]
  const wrong: ReportProblem[] = []
  if (!day) wrong.push({ field: 'day', why: 'missing' })
  else if (day.compare(today) > 0) wrong.push({ field: 'day', why: 'future' })
  if (!time) wrong.push({ field: 'time', why: 'missing' })
  if (!isWithheld && !callerNumber && !isOfficials) wrong.push({ field: 'callerNumber', why: 'missing' })
  if (isWithheld && !serviceNumber) wrong.push({ field: 'serviceNumber', why: 'missing' })
  if (minutes && !(/^\d{1,3}$/.test(minutes) && Number(minutes) <= 600)) wrong.push({ field: 'minutes', why: 'wrong' })
  if (official.length === 1) wrong.push({ field: 'official', why: 'wrong' })
  if (isWithheld && !minutes && !official) wrong.push({ field: 'minutes', why: 'or-minutes' })
  if (!day || !time || wrong.length > 0) return { wrong }
  return {
    reported: {
      day: day.toString(),
      time: `${two(time.hour)}:${two(time.minute)}`,
      accuracy,
      ...(callerNumber && { callerNumber }),
      ...(serviceNumber && { serviceNumber }),
      ...(minutes && { minutes: Number(minutes) }),
      ...(official && { official }),
    },
  }
}

/**
 * Returns true if the claims suffice without a recording for a control question: the caller's number, or the official and the
 * length.
 */
export function sufficesForVerification(reported: ReportedCall | undefined): boolean {
  if (!reported) return false
  return reported.callerNumber !== undefined || (reported.official !== undefined && reported.minutes !== undefined)
}

/** Verification of a call: what the clerk can do now. */
export type VerificationMethod = 'listen' | 'question' | 'details' | 'details-missing' | 'personnel'

/** Returns undefined for a call that is not to be verified. */
export function verificationMethod({
  state,
  verification,
  told: reported,
}: RequestCall): VerificationMethod | undefined {
  if (state !== 'FOUND' || !verification) return undefined
  if (verification.by === 'PERSONNEL') return 'personnel'
  if (verification.by === 'DETAILS') return sufficesForVerification(reported) ? 'details' : 'details-missing'
  return verification.recordings.some(({ hasBeenHeard }) => hasBeenHeard) ? 'question' : 'listen'
}

function two(count: number): string {
  return String(count).padStart(2, '0')
}
