/** The age test kit (C2SP/CCTV): all its files without armor, passphrase and post-quantum recipients. */
import { createHash } from 'node:crypto'
import { inflateSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { readAgeHeader } from '#platform/age/age-header.ts'
import { openPayload } from '#platform/age/open-stream.ts'

/** One file of the kit: the fields of its header, its identities, and the age file itself. */
interface Vector {
  fields: Map<string, string>
  identities: string[]
  file: Buffer
}

function readVector(bytes: Uint8Array): Vector {
  const buffer = Buffer.from(bytes)
  const end = buffer.indexOf('\n\n')
  const lines = buffer
    .toString('utf8', 0, end)
    .split('\n')
    .map((line) => line.split(': ', 2) as [string, string])
  const fields = new Map(lines)
  const body = buffer.subarray(end + 2)
  return {
    fields,
    identities: lines.filter(([name]) => name === 'identity').map(([, value]) => value),
    file: fields.get('compressed') === 'zlib' ? inflateSync(body) : body,
  }
}

/** Decrypts a complete age file as a recording is decrypted: first the header, then the last chunk, then all others. */
async function openFile(file: Buffer, identities: string[]): Promise<Buffer> {
  const mac = file.indexOf('\n---')
  const headerEnd = file.indexOf('\n', mac + 1) + 1
  if (mac < 0 || headerEnd === 0) throw new Error('there is no end of the header')
  const header = file.subarray(0, headerEnd)
  let failure: unknown = new Error('there is no identity')
  for (const identity of identities) {
    let fileKey: Buffer
    try {
      fileKey = readAgeHeader(header, identity)
    } catch (error) {
      failure = error
      continue
    }
    const payload = file.subarray(headerEnd)
    const { chunks, openChunk } = await openPayload(fileKey, payload.length, (position, length) =>
      Promise.resolve(payload.subarray(position, position + length)),
    )
    const opened: Buffer[] = []
    for (let n = 0; n < chunks; n++) opened.push(await openChunk(n))
    return Buffer.concat(opened)
  }
  throw failure
}

// The package's types describe a CommonJS module; it is an ES module with one export for each vector.
const vectors = (await import('cctv-age')) as unknown as Record<string, Uint8Array>

const vectorsInScope = Object.entries(vectors)
  .filter(([, bytes]) => bytes instanceof Uint8Array)
  .map(([name, bytes]) => ({ name, vector: readVector(bytes) }))
  .filter(
    ({ name, vector }) =>
      vector.fields.get('armored') !== 'yes' &&
      !vector.fields.has('passphrase') &&
      !name.startsWith('hybrid') &&
      vector.identities.every((identity) => identity.startsWith('AGE-SECRET-KEY-1')),
  )

describe('the age test kit', () => {
  test('has enough files in scope', () => {
    expect(vectorsInScope.length).toBeGreaterThan(60)
  })

  for (const { name, vector } of vectorsInScope) {
    const expected = vector.fields.get('expect') ?? ''
    test(`${name}: ${expected}`, async () => {
      const opening = openFile(vector.file, vector.identities)
      if (expected === 'success') {
        const digest = createHash('sha256').update(await opening).digest('hex')
        expect(digest).toBe(vector.fields.get('payload'))
      } else {
        await expect(opening).rejects.toThrow()
      }
    })
  }
})
