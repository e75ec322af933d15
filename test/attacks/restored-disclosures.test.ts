// R33-R35: checks, decisions and log entries lost by a restore are not reported as omitted.
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import type { RegisterTables } from '#register/tables.ts'
import { readVersions } from '#safeguards/versions/versions.ts'
import { disclosuresAnonymised, disclosuresFounded } from '#use/evidence/release-promises.ts'
import { anonymisedCopyKey } from '#register/recordings/objects.ts'
import { backUpTo, emptyMachine, openBackedUpRegister, openTestPlaces, restoreFrom } from '../backup/open-backup.ts'
import { createTestDatabase } from '../database/create-test-database.ts'
import { enterTestPerson } from '../database/people.ts'

const database = await createTestDatabase<RegisterTables>()
const register = await openBackedUpRegister(database)
const { db: admin } = database.as()
const person = async (name: string) => (await enterTestPerson(admin, database.as('seloste_desk').db, { name })).id

test('accepts a copy checked and released, and an authority’s disclosure decided on and released, after the backup', async () => {
  const [eero, kaisa, riitta, tuula] = [
    await person('Eero'),
    await person('Kaisa'),
    await person('Riitta'),
    await person('Tuula'),
  ]
  await sql`update disclosure_rules set research = true, authority = true`.execute(admin)
  const [recording] = await register.makeRecordings(1)
  const {
    rows: [copy],
  } = await sql<{ id: string }>`
    insert into anonymised_copy (recording_id, duration_ms, state, work, prepared_by, rendered_at, sound_at, sound_sha256, sound_bytes, sound_ms)
    values (${recording!.id}, 80, 'RENDERED', 'w', ${eero}, now(), now(), sha256('a'), 9, 80) returning id`.execute(
    admin,
  )
  const checkBoth = async (db: typeof admin) => {
    const context = { db, versions: await readVersions(db), now: Temporal.Now.instant(), keys: register.keys }
    return [
      await disclosuresAnonymised.check(context as never, undefined),
      await disclosuresFounded.check(context as never, undefined),
    ]
  }
  const expected = [
    { holds: true, facts: { released: 1, approved: 1 } },
    { holds: true, facts: { decided: 1 } },
  ]
  await register.objects.put(anonymisedCopyKey(recording!.id, copy!.id), Buffer.from('sealed'))
  const place = await openTestPlaces(database, register)
  await register.seal()
  const { manifest } = await backUpTo(register, place)
  const discloseAfterBackup = async () => {
    const log = (action: string, by: string, object: string, detail = '{}') =>
      sql`insert into audit_entry (person_id, role, action, object_kind, object_id, result, detail) values (${by}, 'DECISION_MAKER', ${action}, 'x', ${object}, 'ok', ${detail}::jsonb)`.execute(
        admin,
      )
    await sql`update anonymised_copy set state = 'APPROVED', checked_at = now(), checked_by = ${kaisa} where id = ${copy!.id}`.execute(
      admin,
    )
    await log('anonymised-copy.checked', kaisa, copy!.id, '{"outcome": "APPROVED"}')
    const {
      rows: [d],
    } = await sql<{ id: string }>`
      with i as (insert into institute (name, contact, email, language, added_by) values ('Laitos', 'Kirjaamo', 'a@b.example', 'fi', ${eero}) returning id)
      insert into research_disclosure (number, institute_id, study, due_on, format, prepared_by)
      select next_disclosure_number('T'), i.id, 'Laatu', current_date + 30, 'OPUS', ${eero} from i returning id`.execute(
      admin,
    )
    await sql`insert into research_item (disclosure_id, item, recording_id, contact_id, picked_by) select ${d!.id}, 1, id, contact_id, ${eero} from recording where id = ${recording!.id}`.execute(
      admin,
    )
    await sql`update research_disclosure set outcome = 'GRANTED', reasons = 'P', decided_at = now(), decided_by = ${riitta}, decided_for = institute_digest(institute_id) where id = ${d!.id}`.execute(
      admin,
    )
    const release = (column: string, id: string) =>
      admin.transaction().execute(async (tx) => {
        const { rows } = await sql<{
          id: string
        }>`insert into disclosure_package (${sql.ref(column)}, method, delivery, token_hash, files, made_by, expires_at)
        values (${id}, 'KEY', 'LINK', sha256(uuid_send(gen_random_uuid())), 1, ${riitta}, now() + interval '1 day') returning id`.execute(
          tx,
        )
        await sql`update disclosure_package set ready_at = now(), size_bytes = 9, sha256 = sha256('p') where id = ${rows[0]!.id}`.execute(
          tx,
        )
        if (column === 'research_id') await sql`select record_research_release(${id}::uuid)`.execute(tx)
        else await sql`update authority_disclosure set released_at = now() where id = ${id}`.execute(tx)
      })
    await release('research_id', d!.id)
    const provision = (await readVersions(admin)).at(-1)!.description.disclosure.provisions[0]!.id
    const {
      rows: [a],
    } = await sql<{ id: string }>`
      insert into authority_disclosure (number, origin, authority, officer, case_number, aim, provision_id, received_at, entered_by, assessed_at, assessed_by, assessment, outcome, reasons, decided_at, decided_by)
      values (next_disclosure_number('V'), 'REQUEST', 'Poliisi', 'K', '1', 'INVESTIGATION', ${provision}, now(), ${tuula}, now(), ${tuula}, 'a', 'GRANTED', 'P', now(), ${riitta}) returning id`.execute(
      admin,
    )
    await log('authority.decided', riitta, a!.id)
    await release('authority_id', a!.id)
  }
  await discloseAfterBackup()
  expect(await checkBoth(admin)).toMatchObject(expected)
  await place.copies.catchUp()
  await register.seal()
  await place.copies.shipLedger()
  await place.shipLog()
  const machine = await emptyMachine()
  await restoreFrom(machine, place, { backup: manifest.id })
  expect(await checkBoth(machine.target.db as never)).toMatchObject(expected)
})
