// The anonymised copy of a recording (R33, L30): missing steps are named, removed content is gone, and a second person
// signs.
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { openVoiceEngines } from '#app/custodian/voice-engines.ts'
import { destroyBlocked } from '#destruction/destroy-blocked.ts'
import type { ResearchSummary } from '#app/http/contract/research.ts'
import { inSession } from '#platform/database/connect.ts'
import { openAnonymisedAudio } from '#register/recordings/anonymised-copies.ts'
import type { RegisterTables } from '#register/tables.ts'
import { createCopyPlaybacks, endExpiredPlaybacks } from '#use/disclosure/copies/play-copy.ts'
import { startPlayback } from '#use/disclosure/copies/copy-acts.ts'
import { endUnfinishedRenderings } from '#use/disclosure/copies/render-copy.ts'
import type { EvaluationFigures } from '#use/disclosure/copies/voice-engines.ts'
import { demandsOf } from '#use/disclosure/voice/evaluation-record.ts'
import { createTestDatabase } from '../database/create-test-database.ts'
import { phone } from '../database/people.ts'
import { nameVoice, namedVoice } from './name-voice.ts'
import { openCopies, redaction, samplesOf, turns, wholeMs } from './open-copies.ts'

const database = await createTestDatabase<RegisterTables>()
const copies = await openCopies(database, { engines: await openVoiceEngines(await nameVoice('signal')) })
const {
  readCopy,
  lacksOfCopy,
  save,
  render,
  check,
  rowOf,
  objectsOf,
  copy,
  play,
  until,
  renderedCopy,
  playCopy,
  send,
} = copies

test('a copy is rendered only when complete: each missing step is refused and named', async () => {
  const { id, recording } = await copy()
  const name = { ...turns[0]!, text: 'täällä puhuu Matti Virtanen' }
  await save(id, { turns: [{ ...name, toMs: 1000 }], redactions: [{ ...redaction, isReviewed: false }] })
  const refused = async () => {
    const missing = await lacksOfCopy(id)
    expect((await readCopy(id)).may.render).toBe(missing.length === 0)
    if (missing.length > 0) expect(await render(id)).toMatchObject({ status: 409, code: 'anonymised-copy.lacks' })
    return missing
  }
  expect(await refused()).toEqual(['played', 'unreviewed', 'transcript', 'identifiers-left'])
  await play(recording)
  expect(await refused()).toEqual(['unreviewed', 'transcript', 'identifiers-left'])
  await save(id, { turns: [name, turns[1]!], redactions: [{ ...redaction, isReviewed: false }] })
  expect(await refused()).toEqual(['unreviewed', 'identifiers-left'])
  await save(id, { turns: [name, turns[1]!], redactions: [] })
  expect(await refused()).toEqual(['identifiers-left'])
  expect((await readCopy(id)).lacks).toEqual([{ what: 'identifiers-left', at: [0] }])
  await save(id, { level: 'N' })
  expect(await refused()).toEqual(['engine'])
  await save(id, { level: 'D' })
  expect(await refused()).toEqual(['level-not-allowed'])
  await save(id, { turns: [name, turns[1]!], redactions: [redaction] })
  expect(await refused()).toEqual([])
  expect(await objectsOf(recording)).toEqual([])
})

test('the preparer must have played every second of the original; gaps of less than 200 ms are allowed (R33)', async () => {
  const { id, recording } = await copy()
  await play(recording, 'kaisa')
  await play(recording, 'eero', 0, 1000)
  await play(recording, 'eero', 1150, 2000)
  await play(recording, 'eero', 2250, wholeMs)
  expect(await readCopy(id)).toMatchObject({ unplayed: [{ fromMs: 2000, toMs: 2250 }] })
  expect((await readCopy(id)).playedShare).toBeCloseTo(1 - 250 / wholeMs, 3)
  await play(recording, 'eero', 1900, 2300)
  expect(await readCopy(id)).toMatchObject({ unplayed: [], playedShare: 1 })
})

