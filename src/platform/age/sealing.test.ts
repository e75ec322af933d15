import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { randomBytes } from 'node:crypto'
import * as age from 'age-encryption'
import { describe, expect, test } from 'vitest'
import { generateKeyPair, readAgeHeader, recipientOf, writeAgeHeader } from './age-header.ts'
import { openChunkBytes, openPayload, openWholePayload } from './open-stream.ts'
import { chunkBytes, derivePayloadKey, sealChunk, sealedChunkBytes, sealPayload } from './seal-stream.ts'

const sizes = [0, 1, chunkBytes - 1, chunkBytes, chunkBytes + 1, 3 * chunkBytes, 200_000]
const hasAge = spawnSync('age', ['--version']).status === 0

function split(file: Buffer): { header: Buffer; payload: Buffer } {
  const end = file.indexOf('\n', file.indexOf('\n---') + 1) + 1
  return { header: file.subarray(0, end), payload: file.subarray(end) }
}

describe('interoperability', () => {
  test.each(sizes)('%i bytes sealed here open with the age-encryption package', async (size) => {
    const { identity, recipient } = generateKeyPair()
    const plaintext = randomBytes(size)
    const { header, fileKey } = writeAgeHeader(recipient)
    const decrypter = new age.Decrypter()
    decrypter.addIdentity(identity)
    const opened = await decrypter.decrypt(Buffer.concat([header, sealPayload(fileKey, plaintext)]))
    expect(Buffer.compare(opened, plaintext)).toBe(0)
  })

  test.each(sizes)('%i bytes sealed by the age-encryption package open here', async (size) => {
    const identity = await age.generateX25519Identity()
    expect(recipientOf(identity)).toBe(await age.identityToRecipient(identity))
    const plaintext = randomBytes(size)
    const encrypter = new age.Encrypter()
    encrypter.addRecipient(recipientOf(identity))
    const { header, payload } = split(Buffer.from(await encrypter.encrypt(plaintext)))
    const opened = await openWholePayload(readAgeHeader(header, identity), payload)
    expect(opened.equals(plaintext)).toBe(true)
  })

  test.skipIf(!hasAge)('the age command opens what is sealed here, and vice versa', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'seloste-age-'))
    try {
      const { identity, recipient } = generateKeyPair()
      const plaintext = randomBytes(150_000)
      const { header, fileKey } = writeAgeHeader(recipient)
      writeFileSync(join(folder, 'key'), `${identity}\n`)
      const input = Buffer.concat([header, sealPayload(fileKey, plaintext)])
      const opened = execFileSync('age', ['-d', '-i', join(folder, 'key')], { input, maxBuffer: 1 << 20 })
      expect(opened.equals(plaintext)).toBe(true)
      const sealedByAge = split(execFileSync('age', ['-r', recipient], { input: plaintext, maxBuffer: 1 << 20 }))
      const back = await openWholePayload(readAgeHeader(sealedByAge.header, identity), sealedByAge.payload)
      expect(back.equals(plaintext)).toBe(true)
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})

describe('refusals', () => {
  const { identity, recipient } = generateKeyPair()
  const { header, fileKey } = writeAgeHeader(recipient)

  test('another identity does not open the header', () => {
    expect(() => readAgeHeader(header, generateKeyPair().identity)).toThrow(
      expect.objectContaining({ code: 'age-no-identity-match' }),
    )
  })

  test('every altered header byte is detected', () => {
    for (let i = 0; i < header.length; i++) {
      const altered = Buffer.from(header)
      altered[i] = (altered[i] as number) ^ 1
      expect(() => readAgeHeader(altered, identity), `byte ${i}`).toThrow()
    }
  })

  test('a key with a typing error is refused', () => {
    const typo = recipient.slice(0, -1) + (recipient.endsWith('q') ? 'p' : 'q')
    expect(() => writeAgeHeader(typo)).toThrow(expect.objectContaining({ code: 'age-key-malformed' }))
    expect(() => writeAgeHeader(identity)).toThrow(expect.objectContaining({ code: 'age-key-malformed' }))
  })

  const payload = sealPayload(fileKey, randomBytes(3 * chunkBytes + 5))
  const open = (bytes: Buffer) => openWholePayload(fileKey, bytes)

  test('a payload cut at a chunk border is refused before anything is read', async () => {
    const cut = payload.subarray(0, 16 + 2 * sealedChunkBytes)
    await expect(
      openPayload(fileKey, cut.length, async (at, length) => cut.subarray(at, at + length)),
    ).rejects.toMatchObject({ code: 'age-chunk-forged' })
  })

  test('every truncation and every flipped bit is refused', async () => {
    for (let trial = 0; trial < 100; trial++) {
      const length = Math.floor((payload.length * trial) / 100)
      await expect(open(payload.subarray(0, length))).rejects.toThrow()
      const flipped = Buffer.from(payload)
      flipped[length] = (flipped[length] as number) ^ (1 << (trial % 8))
      await expect(open(flipped)).rejects.toThrow()
    }
  })

  test('swapped chunks are refused', async () => {
    const swapped = Buffer.from(payload)
    payload.copy(swapped, 16, 16 + sealedChunkBytes, 16 + 2 * sealedChunkBytes)
    payload.copy(swapped, 16 + sealedChunkBytes, 16, 16 + sealedChunkBytes)
    await expect(open(swapped)).rejects.toMatchObject({ code: 'age-chunk-forged' })
  })

  test('an empty last chunk after a full one is refused', async () => {
    const nonce = randomBytes(16)
    const key = derivePayloadKey(fileKey, nonce)
    const bad = Buffer.concat([
      nonce,
      sealChunk(key, 0, false, Buffer.alloc(chunkBytes)),
      sealChunk(key, 1, true, Buffer.alloc(0)),
    ])
    await expect(open(bad)).rejects.toMatchObject({ code: 'age-last-chunk-empty' })
  })

  test('a chunk opens alone, by its number', async () => {
    const plaintext = randomBytes(3 * chunkBytes + 5)
    const sealed = sealPayload(fileKey, plaintext)
    const { chunks, openChunk } = await openPayload(fileKey, sealed.length, async (at, n) =>
      sealed.subarray(at, at + n),
    )
    expect(chunks).toBe(4)
    expect((await openChunk(2)).equals(plaintext.subarray(2 * chunkBytes, 3 * chunkBytes))).toBe(true)
    const key = derivePayloadKey(fileKey, sealed.subarray(0, 16))
    const first = sealed.subarray(16, 16 + sealedChunkBytes)
    expect(() => openChunkBytes(key, 1, false, first)).toThrow(expect.objectContaining({ code: 'age-chunk-forged' }))
  })
})
