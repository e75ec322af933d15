/**
 * Releases and restores (R32, R33, R50, decision 42): a prohibition recalls releases made after the backup, nothing
 * ties a confirmed release to its recording, and a recording has one rendering.
 */
import { randomUUID } from 'node:crypto'
import { sql, type Transaction } from 'kysely'
import { beforeAll, expect, test } from 'vitest'
import { inSession } from '#platform/database/connect.ts'
import { anonymisedCopyKey } from '#register/recordings/objects.ts'
import type { RegisterTables } from '#register/tables.ts'
import { openSealedFile, sealFile } from '#platform/age/sealed-file.ts'
import { arePackagesWaiting } from '#safeguards/places/ship-ledger.ts'
import { monthFile, openMonth } from '#safeguards/places/keyring-file.ts'
import { monthsIn } from '#safeguards/places/renew-keyring.ts'
import { readWholeIfExists } from '#platform/objects/whole-objects.ts'
import { createTestDatabase } from '../database/create-test-database.ts'
import { enterTestPerson } from '../database/people.ts'
import { makeDestroyer } from '../register/destroy-recordings.ts'
import { backUpTo, emptyMachine, openBackedUpRegister, openTestPlaces, recovery, restoreFrom } from './open-backup.ts'

const database = await createTestDatabase<RegisterTables>()
const register = await openBackedUpRegister(database)
const { db: admin } = database.as()
type Right = Parameters<typeof enterTestPerson>[2]['right']
const enterPerson = async (name: string, right?: Right) =>
  (await enterTestPerson(admin, database.as('seloste_desk').db, { name, ...(right && { right }) })).id
let people: { eero: string; kaisa: string; riitta: string; aino: string }

beforeAll(async () => {
  people = {
    eero: await enterPerson('Eero'),
    kaisa: await enterPerson('Kaisa'),
    riitta: await enterPerson('Riitta', {
      ...{ role: 'DECISION_MAKER', purposes: [], scope: { kind: 'none', units: [], numbers: [] } },
    }),
    aino: await enterPerson('Aino'),
  }
  await sql`update disclosure_rules set research = true, authority = true`.execute(admin)
})

/** Makes ingested recordings that Aino answered, each with a signed copy whose sound is in the object store. */
async function makeRecordings(count: number): Promise<{ id: string; copy: string }[]> {
  const recordings = await register.makeRecordings(count)
  const made: { id: string; copy: string }[] = []
  for (const { id } of recordings) {
    await sql`
      update segment set official_person_id = ${people.aino} where id = (select segment_id from recording where id = ${id})`.execute(
      admin,
    )
    const { rows } = await sql<{ id: string }>`
      insert into anonymised_copy (recording_id, duration_ms, state, work, prepared_by, rendered_at, sound_at, sound_sha256, sound_bytes, sound_ms, checked_at, checked_by)
      values (${id}, 80, 'APPROVED', 'w', ${people.eero}, now(), now(), sha256('a'), 9, 80, now(), ${people.kaisa}) returning id`.execute(
      admin,
    )
    await register.objects.put(anonymisedCopyKey(id, rows[0]!.id), Buffer.from('sealed'))
    made.push({ id, copy: rows[0]!.id })
  }
  return made
}

type Disclosure = { id: string; number: string; due: string }

/** Prepares a disclosure of recordings, up to the decision. */
async function prepareDisclosure(recordings: readonly { id: string }[]): Promise<Disclosure> {
  const { rows } = await sql<Disclosure>`
    with i as (
      insert into institute (name, contact, email, language, added_by)
      values ('Laitos ' || gen_random_uuid(), 'Kirjaamo', 'a@b.example', 'fi', ${people.eero}) returning id
    )
    insert into research_disclosure (number, institute_id, study, due_on, format, prepared_by)
    select next_disclosure_number('T'), i.id, 'Laatu', current_date + 30, 'OPUS', ${people.eero}
    from i returning id, number, due_on::text as due`.execute(admin)
  const made = rows[0]!
  for (const [at, { id }] of recordings.entries()) {
    await sql`
      insert into research_item (disclosure_id, item, recording_id, contact_id, picked_by)
      select ${made.id}, ${at + 1}, id, contact_id, ${people.eero} from recording where id = ${id}`.execute(admin)
  }
  return made
}

