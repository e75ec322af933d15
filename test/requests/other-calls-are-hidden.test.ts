// No page, count, error or timing reveals another caller's calls (R46, L33): answers to a clerk do not change by a byte
// when the register receives calls of other people, for any operation and id, and directly in the database too.
import { randomInt, randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import { operations } from '#app/http/contract/operations.ts'
import { termZone } from '#description/terms.ts'
import { inSession } from '#platform/database/connect.ts'
import { admit, type SegmentFacts } from '#register/admit.ts'
import { ingestRecording } from '#register/recordings/ingest-recording.ts'
import type { RegisterTables } from '#register/tables.ts'
import type { Session } from '#safeguards/people/session.ts'
import { sampleRequest } from '../access/sample-request.ts'
import { mayCall } from '../access/expected-permissions.ts'
import { createTestDatabase } from '../database/create-test-database.ts'
import { callFacts, enterTestPerson, phone, recordingFacts } from '../database/people.ts'
import { makeTestRegister } from '../register/make-register.ts'
import { openTestDesk } from '../register/open-desk.ts'
import { servedRequest } from './served-request.ts'

const database = await createTestDatabase<RegisterTables>()
const register = await makeTestRegister(database)
const desk = await openTestDesk(database, register)
const { db: admin } = database.as()
const asDesk = database.as('seloste_desk').db
const capture = database.as('seloste_capture').db
const clerk = () =>
  enterTestPerson(admin, asDesk, {
    name: 'Paula',
    right: {
      role: 'SERVICE_UNIT',
      purposes: ['INSPECTION'],
      scope: { kind: 'all', units: [], numbers: [] },
    },
  })

type OperationId = keyof typeof operations
/** Left out: operations that end the clerk's session or change how the clerk signs in, and answer only about the clerk. */
const ofOneself =
  /^(signOut|endSession|endSessions|changePassword|checkPassword|signOutOfIdentityProvider|listSessions|readAccount)$/
const clerks = (Object.keys(operations) as OperationId[]).filter(
  (id) =>
    !ofOneself.test(id) &&
    (mayCall(id, 'SERVICE_UNIT', 'own') !== false ||
      /^\/api\/(contacts|recordings|listenings)/.test(operations[id].url)),
)
/**
 * Operations that can be repeated for the others' calls; a repetition of the rest would change the state, so they are
 * called for the requester's own call below.
 */
const views = clerks.filter(
  (id) => operations[id].method === 'GET' || /^\/api\/(contacts|recordings)/.test(operations[id].url),
)

/** Call of somebody else: at about the described time or another, with another number or none that fits. */
const othersCall = fc.record({
  minutesApart: fc.constantFrom(-150, -30, -5, 0, 3, 25, 200),
  long: fc.integer({ min: 1, max: 30 }),
  caller: fc.constantFrom('040 765 4321', '09 123 4567', '+46 8 123 456 78', 'withheld' as const),
  called: fc.constantFrom('029 497 000', '029 497 010', '029 512 000'),
  official: fc.constantFrom('Aino Virtanen', 'Bertil Lindqvist', undefined),
  isRecorded: fc.boolean(),
})
type OthersCall = typeof othersCall extends fc.Arbitrary<infer Value> ? Value : never

/**
 * All other people's calls are around one time, which each of the details below names: with a number that nobody has,
 * or without a number and with a service number, duration or official that fits no call.
 */
const day = Temporal.Now.plainDateISO(termZone).subtract({ days: 6 })
const report = { day: day.toString(), time: '13:00', accuracy: 'HALF_HOUR' }
const at = day.toZonedDateTime({ timeZone: termZone, plainTime: '13:00' }).toInstant()
const requested = [
  { ...report, callerNumber: '040 555 0000' },
  { ...report, callerNumber: '040 555 0000', accuracy: 'HOURS', serviceNumber: '029 497 000' },
  { ...report, serviceNumber: '029 512 001', minutes: 10 },
  { ...report, serviceNumber: '029 497 000', minutes: 200 },
  { ...report, serviceNumber: '029 497 000', official: 'Cecilia' },
]
/** Details that find the requester's own call. */
const own = { ...report, time: '12:00', callerNumber: '040 111 2222', accuracy: 'MINUTES' }

interface Probe {
  contact: string
  recording: string
}

function factsOf(call: OthersCall, { contact, recording }: Probe): Partial<SegmentFacts> {
  const startedAt = at.add({ minutes: call.minutesApart })
  const endedAt = startedAt.add({ minutes: call.long })
  const caller: Partial<SegmentFacts> =
    call.caller === 'withheld'
      ? ({ caller: { kind: 'withheld' } } as unknown as Partial<SegmentFacts>)
      : { caller: { kind: 'e164', key: phone(call.caller), raw: call.caller } }
  return {
    ...caller,
    ...{ contactId: contact, startedAt, endedAt, numberReached: { key: phone(call.called) } },
    numberCalled: { key: phone(call.called), kind: 'NATIONAL_SERVICE' },
    ...(call.official && {
      answeredAt: startedAt.add({ seconds: 20 }),
      official: { personId: randomUUID(), unitId: randomUUID(), name: call.official, phone: phone('029 512 1001') },
    }),
    ...(call.official &&
      call.isRecorded && {
        decision: { record: true, reason: 'drawn' as const },
        recording: recordingFacts({ id: recording, startedAt: startedAt.add({ seconds: 20 }), endedAt }),
      }),
  }
}

/** Replaces ids by their order, and times and request numbers by their kind, so that every other difference counts. */
function withoutIds(text: string): string {
  const ids: string[] = []
  return text
    .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, (id) => {
      if (!ids.includes(id)) ids.push(id)
      return `id${ids.indexOf(id)}`
    })
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'instant')
    .replace(/paula\.[0-9a-f]{8}/g, 'paula')
}

