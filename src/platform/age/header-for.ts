import { isRecipient, writeAgeHeader } from './age-header.ts'
import { AgeFault } from './faults.ts'
import { writePassphraseHeader } from './passphrase-header.ts'

/** The beginning of an age file, and the key of what follows it; whoever seals with it wipes it. */
export interface AgeHeader {
  header: Buffer
  fileKey: Buffer
}

/** Passphrases have all the chance they need: 32 MiB and a tenth of a second are enough on top of it. */
const workFactor = 15

/** A header that only the holder of a key opens; nothing where that is no key, or one that nobody can have. */
export function headerForKey(recipient: string | null | undefined): AgeHeader | undefined {
  if (recipient === null || recipient === undefined || !isRecipient(recipient)) return undefined
  try {
    return writeAgeHeader(recipient)
  } catch (error) {
    if (error instanceof AgeFault) return undefined // A point of low order: nobody has its key.
    throw error
  }
}

/** A header that a passphrase of `makePassphrase` opens. */
export function headerForPassphrase(passphrase: string): Promise<AgeHeader> {
  return writePassphraseHeader(passphrase, workFactor)
}
