// A copy of a recording for the requester (C1, L6; LX1): made by the custodian, encrypted for the requester, downloaded
// once, and destroyed with its recording.
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as age from 'age-encryption'
import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { seedDescriptionFile } from '#description/read-description.ts'
import { destroyBlocked } from '#destruction/destroy-blocked.ts'
import { generateKeyPair } from '#platform/age/age-header.ts'
import { subjectCopyKey } from '#register/recordings/objects.ts'
import type { RegisterTables } from '#register/tables.ts'
import { createCopyDownloads, type CopyFetched } from '#use/requests/acts/fetch-copy.ts'
import { endUnfinishedCopies } from '#use/requests/acts/make-copy.ts'
import { descriptionChannel } from '#safeguards/versions/versions.ts'
import { createTestDatabase } from '../database/create-test-database.ts'
import { publishText } from '../database/describe-from.ts'
import { answer } from '../register/open-desk.ts'
import { openGdprServiceUnit } from './open-gdpr-service-unit.ts'

const database = await createTestDatabase<RegisterTables>()
const acts = await openGdprServiceUnit(database)
const {
  makeRecording,
  served,
  ask: send,
  makeCopy,
  copyOf,
  readyCopy,
  fetchCopy,
  entries,
  register,
  admin,
  custodian,
  desk,
} = acts
const hasAge = spawnSync('age', ['--version']).status === 0

const objectsOf = async (recording: string) => Array.fromAsync(register.objects.list(`copies/${recording}/`))
const stateOf = async (id: string) => {
  const { rows } = await sql<{
    state: string
  }>`select subject_copy_state(c) as state from subject_copy c where id = ${id}`.execute(admin)
  return rows[0]?.state
}

async function open(file: Uint8Array, passphrase: string): Promise<Buffer> {
  const decrypter = new age.Decrypter()
  decrypter.addPassphrase(passphrase)
  return Buffer.from(await decrypter.decrypt(file))
}

/** Checks the sound of a recording of 50 packets: a second of stereo. */
function expectSound(wav: Buffer) {
  expect(wav.subarray(0, 4).toString()).toBe('RIFF')
  expect(wav.length).toBe(44 + 8_000 * 4)
  expect(wav.subarray(44).some((byte) => byte !== 0)).toBe(true)
}

test('a copy is decrypted with link and passphrase and downloaded once, and the log records by ids that it was made and downloaded (LX1)', async () => {
  const { id, link, passphrase, request, recording } = await readyCopy()
  const page = await desk.visitor.fetch(link)
  expect([page.status, page.headers.get('cache-control'), page.headers.get('referrer-policy')]).toEqual([
    200,
    'private, no-store',
    'no-referrer',
  ])
  expect(await page.text()).not.toContain('<script')
  expect(await stateOf(id)).toBe('ready')

  const fetched = await fetchCopy(link)
  expect(fetched.status).toBe(200)
  const file = Buffer.from(await fetched.arrayBuffer())
  expectSound(await open(file, passphrase!))
  await expect.poll(() => stateOf(id)).toBe('taken')
  await expect.poll(() => objectsOf(recording.id)).toEqual([])
  expect((await fetchCopy(link)).status).toBe(404)

  const [made] = (await entries('subject-copy.made')).filter((entry) => entry.object_id === id)
  const [taken] = (await entries('subject-copy.taken')).filter((entry) => entry.object_id === id)
  expect(made).toMatchObject({ person_id: acts.people.paula.id, reference: request.number })
  expect(made!.detail).toMatchObject({ recording: recording.id, othersRights: 'weighed' })
  expect(taken).toMatchObject({ person_id: null, reference: request.number })
})

test.skipIf(!hasAge)('a copy to the person’s own key is decrypted by the age command with that key', async () => {
  const { identity, recipient } = generateKeyPair()
  const { link, passphrase } = await readyCopy({ method: 'KEY', recipient })
  expect(passphrase).toBeUndefined()
  const file = Buffer.from(await (await fetchCopy(link)).arrayBuffer())
  const keyFile = join(register.folder, 'person.key')
  writeFileSync(keyFile, `${identity}\n`)
  expectSound(execFileSync('age', ['-d', '-i', keyFile], { input: file, maxBuffer: 1 << 20 }))
})