/** Returns the answers to all probes. */
async function answersTo(session: Session, reference: string, requestId: string, probes: readonly Probe[]) {
  const answers: Record<string, string> = {}
  async function request(item: string, method: string, path: string, json?: object) {
    const abort = new AbortController()
    const response = await desk.visitor.fetch(path, {
      method,
      ...(json && { json }),
      signal: abort.signal,
      headers: { cookie: `seloste=${session.token}`, range: 'bytes=0-99' },
    })
    const isStream = response.headers.get('content-type')?.startsWith('text/event-stream')
    const reader = isStream ? response.body?.getReader() : undefined
    const text = reader ? Buffer.from((await reader.read()).value ?? []).toString() : await response.text()
    abort.abort()
    answers[item] = `${response.status} ${withoutIds(text)}`
    return text
  }
  for (const [index, { contact, recording }] of probes.entries()) {
    for (const id of views) {
      const { url } = operations[id]
      const isOfCall = /^\/api\/(contacts|recordings)\/:id/.test(url)
      if (index > 0 && !isOfCall) continue
      const { method, path, json } = sampleRequest(id, {
        access: { purpose: 'INSPECTION', reference },
        parameters: {
          ...(url.startsWith('/api/contacts/') && { id: contact }),
          ...(url.startsWith('/api/recordings/') && { id: recording }),
          ...(url.startsWith('/api/requests/') && { id: requestId }),
        },
      })
      await request(`${id} ${index}`, method, path, json)
    }
  }
  for (const given of [...requested, own]) {
    const item = JSON.stringify(given)
    const text = await request(`name ${item}`, 'POST', `/api/requests/${requestId}/calls`, given)
    const { id: call } = JSON.parse(text) as { id: string }
    const path = `/api/requests/${requestId}/calls/${call}`
    await request(`narrow ${item}`, 'PUT', path, { ...given, minutes: 9 })
    await request(`read ${item}`, 'GET', `/api/requests/${requestId}`)
    await request(`list ${item}`, 'GET', '/api/requests')
    await request(`verify ${item}`, 'POST', `${path}/verification`, { isParty: false })
    await request(`give up ${item}`, 'POST', `${path}/unidentifiable`)
    await request(`withdraw ${item}`, 'DELETE', path)
  }
  return answers
}

