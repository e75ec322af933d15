import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { objectsUrl, testObjects } from '#test/objects/test-objects.ts'
import { makeTestRegister } from '#test/register/make-register.ts'
import { ingestRecording } from '#register/recordings/ingest-recording.ts'
import { bodyKey } from '#register/recordings/objects.ts'
import type { RegisterTables } from '#register/tables.ts'

const seloste = fileURLToPath(new URL('../../../bin/seloste.js', import.meta.url))
const database = await createTestDatabase<RegisterTables>()
const { ingest: context, objects, folder, record } = await makeTestRegister(database)
const objectsAt = objectsUrl(await testObjects(join(folder, 'objects')))

function recordingsCommand(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  return new Promise((resolve) => {
    const env = { ...process.env, SELOSTE_DATA: folder, DATABASE_URL: database.url(), OBJECTS_URL: objectsAt }
    execFile(process.execPath, [seloste, 'recordings', ...args], { env }, (error, out, err) => {
      resolve({ code: error ? Number(error.code) : 0, out, err })
    })
  })
}

test('recordings verify exits with 0 if all can be decrypted, otherwise with 3 and a line with the remedy, and records its run', async () => {
  const { id } = await record()
  await ingestRecording(context, id, Temporal.Now.instant())
  expect(await recordingsCommand('verify')).toMatchObject({
    code: 0,
    out: expect.stringContaining('every held recording can be decrypted, and no destroyed one can'),
  })
  await objects.put(bodyKey(id), Buffer.alloc(100))
  const { code, out } = await recordingsCommand('verify', '--json')
  expect(code).toBe(3)
  expect(JSON.parse(out)).toMatchObject({
    held: 1,
    found: 2,
    findings: [{ code: 'body-length' }, { code: 'body-forged' }],
  })
  expect((await recordingsCommand('verify', '--sample', '1')).out).toContain(`recording ${id}: body-forged: `)
  expect(await recordingsCommand('verify', '--sample', 'none')).toMatchObject({
    code: 1,
    err: expect.stringContaining('--sample'),
  })
  expect(await recordingsCommand('mend')).toMatchObject({
    code: 1,
    err: expect.stringContaining('unknown command "recordings mend"'),
  })
  const { rows } = await database
    .as()
    .pool.query('select work, result, recordings::int, fault from retention_run order by seq')
  expect(rows).toEqual([
    { work: 'verification', result: 'ok', recordings: 1, fault: null },
    { work: 'verification', result: 'failed', recordings: 1, fault: 'body-length' },
    { work: 'verification', result: 'failed', recordings: 1, fault: 'body-length' },
  ])
})
