import { parsePhoneNumberFromString } from 'libphonenumber-js/max'
import { cleanText } from './clean-text.ts'
import { displayPhoneNumber } from './display-phone-number.ts'
import {
  type KnownPhoneNumber,
  type NumberingOptions,
  type PhoneNumber,
  type PhoneNumberClass,
  type PhoneNumberKey,
} from './phone-number.ts'
import { readUri, unescapeUser, type NumberUri } from './read-uri.ts'
import { shortCodeBehindCountryCode, shortCodeClass } from './short-codes.ts'
import { splitNumber } from './split-number.ts'
import { anonymousHost, isPrivateName, isWithheldText } from './withheld.ts'

/** Longer texts are not numbers; bounds the work for hostile headers. */
const maxTextCharacters = 1024
/** Longest extension of a PBX; extensions have no leading 0. */
const maxExtensionDigits = 7
/** Operators' prefixes for international calls besides 00: 990, 994, 999, 99511, 99532… */
const internationalPrefix = /^99(?:[01469]|5(?:[14]1|3[23]|5[59]|77|88|9[09]))/

type Reading = Omit<KnownPhoneNumber, 'raw' | 'display'> | { kind: 'withheld' | 'unparsed' }

/**
 * Parses a telephone number in any written form: a SIP or tel URI, a trunk's digits, what a person typed. Never throws; what
 * cannot be parsed is `unparsed` with its raw text. A key parses to itself. The order of the steps matters (a short code must
 * not reach the library, a remark must not hide a country code).
 * @param raw the text as delivered
 * @param options the exchange of extensions (default `main`), and its display groups
 */
export function normalisePhoneNumber(raw: string, options: NumberingOptions = {}): PhoneNumber {
  const reading = raw.length > maxTextCharacters ? unparsed : read(cleanText(raw), options.pbx ?? 'main')
  if (!('key' in reading)) return { kind: reading.kind, key: null, raw: reading.kind === 'withheld' ? '' : raw }
  return { ...reading, raw, display: displayPhoneNumber(reading.key, options) }
}

/** Returns the key that registers are joined and searched by; null if there is no valid number. */
export function phoneNumberKey(text: string, options: NumberingOptions = {}): PhoneNumberKey | null {
  return normalisePhoneNumber(text, options).key
}

const unparsed: Reading = { kind: 'unparsed' }
const withheld: Reading = { kind: 'withheld' }

function read(text: string, pbx: string): Reading {
  if (isWithheldText(text)) return withheld
  return readKey(text) ?? readAddress(dropClir(text), pbx)
}

/** Parses `short:` and `ext:` keys; the other two kinds are ordinary text. */
function readKey(text: string): Reading | undefined {
  const ext = /^ext:([\p{L}\d.-]+):(\d{1,7})$/u.exec(text)
  if (ext?.[1] && ext[2]) return extension(ext[2], ext[1])
  const short = /^short:358:(\d+)$/.exec(text)?.[1]
  return short !== undefined && shortCodeClass(short) ? shortCode(short) : undefined
}

/** Step 3: removes the mobile prefixes `*31#` and `#31#`, which hide or show the caller's number. */
const dropClir = (text: string): string => text.replace(/^[*#]31#\s*/, '')

function readAddress(text: string, pbx: string): Reading {
  const uri = readUri(text)
  if (!uri) return readNumber(text, pbx)
  const user = cleanText(unescapeUser(uri.user))
  // A caller who asked for privacy stays hidden even if a trunk delivers the number (AC9).
  if (uri.host === anonymousHost || isPrivateName(uri.displayName ?? '')) return withheld
  if (isWithheldText(user)) return uri.host !== undefined && user === '' ? unparsed : withheld
  if (/^[+*#()\d.\s-]+$/.test(user))
    return withExtension(readNumber(inContext(dropClir(user), uri), contextPbx(uri, pbx)), uri.ext)
  const { host } = uri
  // "Tel: 029 512 000 (vaihde)" is a label, not a URI.
  if (host === undefined) return readNumber(user, pbx)
  if (!/^[^\s<>"@;:?]+$/.test(uri.user) || !/^[\p{L}\d.[\]:_-]+$/u.test(host)) return unparsed
  return { kind: 'address', key: `sip:${uri.user}@${host}` as PhoneNumberKey }
}

/** RFC 3966 section 5.1.5: a local number with `phone-context=+358` is a national one. */
function inContext(number: string, { phoneContext }: NumberUri): string {
  if (!phoneContext?.startsWith('+') || number.startsWith('+')) return number
  return `${phoneContext}${number.replace(/\D/g, '').replace(/^0/, '')}`
}

const contextPbx = ({ phoneContext }: NumberUri, pbx: string): string =>
  phoneContext !== undefined && /^[\p{L}\d][\p{L}\d.-]*$/u.test(phoneContext) ? phoneContext : pbx

const withExtension = (reading: Reading, ext: string | undefined): Reading =>
  ext !== undefined && /^\d{1,7}$/.test(ext) && 'key' in reading ? { ...reading, ext } : reading

/** Steps 5 to 11. */
function readNumber(text: string, pbx: string): Reading {
  const { number, ext } = splitNumber(text)
  // Step 7: a text with a slash, comma or letter left in it is not parsed: a person must judge what it means.
  const written = /^(\+?)[\d\s().-]+$/.exec(number)
  const digits = number.replace(/\D/g, '')
  if (!written || digits === '') return unparsed
  return withExtension(readDigits(digits, written[1] === '+', pbx), ext)
}

/** Step 8. */
function readDigits(digits: string, plus: boolean, pbx: string): Reading {
  if (plus) return readE164(`+${digits}`)
  if (digits.startsWith('0')) return readE164(digits)
  if (shortCodeClass(digits)) return shortCode(digits)
  // Trunks deliver E.164 without its plus; the library would parse 358500000 as a Finnish fixed line.
  if (/^358\d{5,12}$/.test(digits)) return readE164(`+${digits}`)
  if (digits.length <= maxExtensionDigits) return extension(digits, pbx)
  return readE164(internationalPrefix.test(digits) ? digits : `+${digits}`)
}

/**
 * Steps 9 to 11. A possible number is accepted even if its range is not in use (`valid` is false then), since the call
 * existed.
 */
function readE164(text: string): Reading {
  const parsed = parsePhoneNumberFromString(text, { defaultCountry: 'FI', extract: false })
  const short = shortCodeBehindCountryCode(parsed?.number ?? text)
  if (short !== undefined) return shortCode(short)
  // +61 00…: the library drops such zeros one at a time; a number that does not parse back to itself is invalid.
  const isReadBack = (number: string) => number === text || parsePhoneNumberFromString(number)?.number === number
  if (!parsed?.isPossible() || !isReadBack(parsed.number)) return unparsed
  const key = parsed.number as PhoneNumberKey
  return { kind: 'e164', key, valid: parsed.isValid(), cls: classes[parsed.getType() ?? ''] ?? 'other' }
}

const classes: Record<string, PhoneNumberClass> = {
  MOBILE: 'mobile',
  FIXED_LINE: 'fixed',
  UAN: 'national',
  TOLL_FREE: 'free',
  PREMIUM_RATE: 'premium',
  SHARED_COST: 'shared-cost',
}

const extension = (digits: string, pbx: string): Reading => ({
  kind: 'extension',
  key: `ext:${pbx}:${digits}` as PhoneNumberKey,
})

const shortCode = (digits: string): Reading => ({
  kind: 'short',
  key: `short:358:${digits}` as PhoneNumberKey,
  valid: true,
  cls: shortCodeClass(digits) ?? 'other',
})