const grant = ({ id }: { id: string }) =>
  sql`
    update research_disclosure set outcome = 'GRANTED', reasons = 'Peruste', decided_at = now(), decided_by = ${people.riitta},
      decided_for = institute_digest(institute_id) where id = ${id}`.execute(admin)

async function grantedDisclosure(recordings: readonly { id: string }[]): Promise<Disclosure> {
  const made = await prepareDisclosure(recordings)
  await grant(made)
  return made
}

/** Releases a disclosure and stores its package. Returns the package's id. */
async function release({ id }: { id: string }): Promise<string> {
  return admin.transaction().execute(async (tx) => {
    const { rows } = await sql<{ id: string }>`
      insert into disclosure_package (research_id, method, delivery, token_hash, files, made_by, expires_at)
      values (${id}, 'KEY', 'LINK', sha256(uuid_send(gen_random_uuid())), 1, ${people.riitta}, now() + interval '1 day') returning id`.execute(
      tx,
    )
    await sql`update disclosure_package set ready_at = now(), size_bytes = 9, sha256 = sha256('p') where id = ${rows[0]!.id}`.execute(
      tx,
    )
    await sql`select record_research_release(${id}::uuid)`.execute(tx)
    return rows[0]!.id
  })
}

const stateOf = async (packageId: string) => {
  const { rows } = await sql<{
    state: string
  }>`select package_state(p) as state from disclosure_package p where id = ${packageId}`.execute(admin)
  return rows[0]?.state
}

type Machine = Awaited<ReturnType<typeof emptyMachine>>
/** The original register, or a restored one. */
type TargetRegister = Pick<Machine, 'pool'> & { target: Pick<Machine['target'], 'db'> }
const originalRegister: TargetRegister = { pool: database.as().pool, target: { db: admin } }

async function inSessionOf(
  on: TargetRegister,
  person: string,
  act: (tx: Transaction<never>) => Promise<unknown>,
): Promise<void> {
  const token = `restored-${randomUUID()}`
  await on.pool.query(
    `insert into session (token_hash, person_id, created_at, expires_at)
     values (sha256(convert_to($1, 'UTF8')), $2, now(), now() + interval '1 hour')`,
    [token, person],
  )
  await inSession(on.target.db as never, { 'seloste.session': token }, act)
}

const forbid = (machine: Machine, recording: string) =>
  inSessionOf(machine, people.aino, (tx) =>
    sql`select forbid_use(${recording}::uuid, 'OFFICIAL', 'OWN_CALLS', null)`.execute(tx),
  )

