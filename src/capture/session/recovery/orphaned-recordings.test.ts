import { link, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { findOrphanedRecordings, findUnreadableCalls } from './orphaned-recordings.ts'

test('a recording whose call is unknown after a day is reported, and destroyed after the longest term', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'seloste-without-call-'))
  const now = Temporal.Instant.from('2027-08-31T12:00:00Z')
  const ages = { young: '2027-08-30T13:00:00Z', waiting: '2027-03-01T12:00:00Z', old: '2027-02-28T09:00:00Z' }
  for (const [id, writtenAt] of Object.entries({ ...ages, going: ages.waiting })) {
    for (const ending of ['hdr', 'body']) {
      const path = join(folder, `${id}.${ending}`)
      await writeFile(path, id)
      await utimes(path, new Date(writtenAt), new Date(writtenAt))
    }
  }
  const check = (register: Temporal.Instant | undefined = now) =>
    findOrphanedRecordings(folder, new Set(['going']), now, register)
  // Nothing is destroyed if capture's clock is ahead of the register's time, or if that time is not confirmed.
  expect(await check(now.subtract({ hours: 200 }))).toMatchObject({ destroyed: [] })
  expect(await findOrphanedRecordings(folder, new Set(['going']), now, undefined)).toMatchObject({
    destroyed: [],
  })
  expect(await check()).toEqual({ waiting: ['waiting'], destroyed: ['old'] })
  expect(await check()).toEqual({ waiting: ['waiting'], destroyed: [] })
  expect((await readdir(folder)).filter((name) => name.startsWith('old'))).toEqual([])
  expect(await readdir(folder)).toHaveLength(6)
  await rm(folder, { recursive: true })
})

test('an unreadable file of the spool is reported, and overwritten and removed after the longest term', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'seloste-unreadable-'))
  const now = Temporal.Instant.from('2027-08-31T12:00:00Z')
  for (const [name, writtenAt] of [
    ['000000001.journal.broken', '2027-02-28T09:00:00Z'],
    ['000000002.journal.broken', '2027-03-01T12:00:00Z'],
    ['000000003.journal', '2027-01-01T12:00:00Z'],
  ] as const) {
    await writeFile(join(folder, name), '+358401234567')
    await utimes(join(folder, name), new Date(writtenAt), new Date(writtenAt))
  }
  // A hard link shows what is left of the file on the disk.
  await link(join(folder, '000000001.journal.broken'), join(folder, 'its blocks'))
  for (const register of [undefined, now.subtract({ hours: 200 })])
    expect(await findUnreadableCalls(folder, now, register)).toMatchObject({ destroyed: [] })
  expect(await findUnreadableCalls(folder, now, now)).toEqual({
    waiting: ['000000002.journal.broken'],
    destroyed: ['000000001.journal.broken'],
  })
  expect((await readFile(join(folder, 'its blocks'))).every((byte) => byte === 0)).toBe(true)
  expect((await readdir(folder)).sort()).toEqual(['000000002.journal.broken', '000000003.journal', 'its blocks'])
  await rm(folder, { recursive: true })
})
