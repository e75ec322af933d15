import { randomUUID } from 'node:crypto'
import { beforeEach, describe, expect, test } from 'vitest'
import { admit } from '#register/admit.ts'
import type { RegisterTables } from '#register/tables.ts'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { callFacts, colleagueOf, enterTestPerson, phone, recordingFacts } from '#test/database/people.ts'
import { closeAlarm, listAlarms, markAlarmSeen, type Alarm } from '#safeguards/watch/alarms.ts'
import type { Period } from '#safeguards/watch/break-glass-periods.ts'
import { countOpenAlarms, endOldAlarms, raiseAlarms } from '#safeguards/watch/raise-alarms.ts'
import { thresholds } from '#safeguards/watch/thresholds.ts'

const database = await createTestDatabase<RegisterTables>()
const { pool, db: admin } = database.as()
const desk = database.as('seloste_desk').db
const capture = database.as('seloste_capture').db
const custodian = database.as('seloste_custodian').db
const now = () => Temporal.Now.instant()

const nothing = { kind: 'none' as const, units: [], numbers: [] }
const watcher = { role: 'DATA_PROTECTION_OFFICER' as const, purposes: [], scope: nothing }
const outi = await enterTestPerson(admin, desk, { name: 'Outi', right: watcher })
const olli = await enterTestPerson(admin, desk, { name: 'Olli', right: watcher })
const sari = await enterTestPerson(admin, desk, {
  name: 'Sari',
  right: { role: 'SUPERVISOR', purposes: ['DEVELOPMENT'], scope: 'their unit' },
})
const aino = await enterTestPerson(admin, desk, { name: 'Aino' })
const session = await outi.signIn()

beforeEach(async () => {
  await pool.query('alter table audit_entry disable trigger append_only')
  await pool.query('delete from audit_pending; delete from audit_entry; delete from alarm; delete from watched_until')
  await pool.query('delete from listening')
  await pool.query('alter table audit_entry enable trigger append_only')
})

interface Planted {
  action: string
  result?: string
  person?: string | null
  purpose?: string
  object?: string
  detail?: object
  minutesAgo?: number
}
/** Inserts a log entry as an operation would have left it some time ago. */
async function plant({ action, result = 'ok', person = sari.id, purpose = 'DEVELOPMENT', ...given }: Planted) {
  await pool.query(
    `insert into audit_entry (at, person_id, role, action, purpose, object_id, result, detail)
     values (now() - make_interval(mins => $1), $2, 'SUPERVISOR', $3, $4, $5, $6, $7)`,
    [given.minutesAgo ?? 1, person, action, purpose, given.object ?? null, result, given.detail ?? {}],
  )
}
const plantMany = async (times: number, planted: Planted | ((i: number) => Planted)) => {
  for (let i = 0; i < times; i++) await plant(typeof planted === 'function' ? planted(i) : planted)
}
const watch = (emergencies: Period[] = []) => raiseAlarms(custodian, emergencies, now())
const raiseKinds = async () => (await watch()).map(({ kind }) => kind)
async function listAll(): Promise<Alarm[]> {
  const found = await listAlarms(desk, session, { state: 'any' })
  if ('refused' in found) throw new Error(found.refused)
  return found.alarms
}

/** Inserts a listening by a person to a new recording of an official's call, started at an instant. */
async function listen(by: string, given: { official?: string; startedAt?: Temporal.Instant } = {}) {
  const recording = recordingFacts()
  const official = { ...colleagueOf(sari), ...(given.official && { personId: given.official }) }
  await admit(capture, callFacts({ official, recording }))
  const startedAt = given.startedAt ?? noon
  await pool.query(
    `insert into listening (id, recording_id, person_id, right_id, session_hash, role, purpose, started_at, until)
     values (gen_random_uuid(), $1, $2, gen_random_uuid(), '', 'SUPERVISOR', 'DEVELOPMENT', $3, $3::timestamptz + interval '1 hour')`,
    [recording.id, by, startedAt.toString()],
  )
}
/** Last noon in Finland. */
const today = now().toZonedDateTimeISO('Europe/Helsinki').startOfDay().add({ hours: 12 })
const noon = (Temporal.Instant.compare(today.toInstant(), now()) > 0 ? today.subtract({ days: 1 }) : today).toInstant()

