/**
 * An attacker in the desk has its connection and the sessions of signed-in people, and runs any statement. Nothing
 * succeeds that the program would refuse, and nothing without a log entry.
 */
import { randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { colleagueOf, enterTestPerson, phone } from '#test/database/people.ts'
import { makeTestRegister } from '#test/register/make-register.ts'
import { servedRequest } from '#test/requests/served-request.ts'
import { ingestRecording } from '#register/recordings/ingest-recording.ts'
import type { RegisterTables } from '#register/tables.ts'
import type { Session } from '#safeguards/people/session.ts'
import { listeningNow } from '#use/playback/listening-now.ts'

const database = await createTestDatabase<RegisterTables>()
const register = await makeTestRegister(database)
const admin = database.as().db
const superuser = database.as().pool
const desk = database.as('seloste_desk')
const custodian = database.as('seloste_custodian')

const nothing = { kind: 'none' as const, units: [], numbers: [] }
const sari = await enterTestPerson(admin, desk.db, {
  name: 'Sari',
  right: { role: 'SUPERVISOR', purposes: ['DEVELOPMENT'], scope: 'their unit' },
})
const matti = await enterTestPerson(admin, desk.db, {
  name: 'Matti',
  right: { role: 'MAINTENANCE', purposes: ['MAINTENANCE'], scope: { ...nothing, kind: 'all' } },
})
const outi = await enterTestPerson(admin, desk.db, {
  name: 'Outi',
  right: { role: 'DATA_PROTECTION_OFFICER', purposes: [], scope: nothing },
})
const paula = await enterTestPerson(admin, desk.db, {
  name: 'Paula',
  right: { role: 'SERVICE_UNIT', purposes: ['INSPECTION'], scope: { ...nothing, kind: 'all' } },
})
const anssi = await enterTestPerson(admin, desk.db, {
  name: 'Anssi',
  right: { role: 'ADMINISTRATOR', purposes: [], scope: nothing },
})
const bertil = await enterTestPerson(admin, desk.db, { name: 'Bertil' })
const sessions = {
  sari: await sari.signIn(),
  matti: await matti.signIn(),
  outi: await outi.signIn(),
  paula: await paula.signIn(),
  anssi: await anssi.signIn(),
}

interface Access {
  purpose?: string
  reference?: string
}

/** Runs statements in one transaction of the desk under a session and a purpose. Returns the rows of the last. */
async function asDesk(
  session: Session | undefined,
  { purpose = '', reference = '' }: Access,
  statements: string[],
  ending = 'commit',
) {
  const client = await desk.pool.connect()
  try {
    await client.query('begin')
    await client.query(
      `select set_config('seloste.session', $1, true), set_config('seloste.purpose', $2, true), set_config('seloste.reference', $3, true)`,
      [session?.token ?? '', purpose, reference],
    )
    let rows: Record<string, unknown>[] = []
    for (const statement of statements) rows = (await client.query<Record<string, unknown>>(statement)).rows
    await client.query(ending)
    return rows
  } catch (error) {
    await client.query('rollback')
    throw error
  } finally {
    client.release()
  }
}

async function rightOf(personId: string): Promise<string> {
  const { rows } = await superuser.query<{ id: string }>('select id from access_right where person_id = $1', [personId])
  return rows[0]!.id
}

async function entries(condition: string): Promise<number> {
  const { rows } = await superuser.query<{ n: number }>(
    `select count(*)::integer as n from audit_entry where ${condition}`,
  )
  return rows[0]!.n
}

const maskIds = (text: string) =>
  text.replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'id').replaceAll('7777', '6666')
const quoted = (value: string | undefined) => (value === undefined ? 'null' : `'${value}'`)

interface EntryFields {
  person?: string
  right?: string
  role?: string
  action: string
  purpose?: string
  reference?: string
  result?: string
  detail?: string
}
const insertEntry = ({ person, right, role, action, purpose, reference, result = 'ok', detail = '{}' }: EntryFields) =>
  `insert into audit_entry (person_id, right_id, role, action, purpose, reference, object_kind, object_id, result, detail)
   values (${[person, right, role, action, purpose, reference].map(quoted).join(', ')}, 'contact', '${randomUUID()}', '${result}', '${detail}')`