test(
  'a prohibition after a restore recalls releases made after the backup, whenever their disclosure began, and confirmed releases stay confirmed',
  { timeout: 60_000 },
  async () => {
    const place = await openTestPlaces(database, register)
    const [early, late, back, closed] = await makeRecordings(4)
    const begun = await grantedDisclosure([early!])
    await register.seal()
    const { manifest } = await backUpTo(register, place)

    const after = await grantedDisclosure([late!, back!])
    const over = await grantedDisclosure([closed!])
    await release(begun)
    const fetched = await release(after)
    await release(over)
    await sql`update disclosure_package set fetches = 1, first_fetch_at = now() where id = ${fetched}`.execute(admin)
    await sql`select end_package(p, 'taken', null) from disclosure_package p where p.id = ${fetched}`.execute(admin)
    const confirm = (disclosure: string, item: number) =>
      inSessionOf(originalRegister, people.riitta, (tx) =>
        sql`select confirm_copy((select id from disclosed_copy where disclosure = ${disclosure} and item = ${item}), 'destroyed', 'K-1', 'DECISION_MAKER')`.execute(
          tx,
        ),
      )
    await place.copies.catchUp()
    // Only the keyring, and no other file in the place outside the backups, links a release to a recording, and only
    // until its confirmation.
    const lent = async () => {
      const found: string[] = []
      for (const month of await monthsIn(place.store)) {
        const { lent: out } = await openMonth(
          recovery.identity,
          (await readWholeIfExists(place.store, monthFile(month)))!,
        )
        found.push(...out.map(({ recordingId }) => recordingId))
      }
      return found
    }
    expect(new Set(await lent())).toEqual(new Set([early, late, back, closed].map((one) => one!.id)))
    await confirm(after.number, 2)
    await confirm(over.number, 1)
    await sql`update research_disclosure set closed_at = now(), closed_by = ${people.riitta} where id = ${over.id}`.execute(
      admin,
    )
    await register.seal()
    await place.copies.catchUp()
    expect(new Set(await lent())).toEqual(new Set([early!.id, late!.id]))
    let ledger = ''
    for await (const key of place.store.list('ledger/'))
      ledger += (await readWholeIfExists(place.store, key))!.toString()
    for (const { id } of [early!, late!, back!, closed!]) expect(ledger).not.toContain(id)
    expect(ledger).not.toContain(after.number)

    const machine = await emptyMachine()
    const restored = await restoreFrom(machine, place, { backup: manifest.id })
    expect(restored.ledger).toMatchObject({ untied: [] })
    const rows = async (query: string, values: unknown[] = []) =>
      (await machine.pool.query(query, values)).rows as unknown[]
    const copies = () =>
      rows(
        `select disclosure, item, state, recording_id as recording from disclosed_copy where disclosure = any ($1) order by disclosure, item`,
        [[begun.number, after.number, over.number]],
      )
    const released = [
      { disclosure: begun.number, item: 1, state: 'RELEASED', recording: early!.id },
      { disclosure: after.number, item: 1, state: 'RELEASED', recording: late!.id },
      { disclosure: after.number, item: 2, state: 'CONFIRMED', recording: null },
      { disclosure: over.number, item: 1, state: 'CONFIRMED', recording: null },
    ].sort((one, other) => one.disclosure.localeCompare(other.disclosure) || one.item - other.item)
    expect(await copies()).toEqual(released)
    expect(
      await rows(
        `select number, released_at is not null as released, closed_at is not null as closed, due_on::text as due
         from research_disclosure where number = any ($1) order by number`,
        [[begun.number, after.number, over.number]],
      ),
    ).toEqual([
      { number: begun.number, released: true, closed: false, due: begun.due },
      { number: after.number, released: true, closed: false, due: after.due },
      { number: over.number, released: true, closed: true, due: over.due },
    ])
    expect(await rows('select end_why from disclosure_package where id = $1', [fetched])).toEqual([
      { end_why: 'taken' },
    ])
    await forbid(machine, early!.id)
    await forbid(machine, late!.id)
    expect(await copies()).toEqual(
      released.map((one) => (one.state === 'RELEASED' ? { ...one, state: 'RECALLED' } : one)),
    )
    // Recalls append no entry for the confirmed release: the ledger has only two.
    expect(
      await rows(
        "select count(*)::int as n from destruction_entry where object_kind = 'disclosure' and cause = 'recalled'",
      ),
    ).toEqual([{ n: 2 }])
  },
)