test('both tracks of a result are re-spoken, and its length is rounded to five seconds', async () => {
  const { id, recording } = await renderedCopy()
  const original = await play(recording)
  const sound = await playCopy(id)
  expect((sound.length - 44) % (5 * 8000 * 4)).toBe(0)
  const ms = (sound.length - 44) / 32
  for (const lane of [0, 1] as const)
    expect(samplesOf(sound, lane, 0, ms).some((sample) => Math.abs(sample) > 300)).toBe(true)
  // No loud sample of the original is left at its position.
  const played = samplesOf(sound, 0, 0, 1000)
  const same = samplesOf(original, 0, 0, 1000).filter((sample, at) => sample === played[at])
  expect(same.length).toBeLessThan(400)
})

test('the second person signs after playing everything; neither a preparer nor a person without the right can sign', async () => {
  const { id } = await renderedCopy()
  expect(await check(id, 'APPROVED', 'eero')).toMatchObject({ status: 403, code: 'anonymised-copy.own' })
  expect(await check(id, 'APPROVED')).toMatchObject({ status: 409, code: 'anonymised-copy.not-heard' })
  const hearing = await copies.startCopyPlayback(id)
  const browser = await copies.as('kaisa')
  const audio = hearing.body['audio'] as string
  const whole = Number((await rowOf(id)).sound_ms) * 32 + 44
  const half = (whole + 44) / 2
  expect((await browser.fetch(audio, { headers: { range: `bytes=0-${half - 1}` } })).status).toBe(206)
  expect(await check(id, 'APPROVED')).toMatchObject({ code: 'anonymised-copy.not-heard' })
  expect((await readCopy(id, 'kaisa')).heardShare).toBeCloseTo(0.5, 3)
  expect((await browser.fetch(audio, { headers: { range: `bytes=${half}-` } })).status).toBe(206)
  for (const name of ['riitta', 'dora', 'tiina', 'aino', 'tuula'] as const) {
    expect(await check(id, 'APPROVED', name)).toMatchObject({ status: 403, code: 'deny.role' })
    expect(await copies.startCopyPlayback(id, name)).toMatchObject({ status: 403, code: 'deny.role' })
  }
  expect(await check(id, 'APPROVED')).toMatchObject({ status: 204 })
  expect(await readCopy(id)).toMatchObject({ state: 'APPROVED', check: { outcome: 'APPROVED', by: { name: 'Kaisa' } } })
})

test('signing a copy at an unattended desk needs a new proof of identity, and sending it back does not', async () => {
  const [signed, sentBack] = [(await renderedCopy()).id, (await renderedCopy()).id]
  for (const id of [signed, sentBack]) await playCopy(id)
  const proveIdentity = (ago: string) =>
    sql`update session set proved_at = now() - ${ago}::interval where person_id = ${copies.people.kaisa.id}`.execute(
      database.as().db,
    )
  await proveIdentity('16 minutes')
  expect(await check(signed, 'APPROVED')).toMatchObject({ status: 403, code: 'confirm.fresh' })
  expect((await check(sentBack, 'REJECTED')).status).toBe(204)
  await proveIdentity('1 minute')
  expect((await check(signed, 'APPROVED')).status).toBe(204)
})

test('the database itself checks the conditions, whatever the custodian requests: playback, permission, evaluation, and words for the preparer only', async () => {
  const { id } = await copy()
  await save(id)
  const custodian = database.as('seloste_custodian').db
  const request = async (name: 'eero' | 'kaisa', statement: ReturnType<typeof sql>) => {
    const session = await copies.people[name].signIn()
    return inSession(custodian, { 'seloste.session': session.token }, (tx) => statement.execute(tx)).catch(
      ({ message, detail }: { message: string; detail?: string }) => ({ message, detail }),
    )
  }
  const startRendering = async (evaluation: string | null = '{"date": "2026-01-01"}') => {
    const { revision } = await rowOf(id)
    return request('eero', sql`select begin_rendering(${id}, ${revision}, 'x', '1', '{}', 0, ${evaluation}::jsonb)`)
  }
  expect(await startRendering()).toEqual({ message: 'anonymised-copy.lacks', detail: 'played' })
  await play((await rowOf(id)).recording_id)
  await save(id, { level: 'D' })
  expect(await startRendering()).toEqual({ message: 'anonymised-copy.lacks', detail: 'level-not-allowed' })
  await copies.changeDisclosureRules({ pseudonymised: true })
  for (const level of ['D', 'N'] as const) {
    await save(id, { level })
    expect(await startRendering(null)).toEqual({ message: 'anonymised-copy.lacks', detail: 'engine' })
  }
  await copies.changeDisclosureRules({})
  expect(await request('eero', sql`select from read_copy(${id}) where work is not null`)).toMatchObject({ rows: [{}] })
  expect(await request('kaisa', sql`select from read_copy(${id}) where work is not null`)).toMatchObject({ rows: [] })
})

