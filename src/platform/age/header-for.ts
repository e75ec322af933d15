import { isRecipient, writeAgeHeader } from './age-header.ts'
import { AgeFault } from './faults.ts'
import { writePassphraseHeader } from './passphrase-header.ts'

/** The header of an age file and the file key of its payload. The caller wipes the key. */
export interface AgeHeader {
  header: Buffer
  fileKey: Buffer
}

/** Passphrases of makePassphrase have at least 80 bits of entropy: 32 MiB and 0.1 s of scrypt are enough. */
const workFactor = 15

/** Returns a header that only the holder of the key opens; undefined where `recipient` is not a valid key. */
export function headerForKey(recipient: string | null | undefined): AgeHeader | undefined {
  if (recipient === null || recipient === undefined || !isRecipient(recipient)) return undefined
  try {
    return writeAgeHeader(recipient)
  } catch (error) {
    if (error instanceof AgeFault) return undefined // A point of low order: nobody has its key.
    throw error
  }
}

/** Returns a header that a passphrase of `makePassphrase` opens. */
export function headerForPassphrase(passphrase: string): Promise<AgeHeader> {
  return writePassphraseHeader(passphrase, workFactor)
}