test(
  'a recall, a later day and the end of a study with its working days survive a restore, and a release without its keyring link is reported',
  { timeout: 60_000 },
  async () => {
    const place = await openTestPlaces(database, register)
    await register.seal()
    const { manifest } = await backUpTo(register, place)
    const [one, other] = await makeRecordings(2)
    const made = await grantedDisclosure([one!, other!])
    await release(made)
    const { rows: extended } = await sql<{ due: string }>`
      update research_disclosure set due_on = current_date + 60 where id = ${made.id} returning due_on::text as due`.execute(
      admin,
    )
    await sql`select recall_copies(${one!.id}::uuid)`.execute(admin)
    await sql`
      update research_disclosure set study_ended_on = current_date, study_ended_at = now(), study_ended_by = ${people.eero},
        return_working_days = 5 where id = ${made.id}`.execute(admin)
    await register.seal()
    await place.copies.catchUp()
    for (const month of await monthsIn(place.store)) {
      const file = (await readWholeIfExists(place.store, monthFile(month)))!
      const content = JSON.parse((await openSealedFile(recovery.identity, file)).toString()) as { lent: unknown[] }
      await place.store.put(
        monthFile(month),
        sealFile(recovery.recipient, Buffer.from(JSON.stringify({ ...content, lent: [] }))),
      )
    }
    const machine = await emptyMachine()
    const restored = await restoreFrom(machine, place, { backup: manifest.id })
    expect(restored.ledger.untied).toEqual([`${made.number}/2`])
    // The restore logs the days again, so that a later change of a day in its row is found.
    const { rows: logged } = await machine.pool.query(
      `select e.action, coalesce(e.detail ->> 'dueAt' = ledger_instant(c.due_at), e.detail ->> 'dueOn' = d.due_on::text,
          e.detail ->> 'workingDays' = '5') as same
        from research_disclosure d join disclosed_copy c on c.disclosure = d.number and c.item = 1
          join audit_entry e on e.object_id in (d.id, c.id)
        where d.number = $1 and e.action in ('copy.recalled', 'research.extension', 'research.study-ended') order by 1`,
      [made.number],
    )
    expect(logged).toEqual(
      ['copy.recalled', 'research.extension', 'research.study-ended'].map((action) => ({ action, same: true })),
    )
    const { rows } = await machine.pool.query(
      'select item, state, due_at is not null as due from disclosed_copy where disclosure = $1 order by item',
      [made.number],
    )
    expect(rows).toEqual([
      { item: 1, state: 'RECALLED', due: true },
      { item: 2, state: 'RELEASED', due: false },
    ])
    const restoredDay = await machine.pool.query(
      `select due_on::text as due, study_ended_on is not null as ended, return_working_days as days
       from research_disclosure where number = $1`,
      [made.number],
    )
    expect(restoredDay.rows).toEqual([{ ...extended[0], ended: true, days: 5 }])
  },
)

test(
  'a disclosure decided or released after the backup stays bound to its recipient, and is refused after the recipient’s name or address changes',
  { timeout: 60_000 },
  async () => {
    const place = await openTestPlaces(database, register)
    const [early, late] = await makeRecordings(2)
    const begun = await prepareDisclosure([early!])
    await register.seal()
    const { manifest } = await backUpTo(register, place)
    await grant(begun)
    const after = await grantedDisclosure([late!])
    for (const one of [begun, after]) await release(one)
    await register.seal()
    await place.copies.catchUp()

    const machine = await emptyMachine()
    await restoreFrom(machine, place, { backup: manifest.id })
    const releases = ({ id }: { id: string }) =>
      inSessionOf(machine, people.riitta, (tx) => sql`select require_releasable(${id}::uuid)`.execute(tx))
    const changed = (email: string) =>
      machine.pool.query(
        'update institute set email = $1 where id in (select institute_id from research_disclosure where id = $2)',
        [email, begun.id],
      )
    await changed('eero@muualla.example')
    await expect(releases(begun)).rejects.toThrow('research.institute-changed')
    await changed('a@b.example')
    await expect(releases(begun)).rejects.toThrow('research.undertaking')
    // The restore knows neither name nor address of an institute that was entered after the backup.
    await expect(releases(after)).rejects.toThrow('research.institute-changed')
  },
)

test('a disclosure granted before the backup and withdrawn after it stays withdrawn', { timeout: 60_000 }, async () => {
  const place = await openTestPlaces(database, register)
  const given = await grantedDisclosure(await makeRecordings(1))
  await register.seal()
  const { manifest } = await backUpTo(register, place)
  await sql`update research_disclosure set withdrawn_at = now(), withdrawn_by = prepared_by where id = ${given.id}::uuid`.execute(
    admin,
  )
  await register.seal()
  await place.copies.shipLedger()
  const machine = await emptyMachine()
  await restoreFrom(machine, place, { backup: manifest.id })
  const { rows } = await machine.pool.query(
    'select withdrawn_at is not null as withdrawn from research_disclosure where id = $1',
    [given.id],
  )
  expect(rows).toEqual([{ withdrawn: true }])
})

