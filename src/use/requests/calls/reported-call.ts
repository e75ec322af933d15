/**
 * Details with which a requester names a call (R42-R46, R48), in an open request whose requester is identified. None, one or
 * several calls fit. If one fits, the clerk sees how to verify the call, and the call itself once it is verified as the
 * requester's. Never reveals calls of others or how many fit; numbers are not logged.
 */
import { normalisePhoneNumber } from '#description/phone-numbers/normalise-phone-number.ts'
import type { PhoneNumberKey } from '#description/phone-numbers/phone-number.ts'

export interface ReportedCall {
  /** YYYY-MM-DD and HH:MM, Helsinki time. */
  day: string
  time: string
  accuracy: 'MINUTES' | 'HALF_HOUR' | 'HOURS'
  /** In any form; without it only calls with a withheld number are searched. */
  callerNumber?: string
  serviceNumber?: string
  minutes?: number
  official?: string
}

export type Detail = 'accuracy' | 'callerNumber' | 'serviceNumber' | 'minutes' | 'official'

export interface ParsedReport {
  reported: ReportedCall
  caller: PhoneNumberKey | null
  service: PhoneNumberKey | null
}

export interface RejectedReport {
  refused: 'input.invalid' | 'input.identity-code'
  field: 'callerNumber' | 'serviceNumber' | 'day'
}

/** Identity code with a sign or a letter. The database detects identity codes of digits alone (refuse_identity_code). */
const identityCode = /\d{6}[-+a-fu-y]\d{3}[\da-y]/i

/**
 * Parses the numbers in the details. A caller's number given as withheld counts as not given.
 * @param today in Helsinki: future days are refused
 */
export function parseReport(given: ReportedCall, today: Temporal.PlainDate): ParsedReport | RejectedReport {
  if (Temporal.PlainDate.compare(given.day, today) > 0) return { refused: 'input.invalid', field: 'day' }
  const { callerNumber, serviceNumber, ...reported } = given
  const caller = readNumber(callerNumber)
  if (typeof caller === 'string') return { refused: caller, field: 'callerNumber' }
  const service = readNumber(serviceNumber)
  if (typeof service === 'string') return { refused: service, field: 'serviceNumber' }
  return {
    reported: {
      ...reported,
      ...(caller?.key && callerNumber !== undefined && { callerNumber }),
      ...(service?.key && serviceNumber !== undefined && { serviceNumber }),
    },
    caller: caller?.key ?? null,
    service: service?.key ?? null,
  }
}

/**
 * Returns details not given yet that would distinguish several calls, the narrowest last; independent of which calls exist.
 * A caller is not asked for a number that was not given, since it was withheld; an official may know which number called.
 */
export function missingDetails(reported: ReportedCall, isOfficials: boolean): Detail[] {
  return [
    ...(reported.accuracy === 'MINUTES' ? [] : ['accuracy' as const]),
    ...(reported.callerNumber === undefined && isOfficials ? ['callerNumber' as const] : []),
    ...(reported.serviceNumber === undefined ? ['serviceNumber' as const] : []),
    ...(reported.minutes === undefined ? ['minutes' as const] : []),
    ...(reported.official === undefined && !isOfficials ? ['official' as const] : []),
  ]
}

function readNumber(
  written: string | undefined,
): { key: PhoneNumberKey | null } | RejectedReport['refused'] | undefined {
  if (written === undefined) return undefined
  const { key, kind } = normalisePhoneNumber(written)
  if (kind !== 'unparsed') return { key }
  return identityCode.test(written) ? 'input.identity-code' : 'input.invalid'
}