describe('refusals in a row', () => {
  const { inRow, inDay } = thresholds.refusals
  const guess = { action: 'contact.read', result: 'refused:not-found' }

  test('raise an alarm from the threshold on, not below it', async () => {
    await plantMany(inRow - 1, guess)
    expect(await raiseKinds()).toEqual([])
    await plant({ ...guess, minutesAgo: 0 })
    expect(await raiseKinds()).toEqual(['refusals'])
    expect(await listAll()).toMatchObject([
      {
        kind: 'refusals',
        person: { id: sari.id, name: 'Sari' },
        count: inRow,
        facts: { reasons: { 'not-found': inRow } },
      },
    ])
  })

  test('are interrupted by a successful view, but the day’s count is not', async () => {
    await plantMany(inRow - 1, { ...guess, minutesAgo: 10 })
    await plant({ action: 'contact.read', minutesAgo: 9 })
    await plantMany(inRow - 1, { ...guess, minutesAgo: 8 })
    expect(await raiseKinds()).toEqual([])
    await plantMany(inDay - 2 * (inRow - 1), (i) => ({ ...guess, minutesAgo: 300 + 30 * i }))
    // Entries from before the last check count together with new ones.
    await plant({ ...guess, minutesAgo: 0 })
    expect(await raiseKinds()).toEqual(['refusals'])
  })

  test('of a view that has ended do not count, so that a page that repeats its requests raises no alarm', async () => {
    for (const result of ['deny.expired', 'listening.ended', 'listening.too-fast', 'looks.too-many']) {
      await plantMany(2 * inRow, { action: 'request.refused', result: `refused:${result}` })
    }
    expect(await raiseKinds()).toEqual([])
  })

  test('of two people are not added up', async () => {
    await plantMany(inRow, (i) => ({ ...guess, person: i % 2 ? sari.id : aino.id }))
    expect(await raiseKinds()).toEqual([])
  })
})

describe('listening at night', () => {
  const helsinki = (hour: number) => noon.toZonedDateTimeISO('Europe/Helsinki').with({ hour, minute: 30 })

  test('is listening before six and from eight in the evening on, by Finnish time', async () => {
    for (const [hour, expected] of [
      [5, ['night']],
      [6, []],
      [19, []],
      [20, ['night']],
      [23, ['night']],
    ] as const) {
      await pool.query('delete from listening; delete from alarm; delete from watched_until')
      const begun = helsinki(hour)
      const at = Temporal.Instant.compare(begun.toInstant(), now()) > 0 ? begun.subtract({ days: 1 }) : begun
      await listen(sari.id, { startedAt: at.toInstant() })
      // The first check covers the previous day.
      const seen = await raiseAlarms(custodian, [], at.toInstant().add({ hours: 1 }))
      expect(
        seen.map(({ kind }) => kind),
        `${hour}.30`,
      ).toEqual(expected)
    }
  })

  test('includes making or reading the transcript of a recording for a copy', async () => {
    const recording = recordingFacts()
    await admit(capture, callFacts({ official: colleagueOf(sari), recording }))
    const { rows } = await pool.query<{ id: string }>(
      `insert into anonymised_copy (recording_id, duration_ms, prepared_by) values ($1, 1000, $2) returning id`,
      [recording.id, sari.id],
    )
    const [copy] = rows
    const raiseAt = async (at: Temporal.Instant) => {
      await pool.query('delete from alarm; delete from watched_until')
      return raiseAlarms(custodian, [], at)
    }
    const late = helsinki(22).subtract({ days: 1 }).toInstant()
    const minutesAgo = Math.round(now().since(late).total('minutes'))
    await plant({ action: 'anonymised-copy.read', object: copy!.id, detail: { words: false }, minutesAgo })
    expect(await raiseAt(late.add({ hours: 1 }))).toEqual([])
    await plant({ action: 'anonymised-copy.read', object: copy!.id, detail: { words: true }, minutesAgo })
    expect(await raiseAt(late.add({ hours: 1 }))).toMatchObject([{ kind: 'night', count: 1 }])
    await plant({ action: 'anonymised-copy.recognised', object: copy!.id, minutesAgo })
    expect(await raiseAt(late.add({ hours: 1 }))).toMatchObject([{ kind: 'night', count: 2 }])
  })

  test('is judged by the database’s start time, whatever the desk reports', async () => {
    const recording = recordingFacts()
    await admit(capture, callFacts({ official: colleagueOf(sari), recording }))
    const { rows } = await pool.query<{ id: string }>(`select id from access_right where person_id = $1`, [sari.id])
    const saris = await sari.signIn()
    await desk.transaction().execute(async (tx) => {
      const { sql } = await import('kysely')
      await sql`select set_config('seloste.session', ${saris.token}, true), set_config('seloste.purpose', 'DEVELOPMENT', true)`.execute(
        tx,
      )
      const id = randomUUID()
      await sql`insert into audit_entry (person_id, right_id, role, action, purpose, object_kind, object_id, result, detail)
        values (${sari.id}, ${rows[0]!.id}, 'SUPERVISOR', 'listening.started', 'DEVELOPMENT', 'recording', ${recording.id}, 'ok',
          ${JSON.stringify({ listening: id })}::jsonb)`.execute(tx)
      await sql`insert into listening (id, recording_id, person_id, right_id, session_hash, role, purpose, started_at, until)
        values (${id}, ${recording.id}, ${sari.id}, ${rows[0]!.id}, sha256(convert_to(${saris.token}, 'UTF8')), 'SUPERVISOR', 'DEVELOPMENT',
          '2026-01-01 12:00Z', now() + interval '1 hour')`.execute(tx)
    })
    const begun = await pool.query<{ fresh: boolean }>(
      `select started_at > now() - interval '1 minute' as fresh from listening`,
    )
    expect(begun.rows).toEqual([{ fresh: true }])
  })
})