describe('a log entry written by the desk', () => {
  test('about a view must have the person, right, role, purpose and reference of the view', async () => {
    const genuine = {
      person: matti.id,
      right: await rightOf(matti.id),
      role: 'MAINTENANCE',
      purpose: 'MAINTENANCE',
      reference: 'VIKA-1',
    }
    const access = { purpose: 'MAINTENANCE', reference: 'VIKA-1' }
    for (const action of ['contacts.listed', 'contact.read', 'caller.revealed', 'calls.watched', 'shares.read']) {
      await asDesk(sessions.matti, access, [insertEntry({ ...genuine, action })])
      const { reference: _reference, ...unreferred } = genuine
      const { purpose: _purpose, ...purposeless } = genuine
      for (const forged of [
        { ...genuine, person: sari.id },
        { ...genuine, right: await rightOf(sari.id) },
        { ...genuine, role: 'SECURITY' },
        { ...genuine, purpose: 'INSPECTION' },
        { ...genuine, reference: 'VIKA-2' },
        unreferred,
        purposeless,
        { action },
      ]) {
        await expect(
          asDesk(sessions.matti, access, [insertEntry({ ...forged, action })]),
          JSON.stringify(forged),
        ).rejects.toThrow('row-level security')
      }
      await expect(asDesk(undefined, access, [insertEntry({ ...genuine, action })])).rejects.toThrow(
        'row-level security',
      )
    }
  })

  test('never records an act of the database or the custodian', async () => {
    for (const action of [
      'right.granted',
      'right.requested',
      'right.rejected',
      'right.withdrawn',
      'right.revoked',
      'right.reviewed',
      'link.made',
      'link.used',
      'password.set',
      'credential.added',
      'credential.removed',
      'credential.removal-asked',
      'credential.removal-refused',
      'act.confirmed',
      'alarm.raised',
      'alarm.closed',
      'looks.reviewed',
      'extract.read',
      'listening.ended',
      'description.installed',
      'description.took-effect',
      'terms.shortened',
      'promise.broken',
      'promise.restored',
      'scim-token.added',
      'scim-token.revoked',
      'session.second-factor',
      'log.read',
      'log.pruned',
    ]) {
      await expect(asDesk(sessions.outi, {}, [insertEntry({ person: outi.id, action })]), action).rejects.toThrow(
        'row-level security',
      )
    }
  })

  test('names the session’s person only: no sign-in without a session, and no act of another person', async () => {
    await expect(
      asDesk(undefined, {}, [insertEntry({ person: bertil.id, action: 'session.started' })]),
    ).rejects.toThrow('row-level security')
    for (const action of ['directory.changed', 'rights.read', 'description.approved', 'feedback.answered']) {
      await expect(asDesk(sessions.anssi, {}, [insertEntry({ person: bertil.id, action })]), action).rejects.toThrow(
        'row-level security',
      )
    }
    await asDesk(sessions.anssi, {}, [insertEntry({ person: anssi.id, action: 'directory.changed' })])
  })
})

