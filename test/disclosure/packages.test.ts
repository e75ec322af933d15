// R27, R30, R33, R34: a release is one encrypted file with exactly what was decided, and it can be downloaded once.
import { spawnSync } from 'node:child_process'
import { verify } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as age from 'age-encryption'
import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import { generateKeyPair } from '#platform/age/age-header.ts'
import { inSession } from '#platform/database/connect.ts'
import { packageKey } from '#register/recordings/objects.ts'
import type { RegisterTables } from '#register/tables.ts'
import { readLogKey } from '#safeguards/audit/log-key.ts'
import { findLeaks } from './find-leaks.ts'
import { createPackageDownloads } from '#use/disclosure/packages/fetch-package.ts'
import { endUnfinishedPackages } from '#use/disclosure/packages/make-package.ts'
import type { ResearchManifest } from '#use/disclosure/packages/research-files.ts'
import { createTestDatabase } from '../database/create-test-database.ts'
import { archiveIn, unpackPackage, openPackages, sha256, unzip } from './open-packages.ts'
import { downloadThreeTimesAtOnce } from './three-at-once.ts'

const database = await createTestDatabase<RegisterTables>()
const open = await openPackages(database)
const { ends, admin, act, send, read, register, desk } = open
const { instituteKeys, addSound, disclosureWithSound, release, stateOf, until, fetchLink } = open
const hasAge = spawnSync('age', ['--version']).status === 0