describe('many listenings to one official’s calls', () => {
  test('by one other person raise an alarm', async () => {
    const { recordings } = thresholds.official
    for (let i = 0; i < recordings; i++)
      await listen(sari.id, { official: aino.id, startedAt: noon.subtract({ hours: 0, minutes: i }) })
    // Listenings by the official, or by one person to many officials' calls, raise no alarm.
    for (let i = 0; i < recordings; i++) await listen(aino.id, { official: aino.id })
    for (let i = 0; i < recordings; i++) await listen(outi.id, { official: randomUUID() })
    const raised = await raiseAlarms(custodian, [], noon.add({ minutes: 1 }))
    expect(raised).toMatchObject([{ kind: 'official', count: recordings }])
    expect(await listAll()).toMatchObject([{ person: { id: sari.id }, official: { id: aino.id, name: 'Aino' } }])
  })

  test('include transcriptions for copies that one other person has a program make (R21)', async () => {
    const { recordings } = thresholds.official
    for (let i = 0; i < recordings; i++) {
      const recording = recordingFacts()
      await admit(capture, callFacts({ official: { ...colleagueOf(sari), personId: aino.id }, recording }))
      const { rows } = await pool.query<{ id: string }>(
        `insert into anonymised_copy (recording_id, duration_ms, prepared_by) values ($1, 1000, $2) returning id`,
        [recording.id, sari.id],
      )
      expect(await raiseKinds()).toEqual([])
      await plant({ action: 'anonymised-copy.recognised', object: rows[0]!.id, minutesAgo: 0 })
    }
    expect(await watch()).toMatchObject([{ kind: 'official', count: recordings }])
    expect(await listAll()).toMatchObject([{ person: { id: sari.id }, official: { id: aino.id } }])
  })

  test('raise no alarm below the threshold, or if they are all of one recording', async () => {
    const recording = recordingFacts()
    await admit(capture, callFacts({ official: { ...colleagueOf(sari), personId: aino.id }, recording }))
    for (let i = 0; i < 2 * thresholds.official.recordings; i++) {
      await pool.query(
        `insert into listening (id, recording_id, person_id, right_id, session_hash, role, purpose, started_at, until)
         values (gen_random_uuid(), $1, $2, gen_random_uuid(), '', 'SUPERVISOR', 'DEVELOPMENT', $3, now())`,
        [recording.id, sari.id, noon.toString()],
      )
    }
    expect(await raiseAlarms(custodian, [], noon.add({ minutes: 1 }))).toEqual([])
  })
})