describe('a view through the database’s own functions', () => {
  const listening = (id: string, recording: string, right: string, session: Session) =>
    `insert into listening (id, recording_id, person_id, right_id, session_hash, role, purpose, started_at, until)
     values ('${id}', '${recording}', '${sari.id}', '${right}', sha256('${session.token}'), 'SUPERVISOR', 'DEVELOPMENT', now(), now() + interval '1 hour')`

  test('a listening starts with its log entry or not at all', async () => {
    const { id: recording } = await register.record({ official: colleagueOf(sari) })
    await ingestRecording(register.ingest, recording, Temporal.Now.instant())
    const right = await rightOf(sari.id)
    const id = randomUUID()
    const begin = listening(id, recording, right, sessions.sari)
    const entry = (object: string, detail: string) =>
      `insert into audit_entry (person_id, right_id, role, action, purpose, object_kind, object_id, result, detail)
       values ('${sari.id}', '${right}', 'SUPERVISOR', 'listening.started', 'DEVELOPMENT', 'recording', '${object}', 'ok', '${detail}')`
    const access = { purpose: 'DEVELOPMENT' }
    for (const statements of [
      [begin],
      [begin, entry(recording, '{}')],
      [begin, entry(randomUUID(), `{"listening":"${id}"}`)],
      [begin, entry(recording, `{"listening":"${randomUUID()}"}`)],
      ['set constraints all deferred', begin],
    ]) {
      await expect(asDesk(sessions.sari, access, statements)).rejects.toThrow('without its entry')
    }
    expect(await listeningNow(custodian.db, sessions.sari.token, id)).toEqual({ over: 'unknown' })
    await asDesk(sessions.sari, access, [begin, entry(recording, `{"listening":"${id}"}`)])
    expect(await listeningNow(custodian.db, sessions.sari.token, id)).toMatchObject({ recordingId: recording })
  })

  test('viewing the extract of a call is logged with its purpose and reference', async () => {
    const { contactId } = await register.record({ official: colleagueOf(sari) })
    const { number } = await servedRequest(admin, { clerkId: paula.id, contacts: [contactId] })
    const access = { purpose: 'INSPECTION', reference: number }
    await asDesk(sessions.paula, access, [`select * from accesses_to_contact('${contactId}')`])
    expect(
      await entries(
        `action = 'extract.read' and result = 'ok' and person_id = '${paula.id}' and object_id = '${contactId}'
         and purpose = 'INSPECTION' and reference = '${number}' and role = 'SERVICE_UNIT'`,
      ),
    ).toBe(1)
  })

  test('a search for a requester’s call that is rolled back returns nothing, and one that returns something is logged', async () => {
    const known = { caller: { kind: 'e164' as const, key: phone('040 555 6666'), raw: '0405556666' } }
    const { contactId } = await register.record({ ...known, official: colleagueOf(sari) })
    const { rows } = await superuser.query<{ day: string; time: string }>(
      `select to_char(started_at at time zone 'Europe/Helsinki', 'YYYY-MM-DD') as day, to_char(started_at at time zone 'Europe/Helsinki', 'HH24:MI') as time
       from contact where id = $1`,
      [contactId],
    )
    const { id, number } = await servedRequest(admin, { clerkId: paula.id })
    const access = { purpose: 'INSPECTION', reference: number }
    const reported = JSON.stringify({ ...rows[0], accuracy: 'MINUTES', callerNumber: '040 555 6666' })
    const search = `select * from request_call_search('${id}', null, '${reported}', '+358405556666', null)`
    const searches = () => entries(`action = 'call.looked-for' and result = 'ok' and object_id = '${id}'`)
    for (const shown of [
      `select * from request_call where request_id = '${id}'`,
      `select * from calls_of_request('${id}')`,
      `select * from contact`,
      `select * from segment`,
      `select * from recording`,
    ]) {
      expect(await asDesk(sessions.paula, access, [search, shown], 'rollback')).toEqual([])
    }
    // Functions that run later reveal nothing either: their answers for an existing and a missing call are equal.
    const nobodys = search.replaceAll('6666', '7777')
    const named = `(select id from request_call where request_id = '${id}')`
    for (const probe of [
      `select calls from request_facts(array['${id}'::uuid])`,
      `select close_request('${id}', 'ANSWERED')`,
      `select begin_letter('${id}', 'answer', null)`,
      `select begin_letter('${id}', 'not-identifiable', null)`,
      `select abandon_call('${id}', call) from (${search}) again`,

      `select verify_call('${id}', ${named}, true)`,
      `select run_call_search('${id}', call) from (${search}) again`,
      `select run_call_search('${id}', ${named})`,
      search,
    ]) {
      const answerTo = async (first: string, second: string) =>
        asDesk(sessions.paula, access, [first, second], 'rollback').then(
          (shown) => maskIds(JSON.stringify(shown)),
          (error: Error) => maskIds(error.message),
        )
      expect(await answerTo(search, probe), probe).toEqual(await answerTo(nobodys, probe.replaceAll('6666', '7777')))
    }
    expect(await searches()).toBe(0)
    await asDesk(sessions.paula, access, [search])
    expect(await searches()).toBe(1)
    expect(await asDesk(sessions.paula, access, ['select id from contact'])).toEqual([])
    await asDesk(sessions.paula, access, [`select run_call_search('${id}', ${named})`])
    expect(await asDesk(sessions.paula, access, ['select id from contact'])).toEqual([{ id: contactId }])
    // The desk cannot write the log entry itself, nor mark a call as the requester's without the functions.
    for (const statement of [
      `insert into audit_entry (person_id, action, object_kind, object_id, result) values ('${paula.id}', 'call.verified', 'request', '${id}', 'ok')`,
      `update request_call set state = 'MATCHED', verified_how = 'DETAILS' where request_id = '${id}'`,
      `insert into request_call (request_id, ordinal, state, contact_id, contact_started_at, looked_by) values ('${id}', 9, 'FOUND', '${contactId}', now(), '${paula.id}')`,
      `select * from calls_matching_claim((select q from subject_request q where id = '${id}'), '${reported}', '+358405556666', null)`,
      `select open_inspection_for(c, 'COPY') from request_call c`,
    ]) {
      await expect(asDesk(sessions.paula, access, [statement]), statement).rejects.toThrow(/denied|row-level security/)
    }
  })

  test('counting the log is refused to people who have not read it', async () => {
    const request = `{"people":["${sari.id}"]}`
    await expect(asDesk(sessions.outi, {}, [`select count_log('${request}', 100)`])).rejects.toThrow('read')
    await asDesk(sessions.outi, {}, [
      `select * from read_log('${request}', null, null, 0, 10)`,
      `select count_log('${request}', 100)`,
    ])
    await expect(
      asDesk(sessions.outi, {}, [
        `select * from read_log('${request}', null, null, 0, 10)`,
        `select count_log('{"people":["${matti.id}"]}', 100)`,
      ]),
    ).rejects.toThrow('read')
  })
})

