import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { findOrphanedRecordings } from './orphaned-recordings.ts'

test('a recording whose call is unknown after a day is reported, and destroyed at its own maximum', async () => {
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
  // A clock of ours ahead of the register's destroys nothing, nor does an unconfirmed one.
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