describe('many views about one caller', () => {
  let callers = 100
  async function callsOf(times: number, official = colleagueOf(sari)) {
    const key = phone(`040 600 ${callers++}`)
    const calls = []
    for (let i = 0; i < times; i++) {
      calls.push((await admit(capture, callFacts({ caller: { kind: 'e164', key, raw: key }, official }))).contactId)
    }
    return calls
  }
  const { days, searchesInDay } = thresholds.caller

  test('raise an alarm if one person opens the caller’s calls day after day', async () => {
    const calls = await callsOf(2)
    await plantMany(days - 1, (i) => ({ action: 'contact.read', object: calls[i % 2]!, minutesAgo: 1 + i * 24 * 60 }))
    expect(await raiseKinds()).toEqual([])
    await plant({ action: 'caller.revealed', object: calls[0]!, minutesAgo: days * 24 * 60 })
    await plant({ action: 'contact.read', object: calls[0]!, minutesAgo: 0 })
    expect(await raiseKinds()).toEqual(['caller'])
    const [alarm] = await listAll()
    expect(alarm).toMatchObject({ kind: 'caller', facts: { callers: 1 } })
    expect(alarm!.facts['days']).toBeGreaterThanOrEqual(days)
    expect(alarm!.facts['contacts']).toEqual(calls.sort())
    expect(JSON.stringify(alarm)).not.toContain('40600')
  })

  test('raise an alarm if one person searches for the caller’s number repeatedly in a day', async () => {
    const [call] = await callsOf(1)
    const search = { action: 'contacts.listed', detail: { contacts: [call], byCaller: true } }
    await plantMany(searchesInDay, { ...search, minutesAgo: 5 })
    expect(await raiseKinds()).toEqual(['caller'])
  })

  test('raise no alarm for one’s own calls, an inspection or a case', async () => {
    const [own] = await callsOf(1, { ...colleagueOf(sari), personId: sari.id })
    const [other] = await callsOf(1)
    await plantMany(days + 1, (i) => ({ action: 'contact.read', object: own!, minutesAgo: 1 + i * 24 * 60 }))
    await plantMany(days + 1, (i) => ({
      action: 'contact.read',
      object: other!,
      purpose: 'INSPECTION',
      minutesAgo: 1 + i * 24 * 60,
    }))
    await plantMany(days + 1, (i) => ({
      action: 'contact.read',
      object: other!,
      purpose: 'CRIME_OR_MISUSE',
      minutesAgo: 1 + i * 24 * 60,
    }))
    expect(await raiseKinds()).toEqual([])
  })
})

