import { Fault } from '../fault.ts'

/** Every code this folder throws. */
export const ageFaults = {
  'age-header-malformed': 'The age header is not valid age-encryption.org/v1',
  'age-no-identity-match': 'No stanza of the age header opens with this identity',
  'age-header-mac': 'The age header was altered: its MAC does not match',
  'age-key-malformed': 'Not an age X25519 recipient or identity',
  'age-payload-short': 'The sealed payload is shorter than any valid one',
  'age-chunk-forged': 'A chunk does not open: altered, truncated, or sealed with another key',
  'age-last-chunk-empty': 'The last chunk of a longer payload is empty, which the format forbids',
} as const

/** A fault of the format: see `ageFaults` for the codes. */
export class AgeFault extends Fault<keyof typeof ageFaults> {
  constructor(code: keyof typeof ageFaults, detail?: string, cause?: unknown) {
    super(code, detail ? `${ageFaults[code]}: ${detail}` : ageFaults[code], cause)
  }
}
