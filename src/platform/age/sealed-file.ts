/** Whole age files held in memory: what `age -d` opens and `age -r` makes. */
import { readAgeHeader, writeAgeHeader } from './age-header.ts'
import { openWholePayload } from './open-stream.ts'
import { sealPayload } from './seal-stream.ts'

/** Seals to one recipient. Throws `age-key-malformed`. */
export function sealFile(recipient: string, plaintext: Uint8Array): Buffer {
  const { header, fileKey } = writeAgeHeader(recipient)
  return Buffer.concat([header, sealPayload(fileKey, plaintext)])
}

/** Opens with an identity. Throws what the header and the payload throw. */
export async function openSealedFile(identity: string, file: Buffer): Promise<Buffer> {
  const end = file.indexOf('\n', file.indexOf('\n---') + 1) + 1
  return openWholePayload(readAgeHeader(file.subarray(0, end), identity), file.subarray(end))
}
