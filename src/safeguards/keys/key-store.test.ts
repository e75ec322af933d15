// Behaviour common to all key stores: file, token, key server.
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { randomBytes } from 'node:crypto'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { makeSoftTokens, whyNoTokens } from '#test/keys/soft-token.ts'
import { startTransit } from '#test/keys/transit-server.ts'
import type { KeyStore } from './key-store.ts'
import { openKeyStore } from './open-key-store.ts'

const folders: string[] = []
const makeFolder = async () => {
  const folder = await mkdtemp(join(tmpdir(), 'seloste-store-'))
  folders.push(folder)
  return folder
}
const transit = await startTransit()
const tokens = whyNoTokens === '' ? await makeSoftTokens(['seloste']) : undefined
afterAll(async () => {
  await transit.stop()
  await tokens?.remove()
  await Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true })))
})

let named = 0
const newName = () => `month-2027-01.v${++named}`

/** A store, and the folder of its files. */
async function openStore(kind: KeyStore['kind']): Promise<{ store: KeyStore; folder: string }> {
  const dataDirectory = await makeFolder()
  const tokenFile = join(dataDirectory, 'token')
  await writeFile(tokenFile, transit.token, { mode: 0o600 })
  const keys = {
    file: { kind: 'file' as const },
    pkcs11: tokens?.settings[0],
    vault: {
      kind: 'vault' as const,
      url: transit.url,
      mount: 'transit',
      prefix: 'seloste-',
      tokenFile,
      namespace: undefined,
      caFile: undefined,
    },
  }[kind]
  return { store: await openKeyStore({ dataDirectory, keys: keys! }), folder: join(dataDirectory, 'keys') }
}