describe('an alarm is raised by', () => {
  test('many contacts shown in an hour, even if in few views', async () => {
    const page = { contacts: Array.from({ length: 200 }, () => randomUUID()) }
    const pages = thresholds.mass.contactsInHour / 200
    await plantMany(pages - 1, { action: 'contacts.listed', detail: page })
    expect(await raiseKinds()).toEqual([])
    await plant({ action: 'contacts.listed', detail: page, minutesAgo: 0 })
    expect(await raiseKinds()).toEqual(['mass'])
  })

  test('the list of calls in progress opened many times in an hour, but not the calls that appear in it one by one', async () => {
    const watched = (detail: object) => ({ action: 'calls.watched', detail: { segments: [randomUUID()], ...detail } })
    await plantMany(thresholds.mass.looksInHour + 10, () => watched({}))
    await plantMany(thresholds.mass.looksInHour - 1, () => watched({ opened: true }))
    expect(await raiseKinds()).toEqual([])
    await plant({ ...watched({ opened: true }), minutesAgo: 0 })
    expect(await raiseKinds()).toEqual(['mass'])
  })

  test('many calls in progress shown in an hour', async () => {
    const page = { segments: Array.from({ length: 500 }, () => randomUUID()), opened: true }
    const pages = thresholds.mass.contactsInHour / 500
    await plantMany(pages - 1, { action: 'calls.watched', detail: page })
    expect(await raiseKinds()).toEqual([])
    await plant({ action: 'calls.watched', detail: page, minutesAgo: 0 })
    expect(await raiseKinds()).toEqual(['mass'])
  })

  test('many contacts shown in a day, even if never many in an hour', async () => {
    const page = { contacts: Array.from({ length: 200 }, () => randomUUID()) }
    const { contactsInHour, looksInHour } = thresholds.mass
    const hours = 23
    for (let hour = 1; hour <= hours; hour++) {
      await plantMany(contactsInHour / 200 - 1, { action: 'contacts.listed', detail: page, minutesAgo: 61 * hour })
    }
    expect(await raiseKinds()).toEqual(['mass'])
    expect(await listAll()).toMatchObject([{ kind: 'mass', facts: { contactsInDay: hours * (contactsInHour - 200) } }])
    await pool.query('delete from alarm; delete from watched_until')
    await pool.query('alter table audit_entry disable trigger append_only')
    await pool.query('delete from audit_entry where action = $1', ['contacts.listed'])
    await pool.query('alter table audit_entry enable trigger append_only')
    for (let hour = 1; hour <= 4; hour++) {
      await pool.query(
        `insert into audit_entry (at, person_id, role, action, purpose, object_id, result, detail)
         select now() - make_interval(mins => $1), $2, 'SUPERVISOR', 'contact.read', 'DEVELOPMENT', gen_random_uuid(), 'ok', '{}'
         from generate_series(1, $3)`,
        [61 * hour, sari.id, looksInHour - 1],
      )
    }
    expect(await raiseKinds()).toEqual(['mass'])
  })

  test('many searches by a caller’s number, with or without a result, because each reveals whether the number called', async () => {
    const nobody = { action: 'contacts.listed', detail: { contacts: [], byCaller: true } }
    const { searchesInHour, searchesInDay } = thresholds.reveals
    await plantMany(searchesInHour - 1, nobody)
    await plantMany(searchesInHour, { ...nobody, purpose: 'INSPECTION' })
    expect(await raiseKinds()).toEqual([])
    await plant({ ...nobody, minutesAgo: 0 })
    expect(await raiseKinds()).toEqual(['reveals'])
    await pool.query('delete from alarm; delete from watched_until')
    await plantMany(searchesInDay - searchesInHour, { ...nobody, minutesAgo: 300, person: aino.id })
    await plantMany(searchesInHour - 1, { ...nobody, minutesAgo: 200, person: aino.id })
    await plant({ ...nobody, minutesAgo: 0, person: aino.id })
    expect((await watch()).map(({ kind }) => kind)).toContain('reveals')
  })

  test('views that the desk had to slow down', async () => {
    await plant({ action: 'looks.slowed', detail: { inMinute: 80 } })
    expect(await raiseKinds()).toEqual(['mass'])
  })

  test('many numbers revealed in an hour', async () => {
    await plantMany(thresholds.reveals.inHour - 1, () => ({ action: 'caller.revealed', object: randomUUID() }))
    expect(await raiseKinds()).toEqual([])
    await plant({ action: 'caller.revealed', object: randomUUID(), minutesAgo: 0 })
    expect(await raiseKinds()).toEqual(['reveals'])
  })

  test('failed sign-ins on many accounts in a day, even if never many at once', async () => {
    const { accounts, accountsInDay } = thresholds['sign-ins']
    const failed = { action: 'session.started', result: 'refused:credentials' }
    const sprayEntry = (n: number) => ({
      ...failed,
      person: randomUUID(),
      minutesAgo: 20 + 16 * Math.floor(n / (accounts - 2)),
    })
    // The same people count only once.
    await plantMany(30, (n) => ({ ...failed, person: aino.id, minutesAgo: 20 + 16 * n }))
    await plantMany(accountsInDay - 2, sprayEntry)
    expect(await raiseKinds()).toEqual([])
    await plant({ ...failed, person: randomUUID(), minutesAgo: 0 })
    expect(await raiseKinds()).toEqual(['sign-ins'])
  })

  test('failed sign-ins on many accounts, even if each is tried for hours and they start one after the other', async () => {
    const failed = { action: 'session.started', result: 'refused:credentials' }
    const { accounts } = thresholds['sign-ins']
    const people = Array.from({ length: accounts }, (_, n) => ({ person: randomUUID(), n }))
    // Each account is tried every fourteen minutes until now.
    const tryAccount = ({ person, n }: { person: string; n: number }) =>
      plantMany(2 + n, (m) => ({ ...failed, person, minutesAgo: 14 * m + (n % 14) }))
    for (const one of people.slice(1)) await tryAccount(one)
    expect(await raiseKinds()).toEqual([])
    for (const one of people.slice(0, 1)) await tryAccount(one)
    expect(await raiseKinds()).toEqual(['sign-ins'])
  })

  test('failed sign-ins on many accounts, but not by many on one account', async () => {
    const failed = { action: 'session.started', result: 'refused:credentials' }
    await plantMany(50, { ...failed, person: aino.id })
    expect(await raiseKinds()).toEqual([])
    // A sign-in that continues with a second factor is not a failed one.
    await plantMany(50, () => ({ ...failed, result: 'refused:session.second-factor', person: randomUUID() }))
    expect(await raiseKinds()).toEqual([])
    await plantMany(thresholds['sign-ins'].accounts - 1, (i) => ({ ...failed, person: i % 2 ? null : randomUUID() }))
    expect(await raiseKinds()).toEqual(['sign-ins'])
    expect((await listAll())[0]?.person).toBeUndefined()
  })

  test('a view by maintenance, only if the description allows such views only in emergencies', async () => {
    const minutesAgo = (minutes: number) => now().subtract({ minutes })
    for (const minutes of [40, 20, 2]) {
      await plant({ action: 'contact.read', purpose: 'MAINTENANCE', minutesAgo: minutes })
    }
    expect(await watch()).toEqual([])
    await database.as().pool.query('delete from watched_until')
    // Views before that version or after it raise no alarm.
    const times = [{ from: minutesAgo(30), until: minutesAgo(10) }]
    expect(await watch(times)).toMatchObject([{ kind: 'break-glass', count: 1 }])
  })

  test('a view in an emergency, and each further one is counted in the open alarm, however long ago the first was', async () => {
    const start = [{ from: now().subtract({ hours: 1 }) }]
    await plant({ action: 'contact.read', purpose: 'MAINTENANCE', minutesAgo: 30 })
    expect(await watch(start)).toMatchObject([{ kind: 'break-glass', count: 1 }])
    await plant({ action: 'listening.started', purpose: 'MAINTENANCE', minutesAgo: 0 })
    expect(await watch(start)).toEqual([])
    expect(await listAll()).toMatchObject([{ kind: 'break-glass', count: 2 }])
  })
})

