/** Writes an age v1 header for a passphrase (https://c2sp.org/age#scrypt-recipient-stanza). */
import { createCipheriv, randomBytes, scrypt } from 'node:crypto'
import { base64, signHeader } from './age-header.ts'

const saltLabel = 'age-encryption.org/v1/scrypt'
const blockSize = 8
const bytesPerBlock = 128

/**
 * Writes the header for a passphrase.
 * @param workFactor base-2 logarithm of scrypt's N: memory is 1 KiB times N; `age` accepts up to 22
 * @returns the header (ASCII, ends with a newline) and the 16-byte file key
 */
export async function writePassphraseHeader(
  passphrase: string,
  workFactor: number,
): Promise<{ header: Buffer; fileKey: Buffer }> {
  const fileKey = randomBytes(16)
  const salt = randomBytes(16)
  const wrapKey = await deriveWrapKey(passphrase, salt, workFactor)
  const cipher = createCipheriv('chacha20-poly1305', wrapKey, Buffer.alloc(12), { authTagLength: 16 })
  const body = Buffer.concat([cipher.update(fileKey), cipher.final(), cipher.getAuthTag()])
  return { header: signHeader(fileKey, `scrypt ${base64(salt)} ${workFactor}`, body), fileKey }
}

function deriveWrapKey(passphrase: string, salt: Buffer, workFactor: number): Promise<Buffer> {
  const N = 2 ** workFactor
  const options = { N, r: blockSize, p: 1, maxmem: 2 * bytesPerBlock * blockSize * N }
  return new Promise((resolve, reject) => {
    scrypt(passphrase, Buffer.concat([Buffer.from(saltLabel), salt]), 32, options, (error, key) => {
      if (error) reject(error)
      else resolve(key)
    })
  })
}