/**
 * Returns everything that the desk's connection is shown under the clerk's session, from every table that it may read.
 */
async function shownTo(session: Session, reference: string): Promise<Record<string, string>> {
  const settings = { 'seloste.session': session.token, 'seloste.purpose': 'INSPECTION', 'seloste.reference': reference }
  return inSession(asDesk, settings, async (tx) => {
    const { rows: tables } = await sql<{ name: string; columns: string }>`
      select c.relname as name, string_agg(quote_ident(a.attname), ', ' order by a.attnum) as columns
      from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
      where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
        and has_column_privilege(c.oid, a.attnum, 'select') and c.relname not in ('session', 'listening')
        -- A node's heartbeat changes every two seconds, whatever calls there are.
        and (c.relname, a.attname) <> ('capture_node', 'alive_at')
      group by 1 order by 1`.execute(tx)
    const shown: Record<string, string> = {}
    for (const { name, columns } of tables) {
      const { rows } = await sql<{ all: string | null }>`
        select string_agg(x::text, E'\n' order by x::text) as all from (select ${sql.raw(columns)} from ${sql.table(name)}) x`.execute(
        tx,
      )
      shown[name] = rows[0]?.all ?? ''
    }
    return shown
  })
}

describe('other people’s calls', () => {
  test(
    'change nothing in the answers to a clerk, for any operation, nor in what the database shows directly',
    { timeout: 180_000 },
    async () => {
      const requestersCall = callFacts({
        caller: { kind: 'e164', key: phone('040 111 2222'), raw: '0401112222' },
        ...{ startedAt: at.subtract({ minutes: 58 }), endedAt: at.subtract({ minutes: 50 }) },
        answeredAt: at.subtract({ minutes: 57 }),
      })
      await admit(capture, requestersCall)
      const matched = (await admit(capture, callFacts())).contactId
      let seen = 0
      const seed = process.env['SELOSTE_LONG'] === '1' ? randomInt(2 ** 31) : 7
      const runs = process.env['SELOSTE_LONG'] === '1' ? 25 : 2
      for (const calls of fc.sample(fc.array(othersCall, { minLength: 3, maxLength: 6 }), { numRuns: runs, seed })) {
        const session = await (await clerk()).signIn()
        const request = await servedRequest(admin, { clerkId: session.personId, contacts: [matched] })
        const probes = calls.map(() => ({ contact: randomUUID(), recording: randomUUID() })).slice(0, 2)
        const send = async () => ({
          ...(await answersTo(session, request.number, request.id, probes)),
          ...(await shownTo(session, request.number)),
        })
        const before = await send()
        for (const [index, call] of calls.entries()) {
          const probe = probes[index] ?? { contact: randomUUID(), recording: randomUUID() }
          await admit(capture, callFacts(factsOf(call, probe)))
        }
        const after = await send()
        expect(after, `seed ${seed}`).toEqual(before)
        seen += Object.keys(before).length
        // Control: the requester's own call is found.
        expect(before[`name ${JSON.stringify(own)}`]).toContain('"state":"FOUND"')
        expect(before['readContact 0']).toMatch(/^404/)
      }
      expect(seen).toBeGreaterThan(runs * 100)
    },
  )

  test('cannot be recognised by timing', { timeout: 120_000 }, async () => {
    const user = await clerk()
    const session = await user.signIn()
    const { id, number } = await servedRequest(admin, { clerkId: user.id })
    // One day with four hundred calls of others at the described time, and one day without any.
    const [busyDay, quietDay] = [day.subtract({ days: 4 }), day.subtract({ days: 5 })]
    const busy = busyDay.toZonedDateTime({ timeZone: termZone, plainTime: '13:00' }).toInstant()
    const record = await register.record({ startedAt: busy, answeredAt: busy, endedAt: busy.add({ minutes: 5 }) })
    await ingestRecording(register.ingest, record.id, Temporal.Now.instant())
    await sql`
      insert into contact (id, started_at, ended_at, caller_kind, caller_key, number_called, number_kind)
      select gen_random_uuid(), ${busy}::timestamptz + n * interval '2 seconds', ${busy}::timestamptz + interval '1 hour', 'e164',
        '+35840' || (7000000 + n), '+35829497000', 'NATIONAL_SERVICE' from generate_series(1, 400) n`.execute(admin)
    await sql`analyze contact`.execute(admin)

    const settings = { 'seloste.session': session.token, 'seloste.purpose': 'INSPECTION', 'seloste.reference': number }
    /** Measures the duration of one statement, and rolls it back. */
    async function measureMs(statement: ReturnType<typeof sql>): Promise<number> {
      let took = 0
      await inSession(asDesk, settings, async (tx) => {
        const begun = performance.now()
        await statement.execute(tx).catch(() => undefined)
        took = performance.now() - begun
        throw new Error('rolled back')
      }).catch(() => undefined)
      return took
    }
    /** Enters the details of a call once, with their log entry; the search itself is repeated below. */
    const request = async (day: Temporal.PlainDate) => {
      const given = JSON.stringify({ ...report, day: day.toString(), callerNumber: '040 555 0000' })
      const { rows } = await inSession(asDesk, settings, (tx) =>
        sql<{ call: string }>`
          select call from request_call_search(${id}::uuid, null, ${given}::jsonb, ${phone('040 555 0000')}, null)`.execute(
          tx,
        ),
      )
      return rows[0]!.call
    }
    const [onBusyDay, onQuietDay] = [await request(busyDay), await request(quietDay)]
    const search = (call: string) => sql`select run_call_search(${id}::uuid, ${call}::uuid)`
    const contact = (which: string) => sql`select * from contact where id = ${which}::uuid`
    const recording = (which: string) => sql`select * from recording where id = ${which}::uuid`
    const forbid = (which: string) => sql`select * from forbid_use(${which}::uuid, 'CALLER', 'PHONE', ${number})`
    const pairs = {
      'a search at a time of others’ calls': [() => search(onBusyDay), () => search(onQuietDay)],
      'a call by its id': [() => contact(record.contactId), () => contact(randomUUID())],
      'a recording by its id': [() => recording(record.id), () => recording(randomUUID())],
      'a prohibition by its id': [() => forbid(record.id), () => forbid(randomUUID())],
    } as const
    async function lowerQuartiles(others: () => ReturnType<typeof sql>, nobodys: () => ReturnType<typeof sql>) {
      const durationsMs: [number[], number[]] = [[], []]
      for (let round = 0; round < 31; round++) {
        // Measures both in turns, each equally often first, so that other load of the machine affects both.
        for (const which of round % 2 === 0 ? [0, 1] : [1, 0]) {
          durationsMs[which]!.push(await measureMs(which === 0 ? others() : nobodys()))
        }
      }
      return durationsMs.map((list) => list.sort((a, b) => a - b)[7]!) as [number, number]
    }
    const areClose = ([of, none]: [number, number]) => Math.abs(of - none) < Math.max(3, 0.5 * none)
    for (const [item, [others, nobodys]] of Object.entries(pairs)) {
      // Repeats a measurement with a difference: a real one occurs every time, and one caused by load does not.
      let found = await lowerQuartiles(others, nobodys)
      for (let again = 0; again < 2 && !areClose(found); again++) found = await lowerQuartiles(others, nobodys)
      expect(areClose(found), `${item}: ${found[0]} ms and ${found[1]} ms`).toBe(true)
    }
  })
})