test('a former preparer of a copy cannot sign it, even if somebody else has taken it over', async () => {
  const { id } = await renderedCopy()
  await sql`update anonymised_copy set prepared_by = ${copies.people.tiina.id} where id = ${id}`.execute(copies.admin)
  await playCopy(id, 'eero')
  expect(await check(id, 'APPROVED', 'eero')).toMatchObject({ status: 403, code: 'anonymised-copy.own' })
})

test('starting again does not speed up playback: the rate limit applies to the person', async () => {
  const { id } = await renderedCopy()
  const session = await copies.people.kaisa.signIn()
  const hearings = createCopyPlaybacks(copies.register.ingest, { leadMs: 2000, pieceMs: 500 })
  const startListening = async () => {
    const begun = await startPlayback(database.as('seloste_desk').db, session, id)
    if ('refused' in begun) throw new Error(begun.refused)
    return begun.id
  }
  const first = await hearings.audio({ session: session.token, hearing: await startListening(), from: 0 })
  expect(first).toMatchObject({ from: 0 })
  const again = { session: session.token, hearing: await startListening(), from: 44 + 2000 * 32 }
  // The requesting process exists at the first check, and has ended at the second.
  let reads = 0
  const gone = Object.defineProperty(new AbortController().signal, 'aborted', { get: () => reads++ > 0 })
  expect(await hearings.audio(again, gone)).toBe('too-fast')
})

test('the checker sees neither the words nor which words are missing, and only the preparer changes or renders', async () => {
  const { id } = await renderedCopy()
  expect(await readCopy(id, 'kaisa')).toMatchObject({
    ...{ turns: [], redactions: [], lacks: [], unplayed: [] },
    may: { edit: false, render: false, hear: true, check: true },
  })
  expect(await readCopy(id)).toMatchObject({ turns, redactions: [redaction], may: { check: false, edit: true } })
  const others = { status: 403, code: 'anonymised-copy.others' }
  expect(await save(id, {}, 'kaisa')).toMatchObject(others)
  expect(await render(id, 'kaisa')).toMatchObject(others)
  expect(await send('kaisa', 'POST', `/api/anonymised-copies/${id}/proposals`, { turns: [] })).toMatchObject(others)
  for (const name of ['riitta', 'dora', 'tiina', 'aino'] as const)
    expect(await send(name, 'GET', `/api/anonymised-copies/${id}`)).toMatchObject({ status: 403, code: 'deny.role' })
})

test('an approved copy never changes: everybody who plays or gets it receives the same bytes', async () => {
  const { id, recording, disclosure, sound } = await copies.approvedCopy()
  expect(await save(id)).toMatchObject({ status: 409, code: 'anonymised-copy.approved' })
  expect(await render(id)).toMatchObject({ status: 409, code: 'anonymised-copy.approved' })
  expect(await check(id, 'REJECTED')).toMatchObject({ status: 409, code: 'anonymised-copy.approved' })
  const again = await send('kaisa', 'POST', `/api/research-disclosures/${disclosure}/items/1/copy`)
  expect(again.body).toEqual({ id })
  expect((await playCopy(id)).equals(sound)).toBe(true)
  const opened = await openAnonymisedAudio(copies.register.ingest, { copy: id, recording }, sound.length)
  expect((await opened.read(0, opened.totalBytes)).equals(sound)).toBe(true)
  expect((await opened.read(70_000, 140_001)).equals(sound.subarray(70_000, 140_001))).toBe(true)
})