describe('an alarm', () => {
  const plantGuesses = (minutesAgo: number) =>
    plantMany(thresholds.refusals.inRow, { action: 'contact.read', result: 'refused:not-found', minutesAgo })

  test('is raised and logged once; further occurrences are added to it', async () => {
    await plantGuesses(2)
    expect(await watch()).toHaveLength(1)
    expect(await watch()).toEqual([])
    await plantGuesses(0)
    expect(await watch()).toEqual([])
    const [alarm, ...others] = await listAll()
    expect(others).toEqual([])
    expect(alarm).toMatchObject({ count: 2 * thresholds.refusals.inRow, isOwn: false })
    const { rows } = await pool.query(
      `select object_id, person_id, detail from audit_entry where action = 'alarm.raised'`,
    )
    expect(rows).toEqual([
      { object_id: alarm!.id, person_id: null, detail: { kind: 'refusals', count: thresholds.refusals.inRow } },
    ])
    expect(await countOpenAlarms(custodian)).toEqual(new Map([['refusals', 1]]))
  })

  test('is raised later for what happened while no process ran', async () => {
    await watch()
    await plantGuesses(300)
    await pool.query(`update watched_until set at = now() - interval '6 hours'`)
    expect(await raiseKinds()).toEqual(['refusals'])
  })

  test('is viewed, and closed with a note; the same entries do not raise it again, and new ones do', async () => {
    await plantGuesses(2)
    await watch()
    const [{ id } = { id: '' }] = await listAll()
    expect(await markAlarmSeen(desk, session, id)).toBeUndefined()
    expect(await closeAlarm(desk, session, id, ' Asked; a wrong bookmark. ', null)).toBeUndefined()
    const [closed] = await listAll()
    expect(closed).toMatchObject({ id, closed: { by: 'Outi', note: 'Asked; a wrong bookmark.' } })
    expect(closed?.seenAt).toBeDefined()
    const { rows } = await pool.query(
      `select person_id, object_id, right_id is not null as on_right from audit_entry where action = 'alarm.closed'`,
    )
    expect(rows).toEqual([{ person_id: outi.id, object_id: id, on_right: true }])
    expect(await closeAlarm(desk, session, id, 'again', null)).toEqual({ refused: 'alarm.closed' })
    expect(await watch()).toEqual([])
    await plantGuesses(0)
    expect(await raiseKinds()).toEqual(['refusals'])
  })

  test('that has grown since it was read is not closed by what was read', async () => {
    await plantGuesses(2)
    await watch()
    const [{ id, count } = { id: '', count: 0 }] = await listAll()
    await plantGuesses(2)
    await watch()
    expect(await closeAlarm(desk, session, id, 'a wrong bookmark', count)).toEqual({
      refused: 'alarm.changed-meanwhile',
    })
    expect(await closeAlarm(desk, session, id, 'asked', (await listAll())[0]!.count)).toBeUndefined()
  })

  test('about the data protection officer is closed by another officer, and the officer’s own attempt is refused and logged', async () => {
    await plantMany(thresholds.refusals.inRow, { action: 'contact.read', result: 'refused:not-found', person: outi.id })
    await watch()
    const [{ id, isOwn } = { id: '', isOwn: false }] = await listAll()
    expect(isOwn).toBe(true)
    expect(await closeAlarm(desk, session, id, 'nothing', null)).toEqual({ refused: 'alarm.own' })
    const { rows } = await pool.query(`select result from audit_entry where action = 'alarm.closed'`)
    expect(rows).toEqual([{ result: 'refused:alarm.own' }])
    expect(await closeAlarm(desk, await olli.signIn(), id, 'asked Outi', null)).toBeUndefined()
  })

  test('cannot be viewed or closed by anybody else', async () => {
    await plantGuesses(1)
    await watch()
    const [{ id } = { id: '' }] = await listAll()
    const saris = await sari.signIn()
    expect(await listAlarms(desk, saris, { state: 'any' })).toEqual({ refused: 'deny.role' })
    expect(await markAlarmSeen(desk, saris, id)).toEqual({ refused: 'deny.role' })
    expect(await closeAlarm(desk, saris, id, 'mine', null)).toEqual({ refused: 'deny.role' })
    const asDesk = database.as('seloste_desk').pool
    expect((await asDesk.query('select * from alarm')).rows).toEqual([])
    for (const statement of [
      `update alarm set closed_at = now()`,
      'delete from alarm',
      `insert into alarm (kind, count, facts, threshold, first_at, last_at) values ('mass', 1, '{}', '{}', now(), now())`,
      'insert into look_review (month, looks, reviewed_by, note) values (current_date, 0, gen_random_uuid(), $$x$$)',
      'select * from closed_until',
      `select * from accesses_to('{}', '{}', '{}', null, now(), now())`,
    ]) {
      await expect(asDesk.query(statement), statement).rejects.toThrow(/permission denied|row-level security/)
    }
  })

  test('cannot be closed or deleted by the custodian, and is deleted two years after it was closed', async () => {
    await plantGuesses(1)
    await watch()
    const [{ id } = { id: '' }] = await listAll()
    const asCustodian = database.as('seloste_custodian').pool
    await expect(asCustodian.query('update alarm set closed_at = now()')).rejects.toThrow('permission denied')
    await closeAlarm(desk, session, id, 'asked', null)
    await endOldAlarms(custodian)
    expect((await asCustodian.query('delete from alarm')).rowCount).toBe(0)
    expect(await listAll()).toHaveLength(1)
    await pool.query(`update alarm set closed_at = now() - interval '25 months'`)
    await endOldAlarms(custodian)
    expect(await listAll()).toEqual([])
  })
})
