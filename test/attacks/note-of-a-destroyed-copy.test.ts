// The second person's note about an anonymised copy, and the list of passages removed from it, are deleted with its recording
// (R50).
import { readFileSync } from 'node:fs'
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { openVoiceEngines } from '#app/custodian/voice-engines.ts'
import { destroyBlocked } from '#destruction/destroy-blocked.ts'
import type { RegisterTables } from '#register/tables.ts'
import { createTestDatabase } from '../database/create-test-database.ts'
import { nameVoice } from '../disclosure/name-voice.ts'
import { openCopies } from '../disclosure/open-copies.ts'

const database = await createTestDatabase<RegisterTables>()
const copies = await openCopies(database, { engines: await openVoiceEngines(await nameVoice('signal')) })
const { check, renderedCopy, send } = copies
const note = 'Soittajan nimi Virtanen ja osoite Koivukuja 7 kuuluvat kohdassa 0:41'
const migration = new URL('../../database/migrations/0221-notes-of-destroyed-copies.sql', import.meta.url)

async function makeRejected() {
  const made = await renderedCopy()
  expect(await check(made.id, 'REJECTED', 'kaisa', { note })).toMatchObject({ status: 204 })
  return made
}
async function forbid(recording: string) {
  await copies.forbidByOfficial(recording)
  await destroyBlocked(copies.expunging, Temporal.Now.instant())
  const { rows } = await sql<{ state: string }>`select state from recording where id = ${recording}`.execute(
    copies.admin,
  )
  expect(rows).toEqual([{ state: 'DESTROYED' }])
}
const storedNotes = async (id: string) =>
  (await sql`select work, check_note, removed, redacted_ms from anonymised_copy where id = ${id}`.execute(copies.admin))
    .rows
const nothing = [{ work: null, check_note: null, removed: {}, redacted_ms: 0 }]
const readReport = (id: string) => send('riitta', 'GET', `/api/anonymised-copies/${id}/report`)

test('a note to the preparer and what was removed are deleted with the recording, and the report is gone', async () => {
  const { id, recording } = await makeRejected()
  expect(await readReport(id)).toMatchObject({ status: 200 })
  await forbid(recording)
  expect(await storedNotes(id)).toEqual(nothing)
  expect(await readReport(id)).toMatchObject({ status: 404, body: { error: { code: 'recording.destroyed' } } })
})

test('the note is deleted too if the copy had ended before its recording, as after a restore without its audio', async () => {
  const { id, recording } = await makeRejected()
  await sql`update anonymised_copy set ended_at = now() where id = ${id}`.execute(copies.admin)
  await forbid(recording)
  expect(await storedNotes(id)).toEqual(nothing)
})

test('a note that an earlier version left behind is deleted by the migration, and one of an existing recording stays', async () => {
  const [gone, kept] = [await makeRejected(), await makeRejected()]
  await forbid(gone.recording)
  await sql`update anonymised_copy set check_note = ${note}, removed = '{"NAME": 1}', redacted_ms = 500 where id = ${gone.id}`.execute(
    copies.admin,
  )
  await sql.raw(readFileSync(migration, 'utf8')).execute(copies.admin)
  expect(await storedNotes(gone.id)).toEqual(nothing)
  expect(await storedNotes(kept.id)).toMatchObject([{ check_note: note, removed: { NAME: 1 }, redacted_ms: 500 }])
})