test('there is at most one rendering: a second one is refused, and the first is deleted when its copy is changed or rejected', async () => {
  const { id, recording } = await renderedCopy()
  expect(await objectsOf(recording)).toHaveLength(1)
  expect(await render(id)).toMatchObject({ status: 409, code: 'anonymised-copy.rendered' })
  await save(id)
  expect(await objectsOf(recording)).toEqual([])
  expect(await rowOf(id)).toMatchObject({ state: 'DRAFT', sound_at: null })
  await render(id)
  await until(id, 'RENDERED')
  expect(await check(id, 'REJECTED', 'kaisa', { note: 'Nimi kuuluu.' })).toMatchObject({ status: 204 })
  await expect.poll(() => objectsOf(recording)).toEqual([])
  expect(await readCopy(id)).toMatchObject({ state: 'REJECTED', check: { outcome: 'REJECTED', note: 'Nimi kuuluu.' } })
  expect(await copies.startCopyPlayback(id)).toMatchObject({ status: 409, code: 'anonymised-copy.not-rendered' })
})

test('a copy that waits for its check is announced to those who may check it, and a returned copy to its preparer', async () => {
  const disclosure = await copies.beginDisclosure()
  await copy(disclosure)
  const { id } = await renderedCopy({}, disclosure)
  const findWaiting = async (name: 'eero' | 'kaisa') => {
    const { body } = await send(name, 'GET', '/api/research-disclosures')
    const one = (body['items'] as ResearchSummary[]).find((listed) => listed.id === disclosure)
    return { toCheck: one?.toCheck, sentBack: one?.sentBack, may: (await copies.read(disclosure, name)).may.check }
  }
  expect(await findWaiting('eero')).toEqual({ toCheck: [], sentBack: [], may: false })
  expect(await findWaiting('kaisa')).toEqual({ toCheck: [2], sentBack: [], may: true })
  await check(id, 'REJECTED', 'kaisa', { note: 'Nimi kuuluu.' })
  expect(await findWaiting('eero')).toEqual({ toCheck: [], sentBack: [2], may: false })
  expect(await findWaiting('kaisa')).toEqual({ toCheck: [], sentBack: [], may: false })
  await save(id)
  expect(await findWaiting('eero')).toEqual({ toCheck: [], sentBack: [], may: false })
})

test('only people whose right covers the recording can play, sign or return a copy, or find it among the waiting ones', async () => {
  const disclosure = await copies.beginDisclosure()
  const { id } = await renderedCopy({}, disclosure)
  const listed = async (name: 'ville' | 'kaisa') => {
    const { body } = await send(name, 'GET', '/api/research-disclosures')
    const { toCheck } = (body['items'] as ResearchSummary[]).find((one) => one.id === disclosure)!
    return {
      toCheck,
      disclosure: (await copies.read(disclosure, name)).may.check,
      copy: (await readCopy(id, name)).may,
    }
  }
  const nothing = { edit: false, render: false, hear: false, check: false }
  expect(await listed('ville')).toEqual({ toCheck: [], disclosure: false, copy: nothing })
  expect(await listed('kaisa')).toMatchObject({ toCheck: [1], disclosure: true, copy: { hear: true, check: true } })
  expect(await copies.startCopyPlayback(id, 'ville')).toMatchObject({ status: 403, code: 'deny.role' })
  expect(await check(id, 'REJECTED', 'ville')).toMatchObject({ status: 403, code: 'deny.role' })
  // Plays the copy while the right covers its recording; signing is refused once the right no longer does.
  await playCopy(id)
  const coverOnly = (number: string) =>
    copies.admin.transaction().execute(async (tx) => {
      await sql`set local session_replication_role = replica`.execute(tx)
      await sql`update access_right set scope_numbers = array[${phone(number)}] where person_id = ${copies.people.kaisa.id}`.execute(
        tx,
      )
    })
  await coverOnly('029 497 010')
  expect(await check(id, 'APPROVED')).toMatchObject({ status: 403, code: 'deny.role' })
  expect(await listed('kaisa')).toEqual({ toCheck: [], disclosure: false, copy: nothing })
  await coverOnly('029 497 000')
  expect(await check(id, 'APPROVED')).toMatchObject({ status: 204 })
})