describe.each([
  { kind: 'file' as const, without: '' },
  { kind: 'pkcs11' as const, without: whyNoTokens },
  { kind: 'vault' as const, without: '' },
])('a key store in: $kind $without', ({ kind, without }) => {
  const rule = test.skipIf(without !== '')

  rule('unwraps several secrets in the requested order, each under its own purpose', async () => {
    const { store } = await openStore(kind)
    expect(store.kind).toBe(kind)
    const name = newName()
    await store.make(name)
    const items = [16, 32, 1, 100].map((bytes, index) => ({
      secret: randomBytes(bytes),
      purpose: `shard ${index} ä`,
    }))
    items.push({ secret: randomBytes(32), purpose: '' })
    const wrapped = await store.wrap(name, items)
    const opened = await store.unwrap(
      name,
      wrapped.map((ciphertext, index) => ({ wrapped: ciphertext, purpose: items[index]!.purpose })).reverse(),
    )
    expect(opened).toEqual(items.map(({ secret }) => secret).reverse())
    expect(await store.wrap(name, [])).toEqual([])
    expect(await store.unwrap(name, [])).toEqual([])
  })

  rule('wraps and unwraps three thousand secrets in one call', async () => {
    const { store } = await openStore(kind)
    const name = newName()
    await store.make(name)
    const items = Array.from({ length: 3_000 }, (_, n) => ({ secret: randomBytes(32), purpose: `shard ${n}` }))
    const wrapped = await store.wrap(name, items)
    const opened = await store.unwrap(
      name,
      wrapped.map((ciphertext, n) => ({ wrapped: ciphertext, purpose: `shard ${n}` })),
    )
    expect(Buffer.concat(opened)).toEqual(Buffer.concat(items.map(({ secret }) => secret)))
    expect(new Set(wrapped.map((ciphertext) => ciphertext.toString('hex'))).size).toBe(3_000)
  })

  rule('unwraps nothing for another purpose, under another key, truncated, or with one changed bit', async () => {
    const { store } = await openStore(kind)
    const [name, other] = [newName(), newName()]
    await store.make(name)
    await store.make(other)
    const purpose = 'shard 7'
    const good = { secret: randomBytes(16), purpose }
    const [wrapped] = await store.wrap(name, [good])
    const unwrapTwo = (key: string, second: Buffer, secondPurpose = purpose) =>
      store.unwrap(key, [
        { wrapped: wrapped!, purpose },
        { wrapped: second, purpose: secondPurpose },
      ])
    const forged = { code: 'KEY_FORGED' }
    await expect(unwrapTwo(name, wrapped!, 'shard 8')).rejects.toMatchObject(forged)
    await expect(unwrapTwo(name, wrapped!, '')).rejects.toMatchObject(forged)
    await expect(unwrapTwo(other, wrapped!)).rejects.toMatchObject(forged)
    for (const length of [0, 11, 27, wrapped!.length - 1]) {
      await expect(unwrapTwo(name, wrapped!.subarray(0, length)), `${length} bytes`).rejects.toMatchObject(forged)
    }
    for (let bit = 0; bit < 8 * wrapped!.length; bit += process.env['SELOSTE_LONG'] ? 1 : 7) {
      const changed = Buffer.from(wrapped!)
      changed[bit >> 3]! ^= 1 << (bit & 7)
      await expect(unwrapTwo(name, changed), `bit ${bit}`).rejects.toMatchObject(forged)
    }
    expect(await unwrapTwo(name, wrapped!)).toEqual([good.secret, good.secret])
  })

  rule('reports a missing key as missing, and makes no key of that name', async () => {
    const { store } = await openStore(kind)
    const name = newName()
    const item = { secret: randomBytes(32), purpose: 'p' }
    await expect(store.wrap(name, [item])).rejects.toMatchObject({ code: 'KEY_MISSING' })
    await expect(store.unwrap(name, [{ wrapped: randomBytes(60), purpose: 'p' }])).rejects.toMatchObject({
      code: 'KEY_MISSING',
    })
    expect(await store.has(name)).toBe(false)
    expect(await store.read(name)).toBeUndefined()
  })

  rule('uses a name once, for a key or for a secret', async () => {
    const { store } = await openStore(kind)
    const [key, secret] = [newName(), newName()]
    const exists = { code: 'KEY_EXISTS' }
    await store.make(key)
    await store.write(secret, Buffer.from('first'))
    await expect(store.make(key)).rejects.toMatchObject(exists)
    await expect(store.write(key, Buffer.from('second'))).rejects.toMatchObject(exists)
    await expect(store.write(secret, Buffer.from('second'))).rejects.toMatchObject(exists)
    await expect(store.make(secret)).rejects.toMatchObject(exists)
    expect((await store.read(secret))?.toString()).toBe('first')
  })

  rule('of concurrent writes of one secret, the stored one is the one that was reported as written', async () => {
    const { store } = await openStore(kind)
    const name = newName()
    const reported = await Promise.allSettled(['a', 'b', 'c'].map((text) => store.write(name, Buffer.from(text))))
    const written = ['a', 'b', 'c'].filter((_, index) => reported[index]!.status === 'fulfilled')
    expect(written).toEqual([(await store.read(name))?.toString()])
  })

  rule('destroys keys and secrets for good, reports how that was verified, and may be repeated', async () => {
    const { store, folder } = await openStore(kind)
    const [key, secret] = [newName(), newName()]
    await store.make(key)
    await store.write(secret, Buffer.from('of a day'))
    const [wrapped] = await store.wrap(key, [{ secret: randomBytes(32), purpose: 'p' }])
    for (const name of [key, secret]) {
      expect(await store.has(name)).toBe(true)
      const receipt = await store.destroy(name)
      expect(receipt).toMatchObject({ store: kind, key: name })
      expect(receipt.proof).toMatch(/removed|not found/)
      expect(Math.abs(Temporal.Instant.from(receipt.at).epochMilliseconds - Date.now())).toBeLessThan(60_000)
      expect((await store.destroy(name)).proof).toBe('was not there')
      expect(await store.has(name)).toBe(false)
      expect(await store.read(name)).toBeUndefined()
      expect(await store.names()).not.toContain(name)
    }
    await expect(store.unwrap(key, [{ wrapped: wrapped!, purpose: 'p' }])).rejects.toMatchObject({
      code: 'KEY_MISSING',
    })
    expect(await readdir(folder)).toEqual([])
  })

  rule('makes another key if the name of a destroyed key is used again', async () => {
    const { store } = await openStore(kind)
    const name = newName()
    await store.make(name)
    const [wrapped] = await store.wrap(name, [{ secret: randomBytes(32), purpose: 'p' }])
    await store.destroy(name)
    await store.make(name)
    await expect(store.unwrap(name, [{ wrapped: wrapped!, purpose: 'p' }])).rejects.toMatchObject({
      code: 'KEY_FORGED',
    })
  })

  rule('lists the names of all keys and secrets, and refuses names that lead out of the store', async () => {
    const { store } = await openStore(kind)
    const [key, secret] = [newName(), newName()]
    await store.make(key)
    await store.write(secret, Buffer.from('s'))
    expect(await store.names()).toEqual(expect.arrayContaining([key, secret]))
    for (const name of ['../a', 'a/b', '', '.a', 'A', 'a\0', 'a_b', 'a.', '-a', 'a'.repeat(64)]) {
      for (const act of [
        () => store.make(name),
        () => store.write(name, Buffer.from('x')),
        () => store.wrap(name, []),
        () => store.unwrap(name, []),
        () => store.read(name),
        () => store.has(name),
        () => store.destroy(name),
      ]) {
        await expect(act(), name).rejects.toMatchObject({ code: 'KEY_NAME' })
      }
    }
  })

  rule('has the same keys and secrets when it is opened again', async () => {
    const { store, folder } = await openStore(kind)
    const dataDirectory = dirname(folder)
    const [key, secret] = [newName(), newName()]
    await store.make(key)
    const [wrapped] = await store.wrap(key, [{ secret: Buffer.from('kept'), purpose: 'p' }])
    await store.write(secret, Buffer.from('too'))
    const again = await openKeyStore({
      dataDirectory,
      keys:
        kind === 'file'
          ? { kind }
          : kind === 'pkcs11'
            ? tokens!.settings[0]!
            : {
                kind,
                url: transit.url,
                mount: 'transit',
                prefix: 'seloste-',
                tokenFile: join(dataDirectory, 'token'),
                namespace: undefined,
                caFile: undefined,
              },
    })
    expect((await again.unwrap(key, [{ wrapped: wrapped!, purpose: 'p' }]))[0]?.toString()).toBe('kept')
    expect((await again.read(secret))?.toString()).toBe('too')
  })

  rule(
    `${kind === 'file' ? 'returns the bytes of a wrapping key' : 'returns no key'} for the copy of the keyring`,
    async () => {
      const { store, folder } = await openStore(kind)
      const [key, secret] = [newName(), newName()]
      await store.make(key)
      await store.write(secret, Buffer.from('in the clear'))
      expect((await store.copyOut(key))?.length).toBe(kind === 'file' ? 32 : undefined)
      const files = await readdir(folder)
      expect(files.toSorted()).toEqual(kind === 'file' ? [`${key}.key`, `${secret}.key`] : [`${secret}.sealed`])
    },
  )
})
