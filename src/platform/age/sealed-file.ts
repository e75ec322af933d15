/** Seals and opens whole age files in memory, compatible with `age -r` and `age -d`. */
import { readAgeHeader, writeAgeHeader } from './age-header.ts'
import { AgeFault } from './faults.ts'
import { openWholePayload } from './open-stream.ts'
import { sealPayload } from './seal-stream.ts'

/**
 * Seals to one recipient.
 * @throws AgeFault `age-key-malformed`
 */
export function sealFile(recipient: string, plaintext: Uint8Array): Buffer {
  const { header, fileKey } = writeAgeHeader(recipient)
  return Buffer.concat([header, sealPayload(fileKey, plaintext)])
}

/**
 * Opens a file.
 * @param identities one identity, or several on lines of their own; any of them may match
 * @throws AgeFault of the header or the payload
 */
export async function openSealedFile(identities: string, file: Buffer): Promise<Buffer> {
  const end = file.indexOf('\n', file.indexOf('\n---') + 1) + 1
  return openWholePayload(fileKeyOf(file.subarray(0, end), identities.split('\n')), file.subarray(end))
}

function fileKeyOf(header: Buffer, [identity = '', ...others]: readonly string[]): Buffer {
  try {
    return readAgeHeader(header, identity)
  } catch (error) {
    if (others.length > 0 && error instanceof AgeFault && error.code === 'age-no-identity-match')
      return fileKeyOf(header, others)
    throw error
  }
}