test('playback of an earlier rendering does not count for the next: after any change the copy must be played again', async () => {
  const { id } = await renderedCopy()
  await playCopy(id)
  await save(id)
  expect(await check(id, 'APPROVED')).toMatchObject({ status: 409, code: 'anonymised-copy.not-rendered' })
  await render(id)
  await until(id, 'RENDERED')
  expect(await check(id, 'APPROVED')).toMatchObject({ status: 409, code: 'anonymised-copy.not-heard' })
  const { revision } = await rowOf(id)
  expect(
    await send('kaisa', 'POST', `/api/anonymised-copies/${id}/check`, { revision: revision - 1, outcome: 'REJECTED' }),
  ).toMatchObject({ status: 409, code: 'anonymised-copy.changed-meanwhile' })
  await playCopy(id)
  expect(await check(id, 'APPROVED')).toMatchObject({ status: 204 })
})

test('playback of an anonymised copy ends with its rendering, its session, the right and the recording', async () => {
  const { id, recording } = await renderedCopy()
  let hearing = await copies.startCopyPlayback(id)
  const audio = () => hearing.body['audio'] as string
  const request = async (name: 'kaisa' | 'eero' = 'kaisa') => (await (await copies.as(name)).fetch(audio())).status
  expect([await request(), await request('eero'), (await copies.desk.visitor.fetch(audio())).status]).toEqual([
    206, 404, 401,
  ])
  const setTo = (state: string) =>
    sql`update recording set state = ${state} where id = ${recording}`.execute(copies.admin)
  await setTo('RESTRICTED')
  expect(await request()).toBe(403)
  expect(await readCopy(id)).toMatchObject({ error: { code: 'recording.restricted' } })
  // Runs what the custodian does every few seconds: an ended playback does not continue.
  await endExpiredPlaybacks({ db: database.as('seloste_custodian').db })
  await setTo('STORED')
  expect(await request()).toBe(403)
  hearing = await copies.startCopyPlayback(id)
  expect(await request()).toBe(206)
  await save(id)
  expect(await request()).toBe(409)
  // The session may also end between the request and its answer.
  const { token } = await copies.people.kaisa.signIn()
  const recorded = await inSession(database.as('seloste_custodian').db, { 'seloste.session': token }, async (tx) => {
    await sql`update copy_hearing set session_hash = sha256(convert_to(${token}, 'UTF8')) where id = ${hearing.body['id']}`.execute(
      copies.admin,
    )
    return sql<{ noted: boolean }>`select record_copy_playback(${hearing.body['id']}::uuid, 0, 10) as noted`.execute(tx)
  })
  expect(recorded.rows).toEqual([{ noted: false }])
  const endReasons = () =>
    sql<{ why: string }>`
    select end_why as why from copy_hearing where id = ${hearing.body['id']}`.execute(copies.admin)
  await expect.poll(async () => (await endReasons()).rows[0]?.why).toBe('changed')
})

test('a prohibition while a copy is rendered or played leaves nothing of the copy, and the state reports that (R50)', async () => {
  const played = await renderedCopy()
  const hearing = await copies.startCopyPlayback(played.id)
  const making = await copy()
  await play(making.recording)
  await save(making.id)
  const begun = render(making.id)
  await copies.forbidByOfficial(played.recording)
  expect((await begun).status).toBe(202)
  await copies.forbidByOfficial(making.recording)
  const browser = await copies.as('kaisa')
  expect((await browser.fetch(hearing.body['audio'] as string)).status).toBe(404)
  for (const { id, recording } of [played, making]) {
    expect(await send('eero', 'GET', `/api/anonymised-copies/${id}`)).toMatchObject({ code: 'recording.destroyed' })
    expect((await rowOf(id)).work).toBeNull()
    await destroyBlocked(copies.expunging, Temporal.Now.instant())
    await expect.poll(() => objectsOf(recording)).toEqual([])
    await expect.poll(async () => (await rowOf(id)).sound_at).toBeNull()
  }
  expect(['FAILED', 'RENDERED']).toContain((await rowOf(making.id)).state)
})