describe('a package to a research institute', () => {
  test('has as many sound files as were decided, each as in its manifest, and only the institute’s key opens it (AC18)', async () => {
    const { id } = await disclosureWithSound(3)
    const { body } = await release(id)
    await until(id, 'ready')
    const page = await desk.visitor.fetch(body['link'] as string)
    expect([page.status, page.headers.get('cache-control')]).toEqual([200, 'private, no-store'])
    expect(page.headers.get('referrer-policy')).toBe('no-referrer')
    const { bytes } = await fetchLink(body['link'] as string)
    await until(id, 'taken')
    await expect(unpackPackage(bytes, generateKeyPair().identity)).rejects.toThrow()
    const files = await unpackPackage(bytes, instituteKeys.identity)
    const manifest = JSON.parse(files.get('manifest.json')!.toString()) as ResearchManifest
    expect([...files.keys()].sort()).toEqual(
      ['letter.html', 'manifest.json', ...[...manifest.files, ...manifest.vcons].map(({ name }) => name)].sort(),
    )
    expect(manifest.files).toHaveLength(3)
    // The random names sort the files, so that their order does not reveal when an item was picked.
    const names = [...files.keys()].filter((name) => name.endsWith('.opus'))
    expect(names).toEqual([...names].sort())
    for (const { name, sha256: hash } of manifest.files) {
      expect(name).toMatch(/^[0-9a-f]{16}\.opus$/)
      expect(sha256(files.get(name)!)).toBe(hash)
      expect(files.get(name)!.subarray(0, 4).toString()).toBe('OggS')
    }
    expect((await read(id)).packages[0]).toMatchObject({ sha256: sha256(bytes), sizeBytes: bytes.length, files: 3 })
    expect(await read(id)).toMatchObject({ state: 'RELEASED', open: 3 })
  })

  test('contains no number, name, id or time of a call in any form', async () => {
    const { id, recordings } = await disclosureWithSound(2)
    const { body } = await release(id)
    await until(id, 'ready')
    const archive = await archiveIn((await fetchLink(body['link'] as string)).bytes, instituteKeys.identity)
    const calls = await admin
      .selectFrom('recording')
      .innerJoin('contact', 'contact.id', 'recording.contact_id')
      .select(['recording.id as recording', 'contact.id as contact', 'contact.caller_key', 'contact.number_called'])
      .select(['contact.started_at', 'contact.ended_at', 'recording.destroy_at'])
      .where('recording.id', 'in', recordings)
      .execute()
    const { rows: copies } = await sql<{ id: string }>`
      select id from anonymised_copy where recording_id in (${sql.join(recordings)})`.execute(admin)
    const { eero, kaisa, riitta } = open.people
    const ids = [id, body['id'] as string, ...copies.map((copy) => copy.id), eero.id, kaisa.id, riitta.id]
    const secrets = [
      ...ids.map((value) => ({ kind: 'uuid' as const, value })),
      ...['Aino', 'Eero', 'Kaisa', 'Riitta'].map((value) => ({ kind: 'text' as const, value })),
      ...calls.flatMap(({ recording, contact, caller_key, number_called, started_at, ended_at, destroy_at }) => [
        ...[recording, contact].map((value) => ({ kind: 'uuid' as const, value })),
        ...[caller_key, number_called].flatMap((value) => (value ? [{ kind: 'number' as const, value }] : [])),
        ...[started_at, ended_at, destroy_at].flatMap((at) =>
          at ? [{ kind: 'time' as const, value: at.epochMilliseconds }] : [],
        ),
      ]),
    ]
    expect(calls).toHaveLength(2)
    // Searches the archive's own bytes too, with names and headers.
    expect(findLeaks(archive, secrets)).toEqual([])
    for (const [name, bytes] of unzip(archive)) {
      const isVcon = name.endsWith('.vcon')
      const inside = isVcon
        ? Buffer.from((JSON.parse(bytes.toString()) as { payload: string }).payload, 'base64')
        : bytes
      for (const each of [bytes, inside]) expect({ name, left: findLeaks(each, secrets) }).toEqual({ name, left: [] })
    }
  })

  test('is decrypted by Debian’s age with the institute’s key and with no other', { skip: !hasAge }, async () => {
    const { id } = await disclosureWithSound()
    const { body } = await release(id)
    await until(id, 'ready')
    const { bytes } = await fetchLink(body['link'] as string)
    const folder = mkdtempSync(join(tmpdir(), 'seloste-package-'))
    const opening = (identity: string) => {
      writeFileSync(join(folder, 'key'), identity)
      return spawnSync('age', ['-d', '-i', join(folder, 'key')], { input: bytes, maxBuffer: 1 << 26 })
    }
    try {
      const { status, stdout } = opening(instituteKeys.identity)
      expect([status, unzip(stdout).has('manifest.json')]).toEqual([0, true])
      const other = opening(generateKeyPair().identity)
      expect([other.status, other.stdout.length]).toEqual([1, 0])
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  test('made without a key is decrypted by Debian’s age with its passphrase only', { skip: !hasAge }, async () => {
    const { id } = await disclosureWithSound()
    const { body } = await release(id, { method: 'PASSPHRASE' })
    await until(id, 'ready')
    const folder = mkdtempSync(join(tmpdir(), 'seloste-package-'))
    const [file, zip] = [join(folder, 'package.age'), join(folder, 'package.zip')]
    writeFileSync(file, (await fetchLink(body['link'] as string)).bytes)
    // age asks for a passphrase only on a terminal.
    const opening = (passphrase: string) =>
      spawnSync('script', ['-qec', `age -d -o ${zip} ${file}`, '/dev/null'], { input: `${passphrase}\n` }).status
    try {
      expect(opening('not-the-words')).not.toBe(0)
      expect(existsSync(zip)).toBe(false)
      expect(opening(body['passphrase'] as string)).toBe(0)
      expect(unzip(readFileSync(zip)).has('manifest.json')).toBe(true)
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  test('is encrypted to the key at the time of the decision, even if the institute has changed it since', async () => {
    const instituteId = await open.enterInstitute({ recipient: instituteKeys.recipient })
    const { id } = await disclosureWithSound(1, { instituteId })
    const later = generateKeyPair()
    const { name } = (await open.read(id)).institute
    const changed = open.instituteBody({ name, recipient: later.recipient })
    expect((await send('eero', 'PUT', `/api/institutes/${instituteId}`, changed)).status).toBe(204)
    const { body } = await release(id)
    await until(id, 'ready')
    const { bytes } = await fetchLink(body['link'] as string)
    await expect(unpackPackage(bytes, later.identity)).rejects.toThrow()
    expect((await unpackPackage(bytes, instituteKeys.identity)).has('manifest.json')).toBe(true)
  })

  test('is recorded with who released it, its number of files, hash and download, and oversight can read the record', async () => {
    const { id } = await disclosureWithSound(2)
    const { body } = await release(id)
    await until(id, 'ready')
    const { bytes } = await fetchLink(body['link'] as string)
    await until(id, 'taken')
    const logged = (await send('dora', 'GET', '/api/disclosures')).body['items'] as { id: string }[]
    expect(logged.find((one) => one.id === id)).toMatchObject({
      ...{ kind: 'RESEARCH', state: 'RELEASED', items: 2, unconfirmed: 2, decidedBy: { name: 'Riitta' } },
      releases: [{ by: { name: 'Riitta' }, files: 2, sha256: sha256(bytes), state: 'taken' }],
    })
    const { rows } = await sql<{ action: string; person_id: string | null }>`
      select action, person_id from audit_entry where object_id = ${body['id']} and result = 'ok' order by seq`.execute(
      admin,
    )
    expect(rows).toEqual([
      { action: 'package.made', person_id: open.people.riitta.id },
      { action: 'package.fetch-begun', person_id: null },
      { action: 'package.taken', person_id: null },
    ])
  })

  test('can be downloaded once, after which the link returns nothing and the package’s object is deleted', async () => {
    const { id } = await disclosureWithSound()
    const { body } = await release(id)
    await until(id, 'ready')
    expect((await fetchLink(body['link'] as string)).status).toBe(200)
    await until(id, 'taken')
    expect((await fetchLink(body['link'] as string)).status).toBe(404)
    await createPackageDownloads(register.ingest).removeEnded()
    await expect(register.objects.sizeBytes(packageKey(body['id'] as string))).rejects.toThrow()
  })

  test('is downloaded only by the button: opening or previewing the link starts no download, and of several at once one starts', async () => {
    const { id } = await disclosureWithSound()
    const { body } = await release(id)
    await until(id, 'ready')
    const link = body['link'] as string
    const countFetches = async () =>
      (await sql<{ fetches: number }>`select fetches from disclosure_package where id = ${body['id']}`.execute(admin))
        .rows[0]!.fetches
    for (const method of ['HEAD', 'GET'])
      expect((await desk.visitor.fetch(link, { method, headers: { range: 'bytes=0-9' } })).status).toBe(200)
    expect(await countFetches()).toBe(0)
    // Acts as a desk that requests the package without having received the link.
    const sizeBytes = (await read(id, 'riitta')).packages[0]!.sizeBytes!
    const fetching = createPackageDownloads(register.ingest)
    const guessed = { id: body['id'] as string, attempt: 1, sizeBytes }
    for (const attempt of [0, 1]) {
      expect(await fetching.piece({ ...guessed, attempt, from: 0 })).toEqual({})
      await fetching.taken({ ...guessed, attempt })
    }
    expect(await stateOf(id)).toBe('ready')
    // A small file would be sent to the first client before the others request it. Here all request it before one is
    // answered.
    const row = { table: 'disclosure_package', id: guessed.id } as const
    const { whole, refused } = await downloadThreeTimesAtOnce(admin, row, desk.visitor, [link, 'POST'])
    expect({ whole, begun: await countFetches() }).toEqual({ whole: [sizeBytes], begun: 1 })
    // On a busy machine the first download may have finished before the last request is checked.
    for (const status of refused) expect([404, 409]).toContain(status)
    const token = link.slice('/packages/'.length)
    expect(token).toMatch(/^[\w-]{43}$/)
    expect(desk.log.join()).not.toContain(token)
    const { rows } = await sql`select from audit_entry e where e::text like ${`%${token}%`}`.execute(admin)
    expect(rows).toEqual([])
  })

  test.each(['LINK', 'MEDIUM'])(
    'that two clients download at once (%s) is received completely by one, and the other is refused until the first connection breaks',
    async (delivery) => {
      const { id } = await disclosureWithSound()
      const { body } = await release(id, { delivery })
      await until(id, 'ready')
      const fetching = createPackageDownloads(register.ingest)
      const { token: session } = await open.people.riitta.signIn()
      const begin = async () => {
        const begun =
          delivery === 'LINK'
            ? await fetching.begin({ token: (body['link'] as string).slice('/packages/'.length) })
            : await fetching.beginSave({ session, id: body['id'] as string })
        return begun as { id: string; attempt: number; sizeBytes: number }
      }
      const first = await begin()
      expect((await fetching.piece({ ...first, from: 0 })).bytes!.length).toBeGreaterThan(1000)
      expect(await begin()).toEqual(delivery === 'LINK' ? { isBusy: true } : { refused: 'package.being-fetched' })
      await fetching.releaseLease(first)
      const second = await begin()
      expect(await fetching.piece({ ...first, from: first.sizeBytes - 1 })).toEqual({})
      expect((await fetching.piece({ ...second, from: second.sizeBytes - 1 })).bytes).toHaveLength(4)
      expect(await stateOf(id)).toBe('taken')
      expect(await fetching.piece({ ...second, from: 0 })).toEqual({})
    },
  )

  test('for a medium is saved once, by the person who released it', async () => {
    const { id } = await disclosureWithSound()
    const { body } = await release(id, { delivery: 'MEDIUM', method: 'PASSPHRASE' })
    expect(body).not.toHaveProperty('link')
    await until(id, 'ready')
    const path = `/api/packages/${body['id'] as string}/file`
    for (const name of ['eero', 'dora', 'tuula'] as const)
      expect((await send(name, 'GET', path)).code).toBe('deny.role')
    expect((await (await open.as('riitta')).fetch(path, { method: 'HEAD' })).status).toBe(404)
    const madeBy = (person: string) =>
      sql`update disclosure_package set made_by = ${person} where id = ${body['id']}`.execute(admin)
    await madeBy(open.people.dora.id)
    expect((await send('riitta', 'GET', path)).code).toBe('package.not-yours')
    await madeBy(open.people.riitta.id)
    const saved = await (await open.as('riitta')).fetch(path)
    const bytes = Buffer.from(await saved.arrayBuffer())
    const decrypter = new age.Decrypter()
    decrypter.addPassphrase(body['passphrase'] as string)
    expect(unzip(Buffer.from(await decrypter.decrypt(bytes))).has('letter.html')).toBe(true)
    await until(id, 'taken')
    expect((await send('riitta', 'GET', path)).code).toBe('package.over')
  })

  test('is withdrawn in the transaction that blocks any of its recordings, and what was released of the recording is recalled (R50)', async () => {
    const { id, recordings } = await disclosureWithSound(2)
    const { body } = await release(id)
    await until(id, 'ready')
    expect((await ends.forbidByOfficial(recordings[0]!)).status).toBe(200)
    await until(id, 'withdrawn')
    expect((await fetchLink(body['link'] as string)).status).toBe(404)
    expect((await read(id)).itemList.map(({ outcome }) => outcome)).toEqual(['recalled', 'out'])
  })

  test('is refused if another package for the same institute, made at the same time, contains the same recording', async () => {
    const instituteId = await open.enterInstitute({ recipient: instituteKeys.recipient })
    const { id, recordings } = await open.preparedDisclosure({ instituteId })
    const other = await open.beginDisclosure({ instituteId })
    await open.pick(other, recordings[0]!)
    await open.recordUndertaking(other)
    for (const each of [id, other]) expect((await open.decide(each)).status).toBe(204)
    await addSound(recordings[0]!)
    for (const { status } of await Promise.all([release(id), release(other)])) expect(status).toBe(201)
    const states = async () => (await Promise.all([id, other].map(stateOf))).sort()
    await expect.poll(states, { timeout: 20_000, interval: 50 }).toEqual(['failed', 'ready'])
    const { rows } = await sql`select from disclosed_copy where recording_id = ${recordings[0]}`.execute(admin)
    expect(rows).toHaveLength(1)
  })

  test('can be downloaded until the study’s due day or a recording’s destruction day, then within an hour of the first attempt, and not after the study has ended', async () => {
    const { id } = await disclosureWithSound(1, { dueOn: open.day(1) })
    const { body } = await release(id)
    const lastDay = Temporal.PlainDate.from(open.day(2)).toZonedDateTime('Europe/Helsinki').toInstant()
    expect(Temporal.Instant.from(body['expiresAt'] as string).equals(lastDay)).toBe(true)
    await until(id, 'ready')
    const status = async () => (await desk.visitor.fetch(body['link'] as string)).status
    const set = (statement: ReturnType<typeof sql>) =>
      sql`update disclosure_package set ${statement} where id = ${body['id']}`.execute(admin)
    await set(sql`fetches = 1, first_fetch_at = now() - interval '59 minutes'`)
    expect(await status()).toBe(200)
    await set(sql`first_fetch_at = now() - interval '61 minutes'`)
    expect([await status(), (await fetchLink(body['link'] as string)).status]).toEqual([404, 404])
    await set(sql`fetches = 0, first_fetch_at = null, expires_at = now()`)
    expect([await status(), (await fetchLink(body['link'] as string)).status]).toEqual([404, 404])
    await set(sql`expires_at = now() + interval '1 hour'`)
    expect(await status()).toBe(200)
    expect((await act('eero', 'POST', id, '/study-end', { endedOn: open.day(0) })).status).toBe(204)
    expect(await stateOf(id)).toBe('withdrawn')
    expect(await status()).toBe(404)
  })

  test('ends, and its object is deleted, once one of its copies is confirmed as returned, restricted, or of a level that is no longer allowed', async () => {
    const confirmed = await disclosureWithSound()
    const pseudonymised = await disclosureWithSound()
    await sql`update anonymised_copy set level = 'D' where recording_id = ${pseudonymised.recordings[0]}`.execute(admin)
    await open.changeDisclosureRules({ pseudonymised: true })
    const restricted = await disclosureWithSound()
    for (const { id, recordings } of [confirmed, pseudonymised, restricted]) {
      const { body } = await release(id)
      await until(id, 'ready')
      const fetching = createPackageDownloads(register.ingest)
      const begun = await fetching.begin({ token: (body['link'] as string).slice('/packages/'.length) })
      const half = {
        id: begun.id!,
        attempt: begun.attempt!,
        sizeBytes: begun.sizeBytes!,
        from: begun.sizeBytes! - 1025,
      }
      expect((await fetching.piece(half)).bytes).toHaveLength(4)
      if (id === confirmed.id) expect((await open.confirm(id, 1)).status).toBe(204)
      if (id === restricted.id)
        await sql`update recording set state = 'RESTRICTED' where id = ${recordings[0]}`.execute(admin)
      await open.changeDisclosureRules({})
      // The rest of a download in progress is refused too.
      expect(await fetching.piece(half)).toEqual({})
      expect((await fetchLink(body['link'] as string)).status).toBe(404)
      await createPackageDownloads(register.ingest).removeEnded()
      expect(await stateOf(id)).toBe('withdrawn')
      await expect(register.objects.sizeBytes(packageKey(body['id'] as string))).rejects.toThrow()
      await open.changeDisclosureRules({ pseudonymised: true })
    }
    await open.changeDisclosureRules({})
  })

  test('cannot be released while its institute has overdue copies of another disclosure', async () => {
    const instituteId = await open.enterInstitute({ recipient: instituteKeys.recipient })
    const before = await open.releasedDisclosure({ instituteId })
    const { id } = await disclosureWithSound(1, { instituteId })
    const { body } = await release(id)
    await until(id, 'ready')
    const page = async () => (await desk.visitor.fetch(body['link'] as string)).status
    expect(await page()).toBe(200)
    await open.makeOverdue(before.id)
    expect([await page(), (await fetchLink(body['link'] as string)).status]).toEqual([404, 404])
  })

  test('that is being stored while somebody forbids a recording in it waits for the prohibition, and neither of them fails', async () => {
    const { id, recordings } = await disclosureWithSound()
    const { rows } = await sql<{ id: string }>`
      insert into disclosure_package (research_id, method, delivery, files, made_by, expires_at)
      values (${id}, 'KEY', 'MEDIUM', 1, ${open.people.riitta.id}, now() + interval '1 day') returning id`.execute(
      admin,
    )
    const wanted = rows[0]!.id
    let storing: Promise<boolean> | undefined
    await admin.transaction().execute(async (forbidding) => {
      await sql`select from recording where id = ${recordings[0]} for update`.execute(forbidding)
      storing = sql<{ stored: boolean }>`select complete_package(${wanted}, 5, sha256('x')) as stored`
        .execute(admin)
        .then((answer) => answer.rows[0]!.stored)
      const countLockWaits = async () =>
        (
          await sql`select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`.execute(
            admin,
          )
        ).rows.length
      await expect.poll(countLockWaits, { timeout: 10_000 }).toBeGreaterThan(0)
      await sql`select end_package(p, 'destroyed', null) from disclosure_package p where p.id = ${wanted}`.execute(
        forbidding,
      )
    })
    expect(await storing).toBe(false)
  })

  test('is made once: of two simultaneous requests one starts', async () => {
    const { id } = await disclosureWithSound()
    const request = await Promise.all([release(id), release(id)])
    expect(request.map(({ status }) => status).sort()).toEqual([201, 409])
    expect(request.find(({ status }) => status === 409)).toMatchObject({ code: 'package.under-way' })
    await until(id, 'ready')
    expect((await read(id)).packages).toHaveLength(1)
  })

  test('that was being made when the custodian ended is reported as failed at the next start, leaves no file, and can be made again', async () => {
    const { id } = await disclosureWithSound()
    await sql`
      insert into disclosure_package (research_id, method, delivery, files, made_by, expires_at)
      values (${id}, 'KEY', 'MEDIUM', 1, ${open.people.riitta.id}, now() + interval '1 day')`.execute(admin)
    const left = join(register.ingest.workFolder, 'left.package')
    writeFileSync(left, 'sealed')
    expect(await endUnfinishedPackages(register.ingest)).toEqual({ ended: 1, files: 1 })
    expect(existsSync(left)).toBe(false)
    expect(await stateOf(id)).toBe('failed')
    expect((await read(id)).itemList).toMatchObject([{ outcome: 'none' }])
    expect((await release(id)).status).toBe(201)
    await until(id, 'ready')
  })

  test('can be withdrawn only by the decision maker, and only once; its link then returns nothing', async () => {
    const { id } = await disclosureWithSound()
    const { body } = await release(id)
    await until(id, 'ready')
    const path = `/api/packages/${body['id'] as string}`
    for (const name of ['eero', 'kaisa', 'tuula', 'dora', 'aino'] as const)
      expect(await send(name, 'DELETE', path)).toMatchObject({ status: 403, code: 'deny.role' })
    expect((await desk.visitor.fetch(body['link'] as string)).status).toBe(200)
    expect((await send('riitta', 'DELETE', path)).status).toBe(204)
    expect((await fetchLink(body['link'] as string)).status).toBe(404)
    expect(await stateOf(id)).toBe('withdrawn')
    expect(await send('riitta', 'DELETE', path)).toMatchObject({ status: 409, code: 'package.over' })
    // The package may have been downloaded, so the items stay open until they are confirmed or released again.
    expect(await read(id)).toMatchObject({ state: 'RELEASED', open: 1 })
  })

  test('can be made only by the decision maker, and only of decided items', async () => {
    const { id } = await open.preparedDisclosure()
    expect(await release(id)).toMatchObject({ status: 409, code: 'research.decision' })
    const other = await disclosureWithSound()
    for (const name of ['eero', 'kaisa', 'dora'] as const) {
      expect(await act(name, 'POST', other.id, '/packages', { method: 'KEY', delivery: 'LINK' })).toMatchObject({
        code: 'deny.role',
      })
    }
  })

  test('is not released if its stored sound differs from the approved one', async () => {
    const { id, recordings } = await disclosureWithSound()
    await sql`update anonymised_copy set sound_sha256 = sha256('other') where recording_id = ${recordings[0]}`.execute(
      admin,
    )
    await release(id)
    await until(id, 'failed')
    expect((await read(id)).itemList[0]).toMatchObject({ outcome: 'none' })
  })
})

describe('a package to an authority', () => {
  async function grantedPath(
    what: 'BOTH' | 'RECORDING' | 'IDENTIFICATION_DATA' = 'BOTH',
    given: object = {},
    stored?: { id: string; contactId: string },
  ) {
    const call = stored ?? (await ends.makeRecording())
    const [provision] = ends.versions.at(Temporal.Now.instant()).description.disclosure.provisions
    const { body } = await send('tuula', 'POST', '/api/authority-disclosures', {
      ...{
        origin: 'REQUEST',
        authority: 'Poliisi',
        officer: 'M. Malli',
        caseNumber: '5560/R/1/26',
        aim: 'INVESTIGATION',
      },
      ...{ provisionId: provision!.id, receivedAt: Temporal.Now.instant().toString(), ...given },
    })
    const path = `/api/authority-disclosures/${body['id'] as string}`
    await send('tuula', 'POST', `${path}/items`, { contactId: call.contactId, recordingId: call.id, what })
    await send('tuula', 'PUT', `${path}/assessment`, { text: 'Peruste kattaa pyynnön.' })
    const { seen } = (await send('riitta', 'GET', path)).body
    expect(
      await send('riitta', 'POST', `${path}/decision`, { outcome: 'GRANTED', reasons: 'Yksilöity.', seen }),
    ).toMatchObject({ status: 204 })
    return { call, path }
  }
  async function given(path: string) {
    const key = generateKeyPair()
    const { body } = await send('riitta', 'POST', `${path}/packages`, {
      method: 'KEY',
      delivery: 'LINK',
      recipient: key.recipient,
    })
    const state = async () => ((await send('riitta', 'GET', path)).body['packages'] as { state: string }[])[0]?.state
    await expect.poll(state, { timeout: 20_000, interval: 50 }).toBe('ready')
    return unpackPackage((await fetchLink(body['link'] as string)).bytes, key.identity)
  }

  test('contains the original sound, the call’s identification data, and a manifest signed with the log’s key', async () => {
    const { path } = await grantedPath()
    const files = await given(path)
    const manifest = JSON.parse(files.get('manifest.json')!.toString()) as { files: { name: string; sha256: string }[] }
    for (const { name, sha256: hash } of manifest.files) expect(sha256(files.get(name)!)).toBe(hash)
    expect(
      files
        .get('1.wav')!
        .subarray(44)
        .some((byte) => byte !== 0),
    ).toBe(true)
    const data = JSON.parse(files.get('identification-data.json')!.toString()) as { calls: Record<string, unknown>[] }
    expect(Object.keys(data.calls[0]!).sort()).toEqual(['caller', 'endedAt', 'item', 'number', 'parts', 'startedAt'])
    const signer = (await readLogKey(register.keys))!
    expect(verify(null, files.get('manifest.json')!, signer.key, files.get('manifest.json.sig')!)).toBe(true)
  })

  test('contains only what was granted', async () => {
    expect([...(await given((await grantedPath('RECORDING')).path)).keys()].sort()).toEqual([
      '1.vcon',
      '1.wav',
      'manifest.json',
      'manifest.json.sig',
    ])
    expect((await given((await grantedPath('IDENTIFICATION_DATA')).path)).has('1.wav')).toBe(false)
  })

  test('needs a ground that is valid on the day of the release, and is refused to its preparer', async () => {
    const { path } = await grantedPath()
    const request = (name: 'riitta' | 'tuula' = 'riitta') =>
      send(name, 'POST', `${path}/packages`, { method: 'PASSPHRASE', delivery: 'LINK' })
    expect(await request('tuula')).toMatchObject({ status: 403, code: 'deny.role' })
    const change = (statement: ReturnType<typeof sql>) =>
      sql`update authority_disclosure set ${statement} where id = ${path.split('/').at(-1)}`.execute(admin)
    await change(sql`provision_id = provision_id || 'x'`)
    expect(await request()).toMatchObject({ status: 409, code: 'authority.provision-expired' })
    await change(sql`provision_id = left(provision_id, -1), hands = hands || ${open.people.riitta.id}::uuid`)
    expect(await request()).toMatchObject({ status: 403, code: 'authority.own' })
    await change(sql`hands = '{}'`)
    const { body } = await request()
    const page = async () => (await desk.visitor.fetch(body['link'] as string)).status
    await expect.poll(page, { timeout: 20_000, interval: 500 }).toBe(200)
    await change(sql`provision_id = provision_id || 'x'`)
    expect(await page()).toBe(404)
  })

  test('expires on its recording’s destruction day at the latest, keeps its disclosure open until then, and ends with its recording', async () => {
    const { call, path } = await grantedPath('BOTH', {}, await ends.makeRecordingUntil(36))
    const { destroy_at: day } = await ends.stateOf(call.id)
    const { body } = await send('riitta', 'POST', `${path}/packages`, { method: 'PASSPHRASE', delivery: 'LINK' })
    expect(body['expiresAt']).toBe(day!.toString())
    const page = async () => (await desk.visitor.fetch(body['link'] as string)).status
    await expect.poll(page, { timeout: 20_000, interval: 500 }).toBe(200)
    const mayClose = async () => ((await send('riitta', 'GET', path)).body['may'] as { close: boolean }).close
    expect(await mayClose()).toBe(false)
    expect(await send('riitta', 'POST', `${path}/close`, {})).toMatchObject({ code: 'authority.package-open' })
    await ends.setDay(call.id, Temporal.Now.instant().subtract({ seconds: 1 }))
    await sql`update recording set state = 'DESTROYING', cause = 'retention' where id = ${call.id}`.execute(admin)
    expect(await page()).toBe(404)
    const { rows } = await sql<{ end_why: string }>`
      select end_why from disclosure_package where id = ${body['id']}`.execute(admin)
    expect(rows).toEqual([{ end_why: 'destroyed' }])
    expect(await mayClose()).toBe(true)
    expect((await send('riitta', 'POST', `${path}/close`, {})).status).toBe(204)
  })

  test('that names the official ends when a correction names another; a package with only the sound does not', async () => {
    const call = await ends.makeRecording()
    const released = async (item: 'IDENTIFICATION_DATA' | 'RECORDING') => {
      const { path } = await grantedPath(item, {}, call)
      const { body } = await send('riitta', 'POST', `${path}/packages`, { method: 'PASSPHRASE', delivery: 'LINK' })
      const page = async () => (await desk.visitor.fetch(body['link'] as string)).status
      await expect.poll(page, { timeout: 20_000, interval: 500 }).toBe(200)
      return { path, page }
    }
    const [named, sound] = [await released('IDENTIFICATION_DATA'), await released('RECORDING')]
    const request = await ends.serve([call.contactId], { kinds: ['RECTIFY'] })
    const runAs = async (user: 'paula' | 'riitta', statement: ReturnType<typeof sql<{ id: string }>>) => {
      const { token } = await ends.people[user].signIn()
      return inSession(database.as('seloste_desk').db, { 'seloste.session': token }, (tx) => statement.execute(tx))
    }
    const official = ends.people.bertil.userId
    const { rows } = await runAs(
      'paula',
      sql`select propose_correction(${request.id}::uuid, ${call.segmentId}::uuid, ${official}) as id`,
    )
    expect(await named.page()).toBe(200)
    await runAs('riitta', sql`select decide_correction(${rows[0]!.id}::uuid, 'APPROVED')`)
    expect([await named.page(), await sound.page()]).toEqual([404, 200])
    const again = (await given(named.path)).get('identification-data.json')!.toString()
    expect(again).toContain('Bertil')
    expect(again).not.toContain('Aino')
  })

  test('is counted in the statistics of its year, which have requests, own reports, grants and releases', async () => {
    const year = Temporal.Now.plainDateISO('Europe/Helsinki').year
    const readStatistics = async () =>
      (await send('dora', 'GET', `/api/disclosures/statistics?year=${year}`)).body['authority'] as Record<
        string,
        number
      >
    const before = await readStatistics()
    await given((await grantedPath('BOTH')).path)
    await given((await grantedPath('RECORDING', { origin: 'OWN_INITIATIVE', aim: 'PREVENTION' })).path)
    const after = await readStatistics()
    const more = Object.entries(after).map(([name, value]) => [name, value - before[name]!])
    expect(Object.fromEntries(more)).toEqual({
      ...{ requested: 1, ownInitiative: 1, granted: 2, part: 0, refused: 0, recordings: 2, identificationData: 1 },
    })
  })

  test('needs a usable key', async () => {
    const { path } = await grantedPath()
    const request = (json: object) =>
      send('riitta', 'POST', `${path}/packages`, { method: 'KEY', delivery: 'LINK', ...json })
    expect(await request({})).toMatchObject({ code: 'package.no-key' })
    expect(await request({ recipient: `age1${'q'.repeat(58)}` })).toMatchObject({ code: 'package.recipient' })
  })
})
