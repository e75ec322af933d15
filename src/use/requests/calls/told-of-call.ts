/**
 * Calls that a requester names (R42-R46, R48). In: a session of the Service Unit, an open request whose requester has been
 * identified, and what was told of a call. Out: none, one or several fit; of the one how to verify it, and once it is shown to
 * be the requester's, the call. Never here: a word about a call that is somebody else's; how many fit; a number in the log.
 */
import { normalisePhoneNumber } from '#description/phone-numbers/normalise-phone-number.ts'
import type { PhoneNumberKey } from '#description/phone-numbers/phone-number.ts'

/** As the requester tells it. */
export interface ToldOfCall {
  /** YYYY-MM-DD and HH:MM, by the clock of Helsinki. */
  day: string
  time: string
  accuracy: 'MINUTES' | 'HALF_HOUR' | 'HOURS'
  /** In any form; without it only calls with a withheld number are looked at. */
  callerNumber?: string
  serviceNumber?: string
  minutes?: number
  official?: string
}

export type Detail = 'accuracy' | 'callerNumber' | 'serviceNumber' | 'minutes' | 'official'

export interface ReadTold {
  told: ToldOfCall
  caller: PhoneNumberKey | null
  service: PhoneNumberKey | null
}

export interface UnreadTold {
  refused: 'input.invalid' | 'input.identity-code'
  field: 'callerNumber' | 'serviceNumber' | 'day'
}

/** With a letter no number is read of it; one of digits alone the database tells apart (refuse_identity_code). */
const identityCode = /\d{6}[-+a-fu-y]\d{3}[\da-y]/i

/**
 * Reads the numbers in what was told. A caller's number that is said to be withheld is as one that was not told.
 * @param today in Helsinki: nobody asks about a call to come
 */
export function readTold(given: ToldOfCall, today: Temporal.PlainDate): ReadTold | UnreadTold {
  if (Temporal.PlainDate.compare(given.day, today) > 0) return { refused: 'input.invalid', field: 'day' }
  const { callerNumber, serviceNumber, ...told } = given
  const caller = readNumber(callerNumber)
  if (typeof caller === 'string') return { refused: caller, field: 'callerNumber' }
  const service = readNumber(serviceNumber)
  if (typeof service === 'string') return { refused: service, field: 'serviceNumber' }
  return {
    told: {
      ...told,
      ...(caller?.key && callerNumber !== undefined && { callerNumber }),
      ...(service?.key && serviceNumber !== undefined && { serviceNumber }),
    },
    caller: caller?.key ?? null,
    service: service?.key ?? null,
  }
}

/**
 * What would tell several calls apart, the narrowest last: what was not told, whatever calls there are. Whoever called from a
 * withheld number has none to tell; an official may know which number called.
 */
export function askFor(told: ToldOfCall, isOfficials: boolean): Detail[] {
  return [
    ...(told.accuracy === 'MINUTES' ? [] : ['accuracy' as const]),
    ...(told.callerNumber === undefined && isOfficials ? ['callerNumber' as const] : []),
    ...(told.serviceNumber === undefined ? ['serviceNumber' as const] : []),
    ...(told.minutes === undefined ? ['minutes' as const] : []),
    ...(told.official === undefined && !isOfficials ? ['official' as const] : []),
  ]
}

function readNumber(written: string | undefined): { key: PhoneNumberKey | null } | UnreadTold['refused'] | undefined {
  if (written === undefined) return undefined
  const { key, kind } = normalisePhoneNumber(written)
  if (kind !== 'unparsed') return { key }
  return identityCode.test(written) ? 'input.identity-code' : 'input.invalid'
}
