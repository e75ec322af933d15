// Programs supplied by the agency (R33). One transcribes, and a person judges each word; another re-speaks a recording,
// completely or not at all.
import { createHash } from 'node:crypto'
import { chmod, copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { CopyRedaction, CopyTurn } from '#app/http/contract/anonymised-copies.ts'
import { openVoiceEngines } from '#app/custodian/voice-engines.ts'
import { fingerprintOf } from '#platform/processes/verify-program.ts'
import type { RegisterTables } from '#register/tables.ts'
import { controlDemands, demandsOf } from '#use/disclosure/voice/evaluation-record.ts'
import { createTestDatabase } from '../database/create-test-database.ts'
import { recordAtDemand } from './name-voice.ts'
import { openCopies, turns } from './open-copies.ts'

const database = await createTestDatabase<RegisterTables>()
const folder = await mkdtemp(join(tmpdir(), 'seloste-recognition-'))
afterAll(() => rm(folder, { recursive: true }))
const script = join(folder, 'engine.mts')
const behaviour = join(folder, 'behaviour')
await copyFile(new URL('engine-for-tests.mts', import.meta.url), script)
const enginesFile = join(folder, 'engines.json')
const shell = '/bin/sh'
await setBehaviour('words')
await writeEnginesFile()
const engines = await openVoiceEngines(enginesFile)
const copies = await openCopies(database, { engines })
const { copy, readCopy, send, save, play, lacksOfCopy, render, until } = copies

let restoreDescription: () => Promise<void>
beforeAll(async () => {
  restoreDescription = await copies.allowTranscripts()
})

/** Sets the program's behaviour by a file that is not hashed, so that every test runs the same registered program. */
async function setBehaviour(method: string) {
  await writeFile(behaviour, method)
}
async function writeEnginesFile() {
  const hash = async (path: string) =>
    createHash('sha256')
      .update(await readFile(path))
      .digest('hex')
  await chmod(script, 0o644)
  const program = {
    ...{ name: 'Words', version: '1', licence: 'MIT', program: shell, sha256: await hash(shell) },
    arguments: ['-c', `exec ${process.execPath} ${script} "$(cat ${behaviour})"`],
    files: [{ path: script, sha256: await hash(script), licence: 'EUPL-1.2' }],
    folders: [dirname(process.execPath), folder],
    secondsPerSecond: 0.01,
  }
  const voice = { ...program, name: 'Voice', evaluation: join(folder, 'record.json') }
  await writeFile(voice.evaluation, JSON.stringify(recordAtDemand('N', fingerprintOf(voice), { engine: 'Voice' })))
  await writeFile(enginesFile, JSON.stringify({ neural: [voice], recognition: [program] }))
}
const recognise = (id: string, name: Parameters<typeof send>[0] = 'eero') =>
  send(name, 'POST', `/api/anonymised-copies/${id}/recognition`, { language: 'fi' })
const propose = (id: string, given: CopyTurn[] = []) =>
  send('eero', 'POST', `/api/anonymised-copies/${id}/proposals`, { turns: given })
async function waitForRecognition(id: string, state: 'made' | 'failed') {
  await expect.poll(async () => (await readCopy(id)).recognition?.state, { timeout: 20_000 }).toBe(state)
  return (await readCopy(id)).recognition!
}

test('the words of a transcribing program are proposed on both tracks, and count only when a person has accepted them', async () => {
  await setBehaviour('says')
  const { id, recording } = await copy()
  expect((await readCopy(id)).recognition).toEqual({ name: 'Words', version: '1', state: 'none' })
  expect(await recognise(id)).toMatchObject({ status: 202 })
  expect(await waitForRecognition(id, 'made')).toMatchObject({ words: 14 })
  const { body } = await propose(id)
  const found = body as unknown as Pick<Awaited<ReturnType<typeof readCopy>>, 'turns' | 'redactions'>
  const text = 'puhelinnumeroni on 0401234567'
  expect(found.turns.filter((turn) => turn.text !== '')).toMatchObject([
    { track: 'CALLER', isReviewed: false, text: expect.stringContaining(text) as string },
    { track: 'OFFICIAL', isReviewed: false, text: expect.stringContaining(text) as string },
  ])
  const phones = found.redactions.filter(({ reason }) => reason === 'PHONE')
  expect(phones).toMatchObject([
    { track: 'CALLER', source: 'PROPOSED', isReviewed: false },
    { track: 'OFFICIAL', source: 'PROPOSED', isReviewed: false },
  ])
  expect(await readCopy(id)).toMatchObject({ turns: [], redactions: [] })

  await play(recording)
  await save(id, found)
  expect(await lacksOfCopy(id)).toEqual(expect.arrayContaining(['unreviewed', 'unreviewed-turns']))
  expect(await render(id)).toMatchObject({ status: 409, code: 'anonymised-copy.lacks' })
  const whole = found.turns.map((turn) => ({ ...turn, isReviewed: true, text: turn.text || 'selvä' }))
  await save(id, { turns: whole, redactions: found.redactions.map((one) => ({ ...one, isReviewed: true })) })
  expect(await lacksOfCopy(id)).toEqual([])
  expect(await render(id)).toMatchObject({ status: 202 })
  await until(id, 'RENDERED')
})

test('each lane is transcribed by itself, and the words of which the program is not sure are marked in the saved work', async () => {
  await setBehaviour('says-unsure')
  const { id } = await copy()
  await recognise(id)
  await waitForRecognition(id, 'made')
  const { body } = await propose(id)
  const found = (body['turns'] as CopyTurn[]).filter(({ text }) => text !== '')
  expect(new Set(found.map(({ track }) => track))).toEqual(new Set(['CALLER', 'OFFICIAL']))
  for (const { text, doubts } of found)
    expect(doubts!.map(({ from, to }) => text.slice(from, to))).toEqual(['päivää', 'kiitos'])
  expect(await save(id, { turns: found })).toMatchObject({ status: 200 })
  expect((await readCopy(id)).turns).toEqual(found)
})

test('without transcripts in the description nothing is transcribed: not offered, refused by the database, and results that wait are dropped', async () => {
  await setBehaviour('says')
  const { id } = await copy()
  await recognise(id)
  await waitForRecognition(id, 'made')
  await restoreDescription()
  await expect.poll(async () => (await readCopy(id)).recognition).toBeUndefined()
  expect(await recognise(id)).toMatchObject({ status: 409, code: 'anonymised-copy.transcripts-off' })
  const { body } = await propose(id)
  expect((body['turns'] as CopyTurn[]).map(({ text }) => text).join('')).toBe('')
  restoreDescription = await copies.allowTranscripts()
  expect((await readCopy(id)).recognition).toMatchObject({ state: 'none' })
  expect((await propose(id)).body['turns']).toEqual(body['turns'])
})

test('text that a person has written stays: a program’s words are proposed beside it, and names found in them are merged with the person’s own', async () => {
  await setBehaviour('says')
  const { id } = await copy()
  await recognise(id)
  await waitForRecognition(id, 'made')
  const text = { ...turns[0]!, text: 'puhelinnumeroni on 040 123 4567' }
  const { body } = await propose(id, [text])
  const phones = (body['redactions'] as CopyRedaction[]).filter((one) => one.track === 'CALLER')
  expect(phones.map(({ reason }) => reason)).toEqual(['PHONE'])
})

test.each([
  ['crash-at-once', 'program-failed'],
  ['crash-half-way', 'program-failed'],
  ['words-cut', 'engine-answer-wrong'],
  ['words-strange', 'engine-answer-wrong'],
  ['words-outside', 'engine-answer-wrong'],
])(
  'a program whose answer is %s is reported with the failure’s code, and nothing of its output is stored',
  async (method, failure) => {
    await setBehaviour(method)
    const { id } = await copy()
    await recognise(id)
    expect(await waitForRecognition(id, 'failed')).toMatchObject({ failure })
    const { body } = await propose(id)
    expect((body['turns'] as CopyTurn[]).every(({ text }) => text === '')).toBe(true)
    expect(copies.desk.log.join() + copies.desk.faults.join()).not.toContain('Meikäläinen')
    await setBehaviour('words')
    expect(await recognise(id)).toMatchObject({ status: 202 })
    expect(await waitForRecognition(id, 'made')).toMatchObject({ words: 6 })
  },
)

test('a program changed after its registration is not run: the copy reports that, and everything else continues', async () => {
  await setBehaviour('words')
  const { id } = await copy()
  const original = await readFile(script)
  await writeFile(script, `${original.toString()}\n`)
  await recognise(id)
  expect(await waitForRecognition(id, 'failed')).toMatchObject({ failure: 'program-changed' })
  expect(copies.desk.faults.join()).toContain(script)
  await rm(script)
  await recognise(id)
  expect(await waitForRecognition(id, 'failed')).toMatchObject({ failure: 'program-missing' })
  await writeFile(script, original)
  await chmod(script, 0o644)
  expect(await propose(id)).toMatchObject({ status: 200 })
  expect(await save(id)).toMatchObject({ status: 200 })
})

test('a voice engine that dies, returns too little or was changed leaves no partial result: the state reports the failure, and the next rendering is complete', async () => {
  const { id, recording } = await copy()
  await play(recording)
  expect(await save(id, { level: 'N', turns: [] })).toMatchObject({ status: 200 })
  const original = await readFile(script)
  async function failsWith(failure: string) {
    expect(await render(id)).toMatchObject({ status: 202 })
    await until(id, 'FAILED')
    expect(await readCopy(id)).toMatchObject({ state: 'FAILED', failure, may: { render: true, hear: false } })
    expect(await copies.objectsOf(recording)).toEqual([])
  }
  for (const [method, failure] of [
    ['crash-at-once', 'program-failed'],
    ['crash-half-way', 'program-failed'],
    ['short', 'engine-answer-wrong'],
  ] as const) {
    await setBehaviour(method)
    await failsWith(failure)
  }
  await writeFile(script, `${original.toString()}\n`)
  await failsWith('program-changed')
  await chmod(script, 0o666)
  await writeFile(script, original)
  await failsWith('program-writable')
  await rm(script)
  await failsWith('program-missing')
  await writeFile(script, original)
  await chmod(script, 0o644)
  await setBehaviour('invert')
  await render(id)
  await until(id, 'RENDERED')
  expect(await copies.objectsOf(recording)).toHaveLength(1)
  const { body: report } = await send('kaisa', 'GET', `/api/anonymised-copies/${id}/report`)
  expect(report).toMatchObject({
    ...{ level: 'N', engine: 'Voice', version: '1', isAnonymous: true, residualRisk: 'words-and-prosody' },
    evaluation: { date: '2026-11-26' },
  })
  const { figures } = report['evaluation'] as { figures: object[] }
  expect(figures).toContainEqual({ name: 'semi-informed.calls', value: 20, demanded: 20 })
  expect(figures).toHaveLength(controlDemands.length + demandsOf.N.length)
})

test('a program that hangs is not started a second time, and is killed when its recording is destroyed; its words are deleted', async () => {
  await setBehaviour('forever')
  const { id, recording } = await copy()
  await recognise(id)
  await expect.poll(async () => (await readCopy(id)).recognition?.state).toBe('running')
  expect(await recognise(id)).toMatchObject({ status: 409, code: 'anonymised-copy.recognising' })
  await copies.forbidByOfficial(recording)
  await setBehaviour('words')
  // Only one program runs at a time: the next starts when the one before has ended.
  const next = await copy()
  await recognise(next.id)
  await waitForRecognition(next.id, 'made')
  expect(await recognise(id)).toMatchObject({ code: 'recording.destroyed' })
})

test('only the copy’s preparer can have it transcribed, and the log records by which program and how much, but no words', async () => {
  await setBehaviour('words')
  const { id } = await copy()
  expect(await recognise(id, 'kaisa')).toMatchObject({ status: 403, code: 'anonymised-copy.others' })
  expect(await recognise(id, 'riitta')).toMatchObject({ status: 403, code: 'deny.role' })
  await recognise(id)
  await waitForRecognition(id, 'made')
  expect((await readCopy(id, 'kaisa')).recognition).toBeUndefined()
  const { rows } = await sql<{ result: string; role: string | null; purpose: string | null; detail: object }>`
    select result, role, purpose, detail from audit_entry where object_id = ${id} and action = 'anonymised-copy.recognised' order by at`.execute(
    copies.admin,
  )
  expect(rows).toMatchObject([
    { result: 'refused:anonymised-copy.others', detail: {} },
    { result: 'refused:deny.role', detail: {} },
    { result: 'ok', role: 'EXPERT', purpose: 'SERVICE_LEVEL_STUDY', detail: { engine: 'Words', version: '1' } },
    { result: 'ok', role: null, detail: { engine: 'Words', version: '1', words: 6 } },
  ])
})

test('a transcription is in the log before the program ends, and among the views of the official’s calls', async () => {
  await setBehaviour('forever')
  const { id, recording } = await copy()
  await recognise(id)
  await expect.poll(async () => (await readCopy(id)).recognition?.state).toBe('running')
  const { rows } = await sql<{ kind: string; role: string }>`
    select kind, role from accesses_to('{}', ${[recording]}::uuid[], '{}', null, now() - interval '1 hour', now() + interval '1 hour')
    where kind = 'listened' and at >= (select recognised_at from anonymised_copy where id = ${id})`.execute(
    copies.admin,
  )
  expect(rows).toContainEqual({ kind: 'listened', role: 'EXPERT' })
  await copies.forbidByOfficial(recording)
})

test('whoever takes over a copy and reads the words that its former preparer had recognised is in the log', async () => {
  await setBehaviour('says')
  const { id } = await copy()
  await recognise(id)
  await waitForRecognition(id, 'made')
  await sql`update anonymised_copy set prepared_by = ${copies.people.kaisa.id} where id = ${id}`.execute(copies.admin)
  const { body } = await send('kaisa', 'POST', `/api/anonymised-copies/${id}/proposals`, { turns: [] })
  expect(JSON.stringify(body)).toContain('puhelinnumeroni')
  const { rows } = await sql<{ person_id: string }>`
    select person_id from audit_entry
    where object_id = ${id} and action = 'anonymised-copy.read' and detail @> '{"words": true}' order by seq desc limit 1`.execute(
    copies.admin,
  )
  expect(rows).toEqual([{ person_id: copies.people.kaisa.id }])
})
