import { randomBytes } from 'node:crypto'
import * as age from 'age-encryption'
import { expect, test } from 'vitest'
import { writePassphraseHeader } from './passphrase-header.ts'
import { sealParts } from './seal-stream.ts'

const passphrase = 'kala-muni-sana'

async function sealed(parts: readonly Buffer[], workFactor = 10): Promise<Buffer> {
  const { header, fileKey } = await writePassphraseHeader(passphrase, workFactor)
  const bytes = [header]

  async function* source() {
    yield* parts
  }
  for await (const part of sealParts(fileKey, source())) bytes.push(part)
  return Buffer.concat(bytes)
}

function open(file: Buffer, secret: string): Promise<Uint8Array> {
  const decrypter = new age.Decrypter()
  decrypter.addPassphrase(secret)
  return decrypter.decrypt(file)
}

test.each([[[0]], [[1]], [[65_536]], [[65_537]], [[44, 65_536, 65_536]], [[100_000, 31_072]]])(
  'parts of %j bytes sealed here with a passphrase open with the age-encryption package',
  async (sizes) => {
    const parts = sizes.map((size) => randomBytes(size))
    const opened = await open(await sealed(parts), passphrase)
    expect(Buffer.from(opened).equals(Buffer.concat(parts))).toBe(true)
  },
)

test('another passphrase opens nothing', async () => {
  await expect(open(await sealed([randomBytes(10)]), `${passphrase}-`)).rejects.toThrow()
})

test('a file with another work factor opens with the age-encryption package', async () => {
  const plaintext = randomBytes(20)
  expect(Buffer.from(await open(await sealed([plaintext], 15), passphrase))).toEqual(plaintext)
})
