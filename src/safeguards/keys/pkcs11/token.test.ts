import { randomBytes } from 'node:crypto'
import { chmod, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { buildFaultyModule, makeSoftTokens, whyNoFaultyTokens, whyNoTokens } from '#test/keys/soft-token.ts'
import { withSealedSecrets, type WrappingKeys } from '../wrapping-keys.ts'
import { allocateMemory, loadModule, type Cryptoki } from './cryptoki.ts'
import { attribute, putTemplate } from './template.ts'
import { openToken } from './token-keys.ts'

const tokens = whyNoTokens === '' ? await makeSoftTokens(['calls', 'emptied', 'twin', 'twin', 'faulty']) : undefined
const faulty = whyNoFaultyTokens === '' && tokens ? await buildFaultyModule(tokens) : undefined
afterAll(() => tokens?.remove())
const settingsOf = (label: string) => tokens!.settings.find(({ token }) => token === label)!

let named = 0
const newLabel = () => `month-2027-02.v${++named}`
const items = [{ secret: randomBytes(32), purpose: 'shard 1' }]
const away = (words: string) => ({ code: 'KEY_STORE_AWAY', message: expect.stringMatching(words) as string })
const oneLine = (error: unknown) => expect((error as Error).message).not.toContain('\n')

/** Uses the token as another part of the same process would. */
async function withOwnSession(
  work: (cryptoki: Cryptoki, slot: number) => Promise<void>,
  label = 'calls',
): Promise<void> {
  const cryptoki = await loadModule(settingsOf(label).module)
  const memory = allocateMemory(4096)
  const [count, slots, info] = [memory.put(8), memory.put(8 * 16), memory.put(208)]
  count.bytes.writeBigUInt64LE(16n)
  expect(await cryptoki.call('C_GetSlotList', 1, slots.address, count.address)).toBe(0)
  for (let at = 0; at < Number(count.bytes.readBigUInt64LE()); at++) {
    const slot = Number(slots.bytes.readBigUInt64LE(8 * at))
    await cryptoki.call('C_GetTokenInfo', slot, info.address)
    if (info.bytes.toString('utf8', 0, 32).trimEnd() === label) await work(cryptoki, slot)
  }
}

/** Opens a session of its own in the token. Returns the handles of this label. */
async function handlesOf(cryptoki: Cryptoki, slot: number, label: string) {
  const memory = allocateMemory(4096)
  const [session, found, count] = [memory.put(8), memory.put(8 * 8), memory.put(8)]
  expect(await cryptoki.call('C_OpenSession', slot, 6, 0n, 0n, session.address)).toBe(0)
  const handle = Number(session.bytes.readBigUInt64LE())
  const wanted = putTemplate(memory, [attribute.label(label)])
  expect(await cryptoki.call('C_FindObjectsInit', handle, wanted.address, 1)).toBe(0)
  expect(await cryptoki.call('C_FindObjects', handle, found.address, 8, count.address)).toBe(0)
  expect(await cryptoki.call('C_FindObjectsFinal', handle)).toBe(0)
  const objects = Array.from({ length: Number(count.bytes.readBigUInt64LE()) }, (_, at) =>
    Number(found.bytes.readBigUInt64LE(8 * at)),
  )
  return { session: handle, objects, memory }
}

describe(`keys in a token${whyNoTokens}`, () => {
  const rule = test.skipIf(whyNoTokens !== '')

  rule('cannot be read by anybody, not even by the signed-in user', async () => {
    const keys = await openToken(settingsOf('calls'))
    const label = newLabel()
    await keys.make(label)
    await withOwnSession(async (cryptoki, slot) => {
      const { session, objects, memory } = await handlesOf(cryptoki, slot, `seloste:${label}`)
      expect(objects).toHaveLength(1)
      const ckaValue = 0x11
      const value = putTemplate(memory, [{ type: ckaValue, value: Buffer.alloc(32) }])
      const ckrAttributeSensitive = 0x11
      expect(await cryptoki.call('C_GetAttributeValue', session, objects[0]!, value.address, 1)).toBe(
        ckrAttributeSensitive,
      )
      expect(value.values[0]).toEqual(Buffer.alloc(32))
    })
  })

  rule('are found again after the session was closed, or its user signed out', async () => {
    const keys = await openToken(settingsOf('calls'))
    const label = newLabel()
    await keys.make(label)
    const [wrapped] = await keys.wrap(label, items)
    const opens = async () =>
      expect(await keys.unwrap(label, [{ wrapped: wrapped!, purpose: 'shard 1' }])).toEqual([items[0]!.secret])
    for (const act of [opens, () => keys.wrap(label, items), () => keys.make(newLabel()), () => keys.labels()]) {
      await withOwnSession(async (cryptoki, slot) => {
        expect(await cryptoki.call('C_CloseAllSessions', slot)).toBe(0)
      })
      await act()
      await withOwnSession(async (cryptoki, slot) => {
        const { session } = await handlesOf(cryptoki, slot, 'none')
        expect(await cryptoki.call('C_Logout', session)).toBe(0)
      })
      // Without a sign-in private objects are invisible, and must not be reported as missing.
      expect(await keys.has(label)).toBe(true)
      await act()
    }
    await withOwnSession(async (cryptoki, slot) => {
      const { session } = await handlesOf(cryptoki, slot, 'none')
      await cryptoki.call('C_Logout', session)
    })
    expect(await keys.destroy(label)).toBe('destroyed in the token, then looked for and not found')
    expect(await keys.has(label)).toBe(false)
  })

  rule('count as neither missing nor destroyed while another or an emptied token is present', async () => {
    const keys = await openToken(settingsOf('emptied'))
    const label = newLabel()
    await keys.make(label)
    await withOwnSession(async (cryptoki, slot) => {
      for (const objectLabel of [`seloste:${label}`, 'seloste:here_']) {
        const { session, objects } = await handlesOf(cryptoki, slot, objectLabel)
        for (const object of objects) expect(await cryptoki.call('C_DestroyObject', session, object)).toBe(0)
      }
    }, 'emptied')
    const otherToken = away('another token, or was emptied')
    for (const act of [
      () => keys.has(label),
      () => keys.wrap(label, items),
      () => keys.destroy(label),
      () => keys.make(newLabel()),
      () => keys.labels(),
    ]) {
      await expect(act()).rejects.toMatchObject(otherToken)
    }
  })

  rule('are unavailable without their token, with a one-line fault, and available again with it', async () => {
    const keys = await openToken(settingsOf('calls'))
    const label = newLabel()
    await keys.make(label)
    const [wrapped] = await keys.wrap(label, items)
    const folder = join(tokens!.folder, 'tokens')
    await rename(folder, `${folder}.away`)
    for (const act of [
      () => keys.has(label),
      () => keys.has(newLabel()),
      () => keys.make(newLabel()),
      () => keys.wrap(label, items),
      () => keys.unwrap(label, [{ wrapped: wrapped!, purpose: 'shard 1' }]),
      () => keys.destroy(label),
      () => keys.labels(),
    ]) {
      const outcome = await act().catch((error: unknown) => error)
      // SoftHSM may use what it still has in memory, but may not report that a key is missing.
      if (outcome instanceof Error) {
        expect(outcome).toMatchObject({ code: 'KEY_STORE_AWAY' })
        oneLine(outcome)
      } else expect(outcome).not.toBe(false)
    }
    await rename(`${folder}.away`, folder)
    expect(await keys.unwrap(label, [{ wrapped: wrapped!, purpose: 'shard 1' }])).toEqual([items[0]!.secret])
  })

  rule('do not block the event loop while a thousand secrets are wrapped', async () => {
    const keys = await openToken(settingsOf('calls'))
    const label = newLabel()
    await keys.make(label)
    let iterations = 0
    let isDone = false
    const count = async () => {
      for (; !isDone; iterations++) await new Promise((next) => setImmediate(next))
    }
    const counting = count()
    await keys.wrap(label, Array<(typeof items)[0]>(1_000).fill(items[0]!))
    isDone = true
    await counting
    expect(iterations).toBeGreaterThan(1_000)
  })

  rule('are unavailable with a wrong PIN, which is tried once, until the file has another', async () => {
    const pinFile = join(await mkdtemp(join(tokens!.folder, 'pin-')), 'pin')
    const signOut = () =>
      withOwnSession(async (cryptoki, slot) => {
        expect(await cryptoki.call('C_CloseAllSessions', slot)).toBe(0)
      })
    await writeFile(pinFile, '2468', { mode: 0o600 })
    const keys = await openToken({ ...settingsOf('calls'), pinFile })
    await writeFile(pinFile, '9999')
    await signOut()
    await expect(keys.labels()).rejects.toMatchObject(away('the PIN in .* is wrong; retrying'))
    await expect(keys.labels()).rejects.toMatchObject(away('not retried until the file changes'))
    await writeFile(pinFile, '2468')
    await keys.labels()
    await signOut()
    await chmod(pinFile, 0o644)
    await expect(keys.labels()).rejects.toMatchObject({ code: 'KEY_STORE_OPEN_TO_OTHERS' })
    await rm(pinFile)
    await expect(keys.labels()).rejects.toMatchObject(away('the PIN cannot be read from'))
  })

  rule('a missing or wrong module, and no or two tokens with the label, are reported in one line', async () => {
    const { module, pinFile } = settingsOf('calls')
    for (const [settings, words] of [
      [{ module: join(tokens!.folder, 'none.so'), token: 'calls' }, 'cannot load the PKCS#11 module'],
      [{ module: pinFile, token: 'calls' }, 'cannot load the PKCS#11 module'],
      [{ module, token: 'nobody’s' }, 'no token has this label'],
      [{ module, token: 'twin' }, '2 tokens have this label'],
    ] as const) {
      const error = await openToken({ kind: 'pkcs11', pinFile, ...settings }).catch((thrown: unknown) => thrown)
      expect(error).toMatchObject(away(words))
      oneLine(error)
    }
  })
})

describe(`a faulty token${whyNoFaultyTokens}`, () => {
  const rule = test.skipIf(whyNoFaultyTokens !== '')
  const open = (maxMs?: number): Promise<WrappingKeys> =>
    openToken({ ...settingsOf('faulty'), module: faulty!.module }, maxMs)
  const repair = () => faulty!.fail('')

  rule('is not trusted if it reports the destruction of a key that still exists', async () => {
    const keys = await open()
    const store = await withSealedSecrets(keys, join(tokens!.folder, 'keys'))
    const label = newLabel()
    await store.write(label, Buffer.from('a secret'))
    await faulty!.fail('keeps')
    await expect(store.destroy(label)).rejects.toMatchObject({ code: 'KEY_STAYS' })
    await repair()
    // Nothing is destroyed yet, so the destruction can be tried again.
    expect((await store.read(label))?.toString()).toBe('a secret')
    expect((await store.destroy(label)).proof).toContain('not found')
    expect(await readdir(join(tokens!.folder, 'keys'))).toEqual([])
  })

  rule('is not trusted if it reports success but has wrapped wrongly', async () => {
    const keys = await open()
    const label = newLabel()
    await keys.make(label)
    await faulty!.fail('wrong')
    await expect(keys.wrap(label, items)).rejects.toMatchObject({ code: expect.stringMatching(/^KEY_/) as string })
    await repair()
    expect(await keys.wrap(label, items)).toHaveLength(1)
  })

  rule('cannot make an exportable key', async () => {
    const keys = await open()
    const label = newLabel()
    await faulty!.fail('open')
    await expect(keys.make(label)).rejects.toMatchObject({ code: 'KEY_STORE_OPEN_TO_OTHERS' })
    await repair()
    expect(await keys.has(label)).toBe(false)
  })

  rule('does not end up with two keys of one name', async () => {
    const keys = await open()
    const label = newLabel()
    await faulty!.fail('twice')
    await expect(keys.make(label)).rejects.toMatchObject({ code: 'KEY_EXISTS' })
    await repair()
    const [wrapped] = await keys.wrap(label, items)
    expect(await keys.unwrap(label, [{ wrapped: wrapped!, purpose: 'shard 1' }])).toEqual([items[0]!.secret])
  })

  rule('counts as unavailable while a call hangs, delays no other call, and is used again afterwards', async () => {
    const maxMs = 1_000
    const keys = await open(maxMs)
    const label = newLabel()
    await keys.make(label)
    await faulty!.fail('hangs')
    await expect(keys.wrap(label, items)).rejects.toMatchObject(away('C_Encrypt has not returned for 1 s'))
    const began = performance.now()
    await expect(keys.has(label)).rejects.toMatchObject(away('a call has not returned'))
    expect(performance.now() - began).toBeLessThan(maxMs)
    await repair()
    await expect.poll(() => keys.has(label).catch(() => 'away')).toBe(true)
    expect(await keys.wrap(label, items)).toHaveLength(1)
  })

  rule('that was removed counts as unavailable, not as empty', async () => {
    const keys = await open()
    const label = newLabel()
    await keys.make(label)
    await faulty!.fail('removed')
    await expect(keys.has(label)).rejects.toMatchObject(away('CKR_DEVICE_REMOVED'))
    await expect(keys.destroy(label)).rejects.toMatchObject(away('CKR_DEVICE_REMOVED'))
    await repair()
    expect(await keys.has(label)).toBe(true)
  })
})