test('a rendering that was in progress when the custodian ended is reported as failed at the next start', async () => {
  const { id } = await copy()
  await sql`update anonymised_copy set state = 'RENDERING' where id = ${id}`.execute(copies.admin)
  expect(await endUnfinishedRenderings(copies.register.ingest)).toMatchObject({ ended: 1 })
  expect(await rowOf(id)).toMatchObject({ state: 'FAILED', failure: 'custodian-ended' })
})

test('a turn of many words gets as much time as it needs', async () => {
  const { id, recording } = await copy()
  await play(recording)
  const long = { ...turns[1]!, text: 'hundar '.repeat(70).trim() }
  await save(id, { turns: [turns[0]!, long] })
  expect(await render(id)).toMatchObject({ status: 202 })
  await until(id, 'RENDERED')
  expect(Number((await rowOf(id)).sound_ms)).toBeGreaterThan(20_000)
})

test('proposals cover speech and key presses, and names and numbers in the words are proposed on both tracks', async () => {
  const { id } = await copy()
  const path = `/api/anonymised-copies/${id}/proposals`
  const first = await send('eero', 'POST', path, { turns: [] })
  expect(first.body['turns']).toMatchObject([
    { track: 'CALLER', text: '' },
    { track: 'OFFICIAL', text: '' },
  ])
  const text = turns.map((turn) => ({ ...turn, text: `${turn.text} 040 123 4567` }))
  const { body } = await send('eero', 'POST', path, { turns: text })
  const proposed = body['redactions'] as { track: string; isReviewed: boolean; source: string }[]
  expect(proposed.every(({ isReviewed, source }) => !isReviewed && source === 'PROPOSED')).toBe(true)
  const tracks = proposed.map(({ track }) => track)
  expect(new Set(tracks)).toEqual(new Set(['CALLER', 'OFFICIAL']))
  expect(await readCopy(id)).toMatchObject({ turns: [], redactions: [] })
})

test('times outside the recording, and two turns at once, are refused with their position', async () => {
  const { id } = await copy()
  const late = await save(id, { redactions: [{ ...redaction, toMs: wholeMs + 1 }] })
  expect(late).toMatchObject({ status: 400, code: 'anonymised-copy.times', field: 'redactions.0' })
  expect(await save(id, { turns: [...turns, turns[0]!] })).toMatchObject({ status: 400, field: 'turns.2' })
})

test('the report lists what was removed and what remains of a person, and the decision maker reads it', async () => {
  const { id } = await copies.approvedCopy()
  for (const name of ['riitta', 'kaisa', 'dora'] as const) {
    const { status, body } = await send(name, 'GET', `/api/anonymised-copies/${id}/report`)
    expect(status).toBe(200)
    expect(body).toMatchObject({
      ...{ level: 'T', isAnonymous: true, residualRisk: 'words', redactedMs: 500, durationMs: wholeMs },
      removed: [{ reason: 'NAME', count: 1 }],
      preparedBy: { name: 'Eero' },
      checkedBy: { name: 'Kaisa' },
    })
  }
  expect(await send('aino', 'GET', `/api/anonymised-copies/${id}/report`)).toMatchObject({ status: 403 })
  // A voice that was only changed is never called anonymous in the report.
  await sql`update anonymised_copy set level = 'D' where id = ${id}`.execute(copies.admin)
  expect((await send('riitta', 'GET', `/api/anonymised-copies/${id}/report`)).body).toMatchObject({
    ...{ level: 'D', isAnonymous: false, residualRisk: 'voice' },
  })
  const { id: draft } = await copy()
  expect(await send('riitta', 'GET', `/api/anonymised-copies/${draft}/report`)).toMatchObject({ status: 409 })
})

