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
import { anonymousHost, asksForPrivacy, saysWithheld } from './withheld.ts'

/** Longer texts are not numbers; the cap keeps the work on a hostile header small. */
const longestTextCharacters = 1024
/** A PBX's own numbers have no 0 in front and are at most this long. */
const longestExtensionDigits = 7
/** The operators' prefixes for calls abroad besides 00: 990, 994, 999, 99511, 99532… */
const internationalPrefix = /^99(?:[01469]|5(?:[14]1|3[23]|5[59]|77|88|9[09]))/

type Reading = Omit<KnownPhoneNumber, 'raw' | 'display'> | { kind: 'withheld' | 'unparsed' }

/**
 * Reads a telephone number in any written form: a SIP or tel URI, a trunk's digits, what a person typed in a search.
 * Never throws and never refuses; what cannot be read is `unparsed` with its raw text. A key is read as itself.
 * The order of the steps matters (a short code must not reach the library, a remark must not hide a country code).
 *
 * @param raw the text as delivered
 * @param options the exchange whose extensions are meant (default `main`), and its display groups
 */
export function normalisePhoneNumber(raw: string, options: NumberingOptions = {}): PhoneNumber {
  const reading = raw.length > longestTextCharacters ? unparsed : read(cleanText(raw), options.pbx ?? 'main')
  if (!('key' in reading)) return { kind: reading.kind, key: null, raw: reading.kind === 'withheld' ? '' : raw }
  return { ...reading, raw, display: displayPhoneNumber(reading.key, options) }
}

/** The key alone: what registers are joined and searched by. Null where there is no number, or none that can be read. */
export function phoneNumberKey(text: string, options: NumberingOptions = {}): PhoneNumberKey | null {
  return normalisePhoneNumber(text, options).key
}

const unparsed: Reading = { kind: 'unparsed' }
const withheld: Reading = { kind: 'withheld' }

function read(text: string, pbx: string): Reading {
  if (saysWithheld(text)) return withheld
  return readKey(text) ?? readAddress(dropClir(text), pbx)
}

/** `short:` and `ext:` keys; the other two kinds of key are ordinary writing. */
function readKey(text: string): Reading | undefined {
  const ext = /^ext:([\p{L}\d.-]+):(\d{1,7})$/u.exec(text)
  if (ext?.[1] && ext[2]) return extension(ext[2], ext[1])
  const short = /^short:358:(\d+)$/.exec(text)?.[1]
  return short !== undefined && shortCodeClass(short) ? shortCode(short) : undefined
}

/** Step 3: `*31#` and `#31#` in front hide or show the number of a mobile caller; they are no part of it. */
const dropClir = (text: string): string => text.replace(/^[*#]31#\s*/, '')

function readAddress(text: string, pbx: string): Reading {
  const uri = readUri(text)
  if (!uri) return readNumber(text, pbx)
  const user = cleanText(unescapeUser(uri.user))
  // A caller who asked for privacy is not betrayed by a trunk that put the number there all the same (AC9).
  if (uri.host === anonymousHost || asksForPrivacy(uri.displayName ?? '')) return withheld
  if (saysWithheld(user)) return uri.host !== undefined && user === '' ? unparsed : withheld
  if (/^[+*#()\d.\s-]+$/.test(user))
    return withExtension(readNumber(inContext(dropClir(user), uri), contextPbx(uri, pbx)), uri.ext)
  const { host } = uri
  // "Tel: 029 512 000 (vaihde)" is no URI but a label.
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
  // Step 7: a slash, a comma or a letter that is still there is for a person to judge.
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
  // Trunks deliver E.164 without its plus; the library would read 358500000 as a fixed line in Finland.
  if (/^358\d{5,12}$/.test(digits)) return readE164(`+${digits}`)
  if (digits.length <= longestExtensionDigits) return extension(digits, pbx)
  return readE164(internationalPrefix.test(digits) ? digits : `+${digits}`)
}

/** Steps 9 to 11: possible is enough; a number out of use is kept and marked, because the call did come. */
function readE164(text: string): Reading {
  const parsed = parsePhoneNumberFromString(text, { defaultCountry: 'FI', extract: false })
  const short = shortCodeBehindCountryCode(parsed?.number ?? text)
  if (short !== undefined) return shortCode(short)
  // +61 00…: the library drops such zeros one at a time; a form that is read back as another number is no number.
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
