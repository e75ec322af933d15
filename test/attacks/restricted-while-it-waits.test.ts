// Promise: nothing is made of a recording whose use is forbidden or restricted (R50, GDPR 18). The attack: a program of the agency waits
// for another one to end while the recording is restricted; or two are requested at once.
import { createHash } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openVoiceEngines } from '#app/custodian/voice-engines.ts'
import type { RegisterTables } from '#register/tables.ts'
import { createTestDatabase } from '../database/create-test-database.ts'
import { openCopies } from '../disclosure/open-copies.ts'

const database = await createTestDatabase<RegisterTables>()
const folder = await mkdtemp(join(tmpdir(), 'seloste-recognition-'))
afterAll(() => rm(folder, { recursive: true }))
/** The program answers once this file exists. */
const released = join(folder, 'released')
const script = join(folder, 'engine.mts')
const program = `
import { existsSync } from 'node:fs'
import { buffer } from 'node:stream/consumers'
await buffer(process.stdin)
while (!existsSync(${JSON.stringify(released)})) await new Promise((resolve) => setTimeout(resolve, 50))
for (const line of [{ word: 'sana', from: 0, to: 700, confidence: 0.9 }, { words: 1 }]) console.log(JSON.stringify(line))
`
await writeFile(script, program, { mode: 0o644 })
const hashOf = async (path: string) =>
  createHash('sha256')
    .update(await readFile(path))
    .digest('hex')
const recogniser = {
  ...{ name: 'Words', version: '1', licence: 'MIT', program: process.execPath },
  sha256: await hashOf(process.execPath),
  arguments: [script],
  files: [{ path: script, sha256: await hashOf(script), licence: 'EUPL-1.2' }],
  folders: [dirname(process.execPath), folder],
  secondsPerSecond: 5,
}
const enginesFile = join(folder, 'engines.json')
await writeFile(enginesFile, JSON.stringify({ recognition: [recogniser] }))
const copies = await openCopies(database, { engines: await openVoiceEngines(enginesFile) })
const { admin, copy, send } = copies
beforeAll(async () => {
  await copies.allowTranscripts()
})

const recognise = (id: string) => send('eero', 'POST', `/api/anonymised-copies/${id}/recognition`, { language: 'fi' })
/** Returns how the transcriptions of a copy ended. */
async function endsOf(id: string) {
  const { rows } = await sql<{ result: string }>`
    select result from audit_entry
    where object_id = ${id} and action = 'anonymised-copy.recognised' and role is null and result not like 'refused:%'
    order by seq`.execute(admin)
  return rows.map(({ result }) => result)
}

test('a recording that is restricted while its transcription waits is not given to the program', async () => {
  const [first, second] = [await copy(), await copy()]
  for (const { id } of [first, second]) expect(await recognise(id)).toMatchObject({ status: 202 })
  await sql`update recording set state = 'RESTRICTED' where id = ${second.recording}`.execute(admin)
  await writeFile(released, '')
  await expect.poll(() => endsOf(first.id), { timeout: 20_000 }).toEqual(['ok'])
  await expect.poll(() => endsOf(second.id), { timeout: 20_000 }).toHaveLength(1)
  // The custodian also ends what waits, every few seconds.
  expect((await endsOf(second.id))[0]).toMatch(/^failed:(recording-restricted|custodian-ended)$/)
})

test('requests at once start one transcription', async () => {
  await rm(released, { force: true })
  const { id } = await copy()
  const answers = await Promise.all(Array.from({ length: 5 }, () => recognise(id)))
  await writeFile(released, '')
  expect(answers.map(({ status }) => status).sort()).toEqual([202, 409, 409, 409, 409])
  await expect.poll(() => endsOf(id), { timeout: 20_000 }).toEqual(['ok'])
})
