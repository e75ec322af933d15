/** Sealed objects copied to another store while both are used: what is destroyed meanwhile is in neither (R50, R52). */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { appendedLines } from '#platform/files/appended-lines.ts'
import { openDirectoryStore } from '#platform/objects/directory-store.ts'
import type { ObjectStore } from '#platform/objects/object-store.ts'
import { openS3Store } from '#platform/objects/s3-store.ts'
import { switchableStore } from '#platform/objects/switchable-store.ts'
import { isFinalObject } from '#register/recordings/objects.ts'
import {
  claimTarget,
  copyObjects,
  emptyTarget,
  fillingKey,
  finishObjects,
  newLocationOf,
  markObjectsMoved,
  refuseMovedObjects,
} from '#safeguards/moving/move-objects.ts'
import { hasS3Server, startS3Server, type S3Server } from '../objects/s3-server.ts'

const folder = await mkdtemp(join(tmpdir(), 'seloste-objects-'))
let s3: S3Server | undefined
beforeAll(async () => {
  if (hasS3Server) s3 = await startS3Server()
}, 60_000)
afterAll(async () => {
  await s3?.stop()
  await rm(folder, { recursive: true, force: true })
})

const id = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`
const keysOf = async (store: ObjectStore) => {
  const keys: string[] = []
  for await (const key of store.list('')) if (key !== fillingKey) keys.push(key)
  return keys.sort()
}

let made = 0
async function openSource(recordings: number) {
  const name = `source-${++made}`
  const from = await openDirectoryStore(join(folder, name))
  for (let n = 0; n < recordings; n++) {
    await from.put(`recordings/${id(n)}.body`, Buffer.from(`body ${n}`))
    await from.put(`recordings/${id(n)}.index`, Buffer.from(`index ${n}`))
  }
  return { from, copied: appendedLines(join(folder, `${name}.state`)) }
}

describe.each([
  ['a folder', true, () => openDirectoryStore(join(folder, `target-${++made}`))],
  ['a bucket of an S3 server', hasS3Server, async () => openS3Store(s3!.store(await s3!.makeBucket()))],
] as const)('to %s', (_name, isAvailable, openTo) => {
  const rule = test.skipIf(!isAvailable)

  rule(
    'every object is copied unchanged, and objects that were copied are not copied again',
    { timeout: 60_000 },
    async () => {
      const { from, copied } = await openSource(20)
      const to = await openTo()
      const move = { from, to, isSettled: isFinalObject, copied, onCopied: () => undefined }
      await claimTarget({ to, origin: 'a' })
      expect(await copyObjects(move)).toMatchObject({ objects: 40, copied: 40, removed: 0 })
      expect(await keysOf(to)).toEqual(await keysOf(from))
      expect((await to.readRange(`recordings/${id(7)}.body`, 0, 6)).toString()).toBe('body 7')
      expect(await copyObjects(move)).toMatchObject({ objects: 40, copied: 0, removed: 0 })
    },
  )

  rule(
    'objects destroyed during the move, before or after they were copied, are not in the target',
    { timeout: 60_000 },
    async () => {
      const { from, copied } = await openSource(30)
      const to = await openTo()
      const gone = [1, 28].flatMap((n) => [`recordings/${id(n)}.body`, `recordings/${id(n)}.index`])
      const move = {
        ...{ from, to, isSettled: isFinalObject, copied },
        onCopied: ({ objects }: { objects: number }) => {
          if (objects === 20) for (const key of gone) void from.delete(key)
        },
      }
      await claimTarget({ to, origin: 'a' })
      await copyObjects(move)
      for (const key of gone) expect(await keysOf(from)).not.toContain(key)
      expect(await keysOf(to)).toEqual(await keysOf(from))
      // An object destroyed between two passes is removed as well.
      await from.delete(`recordings/${id(5)}.body`)
      expect(await copyObjects(move)).toMatchObject({ removed: 1, copied: 0 })
      expect(await keysOf(to)).toEqual(await keysOf(from))
    },
  )

  rule('a recording that is not ingested yet may still change, and is copied again', { timeout: 60_000 }, async () => {
    const { from, copied } = await openSource(1)
    const to = await openTo()
    await from.put(`recordings/${id(9)}.hdr`, Buffer.from('header'))
    await from.put(`recordings/${id(9)}.body`, Buffer.from('first'))
    const move = { from, to, isSettled: isFinalObject, copied, onCopied: () => undefined }
    await claimTarget({ to, origin: 'a' })
    await copyObjects(move)
    await from.put(`recordings/${id(9)}.body`, Buffer.from('other'))
    await from.put(`recordings/${id(9)}.index`, Buffer.from('index'))
    await from.delete(`recordings/${id(9)}.hdr`)
    await copyObjects(move)
    expect((await to.readRange(`recordings/${id(9)}.body`, 0, 5)).toString()).toBe('other')
    expect(await keysOf(to)).toEqual(await keysOf(from))
    expect((await copied.read()).join()).toContain(`recordings/${id(9)}.body`)
  })

  rule(
    'a store with other objects, or with those of another register’s move, is refused',
    { timeout: 60_000 },
    async () => {
      const to = await openTo()
      await claimTarget({ to, origin: 'a' })
      await claimTarget({ to, origin: 'a' })
      await expect(claimTarget({ to, origin: 'b' })).rejects.toMatchObject({ code: 'move-target-not-empty' })
    },
  )
})

test('a move interrupted at its final step is completed by the next process, and only once', async () => {
  const [from, to] = [(await openSource(1)).from, (await openSource(0)).from]
  await claimTarget({ to, origin: 'a' })
  const ends = { from, to, location: 's3://elsewhere/' }
  await markObjectsMoved(from, ends.location)
  expect(await finishObjects(ends)).toBe(true)
  expect(await finishObjects(ends)).toBe(false)
  expect([await newLocationOf(from), await keysOf(to)]).toEqual(['s3://elsewhere/', []])
})

test('a target that is abandoned is empty again, and a store that this register’s move is not filling stays unchanged', async () => {
  const { from, copied } = await openSource(3)
  const to = (await openSource(0)).from
  await claimTarget({ to, origin: 'a' })
  await copyObjects({ from, to, isSettled: isFinalObject, copied, onCopied: () => undefined })
  expect(await emptyTarget({ to, origin: 'b' })).toBeUndefined()
  expect(await emptyTarget({ to, origin: 'a' })).toBe(6)
  expect(await emptyTarget({ to, origin: 'a' })).toBeUndefined()
  for await (const key of to.list('')) expect(key).toBeUndefined()
  expect(await emptyTarget({ to: from, origin: 'a' })).toBeUndefined()
})

test('a store that was moved elsewhere is refused', async () => {
  const { from } = await openSource(1)
  await refuseMovedObjects(from)
  await markObjectsMoved(from, 's3://elsewhere/')
  await expect(refuseMovedObjects(from)).rejects.toMatchObject({ code: 'objects-moved' })
})

test('a store that is held is unavailable to writers once pending writes have ended; afterwards it is the other store', async () => {
  const [one, other] = [(await openSource(0)).from, (await openSource(0)).from]
  const store = switchableStore(one)
  const writing = store.put('a', Buffer.alloc(1 << 20))
  await store.pause()
  expect(await keysOf(one)).toEqual(['a'])
  await writing
  await expect(store.put('b', Buffer.from('b'))).rejects.toMatchObject({ code: 'object-store-away' })
  store.resume(other)
  await store.put('b', Buffer.from('b'))
  expect([await keysOf(one), await keysOf(other)]).toEqual([['a'], ['b']])
})