test('neither passphrase nor link is stored in the database', async () => {
  const { id, link, passphrase } = await readyCopy()
  const { rows } = await copyOf(id)
  const all = JSON.stringify([rows, await entries('subject-copy.made')])
  expect(all).not.toContain(passphrase!)
  expect(all).not.toContain(link.slice('/copies/'.length))
})

test('a link that is wrong, used, withdrawn or expired gets the same answer, in three languages', async () => {
  const [used, withdrawn, over] = [await readyCopy(), await readyCopy(), await readyCopy()]
  await (await fetchCopy(used.link)).arrayBuffer()
  await expect.poll(() => stateOf(used.id)).toBe('taken')
  expect((await send('paula', 'DELETE', `/api/copies/${withdrawn.id}`)).status).toBe(204)
  expect((await send('paula', 'DELETE', `/api/copies/${withdrawn.id}`)).code).toBe('copy.over')
  await sql`update subject_copy set expires_at = now() - interval '1 second' where id = ${over.id}`.execute(admin)
  const wrong = `/copies/${'A'.repeat(43)}`
  // Sends from several visitors, because there are more requests than one visitor's limit in ten minutes.
  let visitor = 0
  for (const method of ['GET', 'POST']) {
    for (const language of ['fi', 'sv', 'en']) {
      visitor += 1
      const answers = await Promise.all(
        [wrong, '/copies/short', used.link, withdrawn.link, over.link].map(async (link) => {
          const given = await desk.visitor.fetch(`${link}?language=${language}`, {
            method,
            headers: { 'x-forwarded-for': `192.0.2.${visitor}` },
          })
          return `${given.status} ${await given.text()}`
        }),
      )
      expect(new Set(answers).size).toBe(1)
      expect(answers[0]).toContain(`<html lang="${language}">`)
      expect(answers[0]).toMatch(/^404/)
    }
  }
  // Without a chosen language the answer is in the browser's language, and never in the request's.
  const inSwedish = await desk.visitor.fetch(used.link, { headers: { 'accept-language': 'sv-FI,sv;q=0.9' } })
  expect(await inSwedish.text()).toContain('<html lang="sv">')
  await createCopyDownloads(register.ingest).removeEnded()
  for (const { id, recording } of [withdrawn, over]) {
    expect(await objectsOf(recording.id)).toEqual([])
    expect((await copyOf(id)).rows[0]!['removed_at']).not.toBeNull()
  }
  expect(await stateOf(over.id)).toBe('expired')
})

test('a download that is interrupted can be repeated, three times at most and within an hour', async () => {
  const { id, link, recording } = await readyCopy()
  const openPage = async () => desk.visitor.fetch(link, { method: 'GET' })
  const token = link.slice('/copies/'.length)
  // Simulates a download that began and did not finish, as when a connection breaks before the last byte.
  const hash = sql`sha256(convert_to(${token}, 'UTF8'))`
  const startInDatabase = async () => {
    const begun = await sql`select * from begin_copy_fetch(${hash}, null)`.execute(custodian)
    await sql`select end_fetch_lease(id, fetches) from subject_copy where id = ${id}`.execute(custodian)
    return begun
  }
  expect((await startInDatabase()).rows).toHaveLength(1)
  expect((await startInDatabase()).rows).toHaveLength(1)
  expect((await openPage()).status).toBe(200)
  expect((await startInDatabase()).rows).toHaveLength(1)
  expect((await startInDatabase()).rows).toHaveLength(0)
  expect((await openPage()).status).toBe(404)
  await sql`update subject_copy set first_fetch_at = now() - interval '61 minutes' where id = ${id}`.execute(admin)
  await createCopyDownloads(register.ingest).removeEnded()
  expect(await stateOf(id)).toBe('expired')
  expect(await objectsOf(recording.id)).toEqual([])
})

test('of two simultaneous downloads one receives the whole copy, and the other is refused until the first connection breaks', async () => {
  const { id, link } = await readyCopy()
  const fetching = createCopyDownloads(register.ingest)
  const startDownload = async () => (await fetching.begin({ token: link.slice('/copies/'.length) })) as CopyFetched
  const first = await startDownload()
  expect((await fetching.piece({ ...first, from: 0 })).bytes!.length).toBeGreaterThan(1000)
  expect(await startDownload()).toEqual({ isBusy: true })
  await fetching.releaseLease(first)
  const second = await startDownload()
  expect(await fetching.piece({ ...first, from: first.sizeBytes - 1 })).toEqual({})
  // A client without the link knows at most an id.
  expect(await fetching.piece({ ...second, attempt: 3, from: 0 })).toEqual({})
  await fetching.taken({ ...second, attempt: 3 })
  expect(await stateOf(id)).toBe('ready')
  expect((await fetching.piece({ ...second, from: second.sizeBytes - 1 })).bytes).toHaveLength(4)
  expect(await stateOf(id)).toBe('taken')
})

