/**
 * Telephone numbers: a key that is equal exactly when the numbers are, a Finnish display form and a masked one. A number
 * identifies nobody (R46), no call is refused because of its number (R9), and error messages contain no numbers.
 */

declare const brand: unique symbol

/**
 * Key by which the registry of numbers, the directory, stored contacts and searches are joined: `+358…` (E.164),
 * `short:358:116117`, `ext:<pbx>:4711` or `sip:user@host`.
 */
export type PhoneNumberKey = string & { readonly [brand]: 'PhoneNumberKey' }

/** Kind of line, as far as the number reveals it. */
export type PhoneNumberClass =
  | 'mobile'
  | 'fixed'
  | 'national'
  | 'free'
  | 'premium'
  | 'shared-cost'
  | 'emergency'
  | 'harmonised'
  | 'directory'
  | 'area-service'
  | 'operator-service'
  | 'other'

/**
 * A valid or possible number. `raw` is the text as delivered (retained 14 months like the key), `valid` is false if the number
 * range is not in use, `ext` is dialled after the answer.
 */
export type KnownPhoneNumber = {
  kind: 'e164' | 'short' | 'extension' | 'address'
  key: PhoneNumberKey
  raw: string
  display: string
  valid?: boolean
  cls?: PhoneNumberClass
  ext?: string
}

/** No number, or none that can be parsed. A withheld number has no raw text, which may contain the number (AC9). */
export type NoPhoneNumber = { kind: 'withheld' | 'unparsed'; key: null; raw: string }

export type PhoneNumber = KnownPhoneNumber | NoPhoneNumber

/** How this installation parses and formats numbers. */
export type NumberingOptions = {
  /** Name of the exchange of extensions: `ext:<pbx>:4711`. Letters, digits, dots and dashes. */
  pbx?: string
  /** National prefixes after which a group ends, digits only: `29512` formats 029 512 1001, not 0295 121 001. */
  exchanges?: readonly string[]
}
