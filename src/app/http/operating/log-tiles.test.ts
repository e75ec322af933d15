import { beforeAll, describe, expect, test } from 'vitest'
import { openTestLog } from '#test/audit/open-log.ts'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { colleagueOf, enterTestPerson } from '#test/database/people.ts'
import { makeTestRegister, type RecordedSegment } from '#test/register/make-register.ts'
import { answer, beginListening, openTestDesk, type Browser } from '#test/register/open-desk.ts'
import { ingestRecording } from '#register/recordings/ingest-recording.ts'
import type { RegisterTables } from '#register/tables.ts'
import { recordBreak } from '#safeguards/audit/findings.ts'
import { readCheckpoint } from '#safeguards/audit/note.ts'
import { resumeLog } from '#safeguards/audit/resume.ts'
import { edgeAt } from '#safeguards/audit/tree.ts'

const database = await createTestDatabase<RegisterTables>()
const register = await makeTestRegister(database)
const desk = await openTestDesk(database, register)
const log = await openTestLog(database)
const admin = database.as().db
const sari = await enterTestPerson(admin, database.as('seloste_desk').db, {
  name: 'Sari Niemi',
  right: { role: 'SUPERVISOR', purposes: ['DEVELOPMENT'], scope: 'their unit' },
})

let browser: Browser
let recording: RecordedSegment
beforeAll(async () => {
  browser = await desk.signIn(sari)
  recording = await register.record({ official: colleagueOf(sari) })
  await ingestRecording(register.ingest, recording.id, Temporal.Now.instant())
})

const bytesOf = async (path: string) => Buffer.from(await (await fetch(`${desk.url}${path}`)).arrayBuffer())

describe('the log', () => {
  test('shows witnesses its checkpoint and the hashes for its proof, and no entry', async () => {
    await database
      .as()
      .pool.query("insert into audit_entry (action, result) select 'call.admitted', 'ok' from generate_series(1, 600)")
    await log.sequence()
    const shown = await fetch(`${desk.url}/log/checkpoint`)
    expect(shown.headers.get('content-type')).toBe('text/plain; charset=utf-8')
    const checkpoint = readCheckpoint(await shown.text())
    const size = checkpoint?.size ?? 0
    expect(size).toBeGreaterThan(600)
    const last = `/log/tile/0/002.p/${size % 256}`
    const leaves = Buffer.concat([
      await bytesOf('/log/tile/0/000'),
      await bytesOf('/log/tile/0/001'),
      await bytesOf(last),
    ])
    expect(leaves.length).toBe(size * 32)
    const above = await bytesOf('/log/tile/1/000.p/2')
    const members = async (level: number, from: number, to: number) =>
      Array.from({ length: to - from }, (_, n) =>
        (level === 0 ? leaves : above).subarray((from + n) * 32, (from + n + 1) * 32),
      )
    expect((await edgeAt(size, members)).root()).toEqual(checkpoint?.root)
    expect((await fetch(`${desk.url}/log/tile/0/000`)).headers.get('cache-control')).toContain('immutable')
    expect((await fetch(`${desk.url}${last}`)).headers.get('cache-control')).toBe('no-store')
    for (const path of [
      'entries/000',
      '0/003',
      '0/002',
      `0/002.p/${(size % 256) + 1}`,
      '0/000.p/256',
      '0/000.p/0',
      '0/0',
      '0/x000/000/',
      '64/000',
      '1/000',
      '0/..%2f000',
      '',
    ]) {
      expect([path, (await fetch(`${desk.url}/log/tile/${path}`)).status]).toEqual([path, 404])
    }
  })

  test('that is broken blocks every view with that reason, and stops listenings, until the break is accepted', async () => {
    const path = '/api/contacts?purpose=DEVELOPMENT'
    expect(await answer(browser.fetch(path))).toMatchObject({ status: 200 })
    const { audio } = await beginListening(browser, recording.id)
    expect((await browser.fetch(audio, { headers: { range: 'bytes=0-99' } })).status).toBe(206)

    await recordBreak(database.as('seloste_custodian').db, [{ kind: 'entry-altered', index: 3 }])
    expect(await answer(browser.fetch(path))).toMatchObject({ status: 503, code: 'log.broken' })
    expect(await answer(browser.fetch(`/api/contacts/${recording.contactId}?purpose=DEVELOPMENT`))).toMatchObject({
      status: 503,
      code: 'log.broken',
    })
    expect(await answer(browser.fetch(audio, { headers: { range: 'bytes=100-199' } }))).toMatchObject({
      status: 403,
      code: 'recording.restricted',
    })
    // Sign-in still works for the person who has to investigate.
    await desk.signIn(sari)

    await resumeLog(admin, log.keys, log.folder, { reason: 'looked into', by: 'operator' })
    expect(await answer(browser.fetch(path))).toMatchObject({ status: 200 })
  })
})