test('a download that does not reach the last byte does not use up the link', async () => {
  const { id, link, recording } = await readyCopy()
  const key = subjectCopyKey(recording.id, id)
  const whole = await register.objects.readRange(key, 0, await register.objects.sizeBytes(key))
  await register.objects.delete(key)
  const broken = await fetchCopy(link).then(
    async (given) => (given.ok ? (await given.arrayBuffer()).byteLength : 0),
    () => 0,
  )
  expect(broken).toBe(0)
  expect(await stateOf(id)).toBe('ready')
  await register.objects.put(key, whole)
  // Retries, because the desk reports the broken connection later.
  await expect
    .poll(async () => {
      const again = await fetchCopy(link)
      const { byteLength } = await again.arrayBuffer()
      return again.ok ? byteLength : 0
    })
    .toBe(whole.length)
  await expect.poll(() => stateOf(id)).toBe('taken')
})

test('a copy ends with its recording: it cannot be downloaded from then on, and its object is deleted before the recording counts as destroyed (R50)', async () => {
  const { id, link, recording, request } = await readyCopy()
  expect(await objectsOf(recording.id)).toEqual([subjectCopyKey(recording.id, id)])
  const wish = { party: 'CALLER', channel: 'LETTER', reference: request.number, endsCopy: true }
  const forbidden = await acts.forbid('paula', recording.id, wish)
  expect(forbidden.status).toBe(200)
  expect((await fetchCopy(link)).status).toBe(404)
  expect(await stateOf(id)).toBe('destroyed')
  await destroyBlocked(acts.expunging, Temporal.Now.instant())
  expect((await acts.stateOf(recording.id)).state).toBe('DESTROYED')
  expect(await objectsOf(recording.id)).toEqual([])
  expect((await copyOf(id)).rows[0]!['removed_at']).not.toBeNull()
})

test('a copy needs a matched call of the clerk’s own request, a request for a copy, and a playable recording', async () => {
  const [own, others] = [await makeRecording(), await makeRecording()]
  const request = await served({ contacts: [own.contactId] })
  expect((await makeCopy(request.id, others.id)).code).toBe('not-found')
  const found = await served({ contacts: [others.contactId], state: 'FOUND' })
  expect((await makeCopy(found.id, others.id)).code).toBe('not-found')
  const withoutCopy = await served({ contacts: [own.contactId], kinds: ['KNOW'] })
  expect((await makeCopy(withoutCopy.id, own.id)).code).toBe('request.not-asked')
  const unknown = await served({ contacts: [own.contactId], identified: false })
  expect((await makeCopy(unknown.id, own.id)).code).toBe('request.not-identified')
  for (const name of ['bertil', 'tuula', 'riitta', 'dora'] as const) {
    expect((await makeCopy(request.id, own.id, {}, name)).code).toBe('deny.role')
  }
  expect((await answer(desk.visitor.fetch(`/api/requests/${request.id}/copies`, { json: {} }))).status).toBe(400)
  expect((await makeCopy(request.id, own.id)).status).toBe(201)
  expect((await makeCopy(request.id, own.id)).code).toBe('copy.under-way')
})

test('a clerk who answered the call may neither make a copy for its caller nor withdraw one', async () => {
  const { aino, paula } = acts.people
  await sql`
    insert into access_right (id, person_id, role, duty, purposes, scope_kind, scope_units, scope_numbers, valid_from,
      valid_to, requested_by, approved_by, origin, request_id)
    select gen_random_uuid(), ${aino.id}::uuid, role, duty, purposes, scope_kind, scope_units, scope_numbers, valid_from,
      valid_to, requested_by, approved_by, origin, null
    from access_right where person_id = ${paula.id}::uuid`.execute(admin)
  const recording = await makeRecording()
  const request = await served({ contacts: [recording.contactId] })
  const own = { status: 403, code: 'request.own' }
  expect(await makeCopy(request.id, recording.id, {}, 'aino')).toMatchObject(own)
  const made = await makeCopy(request.id, recording.id)
  expect(made.status).toBe(201)
  const withdraw = `/api/copies/${made.body['id'] as string}`
  expect(await send('aino', 'DELETE', withdraw)).toMatchObject(own)
  expect((await send('paula', 'DELETE', withdraw)).status).toBe(204)
})