describe('a transaction', () => {
  test('loses the rights of its session after five minutes', async () => {
    const { rows } = await superuser.query<{ source: string }>(
      `select pg_get_functiondef('viewer()'::regprocedure) as source`,
    )
    const client = await superuser.connect()
    try {
      await client.query('begin')
      await client.query(`select set_config('seloste.session', $1, true)`, [sessions.sari.token])
      const viewer = async () => (await client.query<{ id: string | null }>('select viewer() as id')).rows[0]!.id
      expect(await viewer()).toBe(sari.id)
      // The test sets the limit to 0 minutes instead of waiting.
      await client.query(rows[0]!.source.replace(/interval '5 minutes'/, `interval '0 minutes'`))
      expect(await viewer()).toBeNull()
    } finally {
      await client.query('rollback')
      client.release()
    }
  })
})

describe('the identity system’s id of a person', () => {
  test('is written by that system only: no administrator’s session changes it', async () => {
    const { rows } = await superuser.query<{ id: string }>(
      `select id from person where id = '${outi.id}' and external_id is null`,
    )
    expect(rows).toHaveLength(1)
    for (const set of [`external_id = 'mine', source = 'scim'`, `source = 'scim'`]) {
      await expect(
        asDesk(sessions.anssi, {}, [`update person set ${set} where id = '${outi.id}'`]),
        set,
      ).rejects.toThrow('identity system')
    }
    await superuser.query(`update person set source = 'scim', external_id = 'hers' where id = '${outi.id}'`)
    for (const set of [`external_id = 'mine'`, `external_id = null`, `withdrawn_at = null, external_id = 'x'`]) {
      await expect(
        asDesk(sessions.anssi, {}, [`update person set ${set} where id = '${outi.id}'`]),
        set,
      ).rejects.toThrow('identity system')
    }
    await expect(
      asDesk(sessions.anssi, {}, [
        `insert into person (id, user_id, employed_from, source, external_id)
         values ('${randomUUID()}', 'x.${randomUUID()}', now(), 'scim', 'mine')`,
      ]),
    ).rejects.toThrow('identity system')
  })
})

describe('the locks of the custodian’s jobs', () => {
  test('cannot be taken by the desk, which therefore blocks no job', async () => {
    for (const lock of [
      `pg_advisory_lock(hashtextextended('seloste.watch', 0))`,
      `pg_try_advisory_lock(hashtextextended('seloste.watch', 0))`,
      `pg_advisory_xact_lock(hashtextextended('seloste.watch', 0))`,
      `pg_try_advisory_xact_lock(hashtextextended('seloste.watch', 0))`,
      `pg_advisory_lock_shared(hashtextextended('seloste.watch', 0))`,
      `pg_advisory_xact_lock_shared(1, 2)`,
      `pg_try_advisory_lock(1, 2)`,
    ]) {
      await expect(asDesk(sessions.sari, {}, [`select ${lock}`]), lock).rejects.toThrow('permission denied')
    }
    // The directory's own lock is taken by a function of the database.
    await asDesk(sessions.anssi, {}, ['select lock_directory()'])
  })
})