test('a copy voiced by an earlier engine keeps that engine’s name and figures even if no such engine is configured any more', async () => {
  const { id } = await copies.approvedCopy()
  const evaluation = { date: '2026-11-28', figures: [{ name: 'lazy.finnish', value: 41.8, demanded: 36 }] }
  await sql`
    update anonymised_copy set level = 'D', engine = 'nvq', engine_version = '8', evaluation = ${JSON.stringify(evaluation)}
    where id = ${id}`.execute(copies.admin)
  expect((await send('riitta', 'GET', `/api/anonymised-copies/${id}/report`)).body).toMatchObject({
    ...{ level: 'D', engine: 'nvq', version: '8', evaluation },
  })
  expect((await playCopy(id)).length).toBeGreaterThan(44)
})

test('the words are stored nowhere in clear text, neither in the row nor in the log, and the desk can read no row', async () => {
  const { id } = await copy()
  await save(id, { turns: [{ ...turns[0]!, text: 'salaisuus on tämä' }, turns[1]!] })
  const { work } = await rowOf(id)
  expect(work!.toString('latin1')).not.toContain('salaisuus')
  const { rows } = await sql`select * from audit_entry where object_id = ${id}`.execute(copies.admin)
  expect(JSON.stringify(rows)).not.toContain('salaisuus')
  expect(copies.desk.log.join()).not.toContain('salaisuus')
  await expect(database.as('seloste_desk').pool.query('select work from anonymised_copy')).rejects.toThrow(
    'permission denied',
  )
  await expect(database.as('seloste_custodian').pool.query('select work from anonymised_copy')).rejects.toThrow(
    'permission denied',
  )
})

test('the log records who started, saved, rendered, played and checked a copy, and never its recording', async () => {
  const { id, recording } = await copies.approvedCopy()
  const { rows } = await sql<{ action: string; result: string; detail: unknown }>`
    select action, result, detail from audit_entry where object_id = ${id} order by at`.execute(copies.admin)
  const done = rows.filter(({ result }) => result === 'ok').map(({ action }) => action.slice('anonymised-copy.'.length))
  expect(new Set(done)).toEqual(new Set(['begun', 'saved', 'rendered', 'heard', 'checked']))
  expect(JSON.stringify(rows)).not.toContain(recording)
})

test('if the description allows a pseudonym, a configured engine of level D voices the copy, and the report states what remains of the voice, of five recordings first (R33, L30)', async () => {
  const levelOf = async (id: string) => (await readCopy(id)).levels.find(({ level }) => level === 'D')
  const { id, recording } = await copy()
  expect(await levelOf(id)).toEqual({ level: 'D', isOffered: false, why: 'not-in-description' })
  const restoreDescription = await copies.allowPseudonymised()
  expect(await levelOf(id)).toEqual({ level: 'D', isOffered: true, engine: 'Noise 1' })
  const original = await play(recording)
  await save(id, { level: 'D' })
  expect(await render(id)).toMatchObject({ status: 202 })
  await until(id, 'RENDERED')
  const sound = await playCopy(id)
  expect(sound.length).toBe(44 + 5 * 8000 * 4)
  expect(new Set(samplesOf(sound, 0, 1000, 1500))).toEqual(new Set([0]))
  const played = samplesOf(sound, 0, 0, 1000)
  expect(played.some((sample) => Math.abs(sample) > 300)).toBe(true)
  expect(samplesOf(original, 0, 0, 1000).filter((sample, at) => sample === played[at]).length).toBeLessThan(400)
  const { body: report } = await send('kaisa', 'GET', `/api/anonymised-copies/${id}/report`)
  expect(report).toMatchObject({
    ...{ level: 'D', engine: namedVoice.name, version: namedVoice.version, isAnonymous: false, residualRisk: 'voice' },
    evaluation: {
      figures: expect.arrayContaining([expect.objectContaining({ name: 'semi-informed.calls' })]) as object[],
    },
  })
  const { figures } = report['evaluation'] as { figures: EvaluationFigures['figures'] }
  expect(figures.slice(0, 2)).toEqual([
    { name: 'pooled-five.10-people', value: 5 },
    { name: 'pooled-five.finnish', value: 5 },
  ])
  expect(figures.filter(({ demanded }) => demanded !== undefined)).toHaveLength(demandsOf.D.length - 2)
  await restoreDescription()
  expect(await lacksOfCopy(id)).toEqual(['level-not-allowed'])
})