test('of two simultaneous requests for a copy one is carried out', async () => {
  const recording = await makeRecording()
  const request = await served({ contacts: [recording.contactId] })
  const made = await Promise.all([makeCopy(request.id, recording.id), makeCopy(request.id, recording.id)])
  expect(made.map(({ status }) => status).toSorted()).toEqual([201, 409])
  expect(made.find(({ status }) => status === 409)!.code).toBe('copy.under-way')
})

test('a copy that was being made when the custodian ended is reported as ended at the next start, and leaves no file', async () => {
  const recording = await makeRecording()
  const request = await served({ contacts: [recording.contactId] })
  const { rows } = await sql<{ id: string }>`
    insert into subject_copy (request_id, recording_id, method, token_hash, made_by, expires_at)
    values (${request.id}, ${recording.id}, 'KEY', sha256('left'), ${acts.people.paula.id}, now() + interval '1 day')
    returning id`.execute(admin)
  const { id } = rows[0]!
  const { workFolder } = register.ingest
  mkdirSync(workFolder, { recursive: true })
  const file = join(workFolder, `${id}.copy`)
  writeFileSync(file, 'sealed')
  const ready = await readyCopy()
  const ended = await endUnfinishedCopies({ ...register.ingest, db: custodian })
  expect(ended).toEqual({ ended: 1, files: 1 })
  expect(existsSync(file)).toBe(false)
  expect([await stateOf(id), await stateOf(ready.id)]).toEqual(['failed', 'ready'])
  expect((await makeCopy(request.id, recording.id)).status).toBe(201)
})

test('an official gets a copy of their own segments of a call only (R48)', async () => {
  const recording = await makeRecording()
  const { aino, bertil } = acts.people
  const asBertil = await served({ contacts: [recording.contactId], party: 'OFFICIAL', officialId: bertil.id })
  expect((await makeCopy(asBertil.id, recording.id)).code).toBe('not-found')
  const asAino = await served({ contacts: [recording.contactId], party: 'OFFICIAL', officialId: aino.id })
  expect((await makeCopy(asAino.id, recording.id)).status).toBe(201)
})

test('an invalid key is reported, and nothing is made', async () => {
  const recording = await makeRecording()
  const request = await served({ contacts: [recording.contactId] })
  for (const given of [{ method: 'KEY' }, { method: 'KEY', recipient: `age1${'q'.repeat(58)}` }]) {
    const refused = await makeCopy(request.id, recording.id, given)
    expect([refused.code, refused.field]).toEqual(['copy.recipient', 'recipient'])
  }
  const { rows } = await sql`select from subject_copy where request_id = ${request.id}`.execute(admin)
  expect(rows).toHaveLength(0)
})

test('a copy is kept for seven days, and never longer than its recording', async () => {
  const { expiresAt } = await readyCopy()
  expect(Temporal.Instant.from(expiresAt).since(Temporal.Now.instant()).total('hours')).toBeCloseTo(7 * 24, 1)
  const last = await acts.makeRecordingUntil(5)
  const request = await served({ contacts: [last.contactId] })
  const made = await makeCopy(request.id, last.id)
  expect(
    Temporal.Instant.from(made.body['expiresAt'] as string)
      .since(Temporal.Now.instant())
      .total('hours'),
  ).toBeCloseTo(5, 1)
})

test('no copy is made once the description in force offers none', async () => {
  const recording = await makeRecording()
  const request = await served({ contacts: [recording.contactId] })
  await publishText(database.as().pool, readFileSync(seedDescriptionFile, 'utf8'), Temporal.Now.instant())
  await sql`select pg_notify(${descriptionChannel}, '')`.execute(admin)
  // Waits, because processes that follow the description are notified within moments.
  await sleep(500)
  await expect
    .poll(async () => (await makeCopy(request.id, recording.id)).code, { timeout: 15_000 })
    .toBe('request.not-offered')
})

test('frequent downloads are rate limited', async () => {
  const statuses: number[] = []
  for (let n = 0; n < 40; n++) statuses.push((await fetchCopy(`/copies/${'B'.repeat(43)}`)).status)
  expect(statuses.at(-1)).toBe(429)
})
