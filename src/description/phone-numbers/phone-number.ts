/**
 * Telephone numbers as this register knows them. In: whatever a trunk, an SBC, a person or a settings file wrote.
 * Out: a key that is equal exactly when the numbers are, a Finnish way to show it, and a masked way.
 * Never here: a look at who holds a number (a number is not an identity, R46), a refused call (R9: a call is entered
 * whatever its number looks like), or a number in an error message.
 */

declare const brand: unique symbol

/**
 * `+358…` (E.164), `short:358:116117`, `ext:<pbx>:4711` or `sip:user@host`. Equal keys are equal numbers: the registry
 * of numbers, the directory of officials, stored contacts and searches are all joined by it.
 */
export type PhoneNumberKey = string & { readonly [brand]: 'PhoneNumberKey' }

/** What kind of line it is, as far as the number tells. */
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
 * A number that could be read. `raw` is the text as delivered (it obeys the same 14 months as the key), `valid` is false
 * where the length is possible but the number range is not in use, `ext` is what is dialled after the answer.
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

/** No number, or none that can be read. A withheld number keeps no raw text: it may hold the very number (AC9). */
export type NoPhoneNumber = { kind: 'withheld' | 'unparsed'; key: null; raw: string }

export type PhoneNumber = KnownPhoneNumber | NoPhoneNumber

/** How this installation reads and writes numbers. */
export type NumberingOptions = {
  /** Name of the exchange whose extensions these are: `ext:<pbx>:4711`. Letters, digits, dots and dashes. */
  pbx?: string
  /** National number prefixes after which the group ends, digits only: `29512` writes 029 512 1001, not 0295 121 001. */
  exchanges?: readonly string[]
}