test(
  'a package to an institute can be downloaded only after the backup places have its release',
  { timeout: 60_000 },
  async () => {
    const place = await openTestPlaces(database, register)
    await register.seal()
    await place.copies.catchUp()
    const [one] = await makeRecordings(1)
    const id = await release(await grantedDisclosure([one!]))
    expect([await stateOf(id), await arePackagesWaiting(admin)]).toEqual(['making', true])
    await place.copies.shipLedger()
    expect(await stateOf(id)).toBe('making')
    await register.seal()
    await place.copies.shipLedger()
    expect(await stateOf(id)).toBe('making')
    await sql`update place_of_data set state = 'unreachable' where kind = 'backup'`.execute(admin)
    expect(await stateOf(id)).toBe('making')
    await sql`update place_of_data set state = case name when ${place.name} then 'in-use' else 'left' end where kind = 'backup'`.execute(
      admin,
    )
    await place.copies.catchUp()
    expect([await stateOf(id), await arePackagesWaiting(admin)]).toEqual(['ready', false])
  },
)

test(
  'a note about a copy of a recording that was destroyed after the backup is not restored',
  { timeout: 60_000 },
  async () => {
    const place = await openTestPlaces(database, register)
    const destroyer = makeDestroyer(database, register, place.copies)
    const [kept, gone] = await makeRecordings(2)
    const ids = [kept!.copy, gone!.copy]
    await sql`
      update anonymised_copy set check_note = 'Nimi kuuluu', removed = '{"NAME": 1}', redacted_ms = 500
      where id = any (${ids}::uuid[])`.execute(admin)
    await register.seal()
    const { manifest } = await backUpTo(register, place)
    await destroyer.destroy(gone!.id)
    await register.seal()
    await place.copies.catchUp()

    const machine = await emptyMachine()
    await restoreFrom(machine, place, { backup: manifest.id })
    const { rows } = await machine.pool.query(
      `select check_note, removed, redacted_ms from anonymised_copy where id = any ($1::uuid[]) order by array_position($1::uuid[], id)`,
      [ids],
    )
    expect(rows).toEqual([
      { check_note: 'Nimi kuuluu', removed: { NAME: 1 }, redacted_ms: 500 },
      { check_note: null, removed: {}, redacted_ms: 0 },
    ])
  },
)

test(
  'the sound of a signed copy is restored unchanged, and that of a destroyed recording is in no file',
  { timeout: 60_000 },
  async () => {
    const place = await openTestPlaces(database, register)
    const destroyer = makeDestroyer(database, register, place.copies)
    const [recorded, gone, lost] = await makeRecordings(3)
    await register.objects.delete(anonymisedCopyKey(lost!.id, lost!.copy))
    await register.seal()
    const { manifest, missing } = await backUpTo(register, place)
    expect(missing).toContain(anonymisedCopyKey(lost!.id, lost!.copy))
    const inPlace = ({ id, copy }: { id: string; copy: string }) =>
      readWholeIfExists(place.store, `objects/${anonymisedCopyKey(id, copy)}`)
    expect(await inPlace(gone!)).toBeDefined()
    await destroyer.destroy(gone!.id)
    expect(await inPlace(gone!)).toBeUndefined()
    await register.seal()
    await place.copies.catchUp()

    const machine = await emptyMachine()
    await restoreFrom(machine, place, { backup: manifest.id })
    const { rows } = await machine.pool.query(
      `select ended_at is null as there, work is not null as words from anonymised_copy order by array_position($1::uuid[], id)
     limit 3`,
      [[recorded!.copy, gone!.copy, lost!.copy]],
    )
    expect(rows).toEqual([
      { there: true, words: true },
      { there: false, words: false },
      { there: false, words: false },
    ])
    expect(
      (await readWholeIfExists(machine.target.objects, anonymisedCopyKey(recorded!.id, recorded!.copy)))?.toString(),
    ).toBe('sealed')
    expect(await readWholeIfExists(machine.target.objects, anonymisedCopyKey(gone!.id, gone!.copy))).toBeUndefined()
  },
)
