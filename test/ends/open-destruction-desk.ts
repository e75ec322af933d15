/**
 * Opens a desk, and a custodian that destroys recordings as in its own process: people of every role, ingested
 * recordings, browsers, and a clock that can be shifted. All parts are real.
 */
import { sql } from 'kysely'
import { afterAll, expect } from 'vitest'
import { startDestructions } from '#app/custodian/jobs/destructions.ts'
import { followVersions } from '#app/roles/follow-versions.ts'
import type { Purpose } from '#description/purposes.ts'
import type { Duty, Role } from '#description/roles.ts'
import { systemClock } from '#platform/clock/clock.ts'
import { makeLog } from '#platform/log/log.ts'
import type { SegmentFacts } from '#register/admit.ts'
import type { ExpunctionContext } from '#register/expunge.ts'
import { ingestRecording } from '#register/recordings/ingest-recording.ts'
import type { RegisterTables } from '#register/tables.ts'
import { withoutCopies } from '#safeguards/places/copies.ts'
import type { TestDatabase } from '../database/create-test-database.ts'
import { enterTestPerson, phone, type TestPerson } from '../database/people.ts'
import { callOfMonthsAgo, makeTestRegister, type RecordedCall } from '../register/make-register.ts'
import { answer, openTestDesk, type Browser } from '../register/open-desk.ts'
import { servedRequest, type RequestToServe, type ServedRequest } from '../requests/served-request.ts'

const all = { kind: 'all' as const, units: [], numbers: [] }
const none = { kind: 'none' as const, units: [], numbers: [] }
const own = { kind: 'own' as const, units: [], numbers: [] }

/** Call it at the top of a test file. */
export async function openDestructionDesk(
  database: TestDatabase<RegisterTables>,
  given: Parameters<typeof openTestDesk>[2] = {},
) {
  const register = await makeTestRegister(database)
  const desk = await openTestDesk(database, register, given)
  const { db: admin } = database.as()
  const { db: custodian, pool } = database.as('seloste_custodian')
  const log: string[] = []
  const versions = await followVersions({ db: custodian, databaseUrl: database.url('seloste_custodian'), onFault })
  const expunging: ExpunctionContext = {
    db: custodian,
    objects: register.objects,
    keys: register.keys,
    copies: withoutCopies,
    workFolder: register.ingest.workFolder,
  }
  let running: { stop: () => Promise<void> } | undefined
  async function startCustodian(onClockConfirmed = () => Promise.resolve()) {
    running = await startDestructions({
      ...{ expunging, pool, versions },
      databaseUrl: database.url('seloste_custodian'),
      clock: systemClock,
      log: makeLog({ name: 'custodian', write: (line) => log.push(line), pretty: false }),
      onClockConfirmed,
    })
  }
  async function stopCustodian() {
    await running?.stop()
    running = undefined
  }
  afterAll(async () => {
    await stopCustodian()
    await versions.stop()
  })

  const enter = (
    name: string,
    role: Role,
    purposes: Purpose[],
    scope: typeof all | typeof none | typeof own,
    duty?: Duty,
  ) =>
    enterTestPerson(admin, database.as('seloste_desk').db, {
      name,
      right: { role, purposes, scope, ...(duty && { duty }) },
    })
  const people = {
    aino: await enter('Aino', 'OFFICIAL', ['DEVELOPMENT'], own),
    bertil: await enter('Bertil', 'OFFICIAL', ['DEVELOPMENT'], own),
    paula: await enter('Paula', 'SERVICE_UNIT', ['INSPECTION'], all),
    tuula: await enter('Tuula', 'SECURITY', ['CRIME_OR_MISUSE'], all),
    riitta: await enter('Riitta', 'DECISION_MAKER', [], none),
    matti: await enter('Matti', 'MAINTENANCE', ['MAINTENANCE'], all),
    asta: await enter('Asta', 'ADMINISTRATOR', [], none),
    dora: await enter('Dora', 'DATA_PROTECTION_OFFICER', [], none),
  } satisfies Record<string, TestPerson>

  const browsers = new Map<string, Promise<Browser>>()
  function as(name: keyof typeof people): Promise<Browser> {
    const known = browsers.get(name)
    if (known) return known
    const opened = desk.signIn(people[name])
    browsers.set(name, opened)
    return opened
  }

  /** Makes an ingested recording of a call that Aino answered. */
  async function makeRecording(given: Partial<SegmentFacts> = {}, call?: RecordedCall) {
    const recording = await register.record(
      {
        official: { personId: people.aino.id, unitId: people.aino.unitId, name: 'Aino', phone: phone('029 512 1001') },
        ...given,
      },
      call,
    )
    await ingestRecording(register.ingest, recording.id, systemClock.now())
    return recording
  }

  const post = async (name: keyof typeof people, path: string, json: object) =>
    answer((await as(name)).fetch(path, { json }))
  const get = async (name: keyof typeof people, path: string) => answer((await as(name)).fetch(path))

  const forbid = (name: keyof typeof people, id: string, body: object) =>
    post(name, `/api/recordings/${id}/prohibitions`, body)
  const forbidByOfficial = (id: string) => forbid('aino', id, { party: 'OFFICIAL', channel: 'OWN_CALLS' })
  /** Enters a request about the calls of one or several recordings, served by Paula. */
  const serve = (contacts: readonly string[], given: Omit<RequestToServe, 'clerkId' | 'contacts'> = {}) =>
    servedRequest(admin, { clerkId: people.paula.id, contacts, ...given })
  const requests = new Map<string, Promise<ServedRequest>>()
  /** Forbids the use of a recording for its caller, at the Service Unit, always under the same request. */
  async function forbidByCaller(id: string) {
    const row = await admin.selectFrom('recording').select('contact_id').where('id', '=', id).executeTakeFirstOrThrow()
    const request = requests.get(id) ?? serve([row.contact_id], { kinds: ['PROHIBIT'] })
    requests.set(id, request)
    return forbid('paula', id, { party: 'CALLER', channel: 'PHONE', reference: (await request).number })
  }
  async function closeInspection(id: string | null | undefined, method: 'heard' | 'no-show') {
    await sql`select end_inspection(i, ${people.paula.id}, ${method}) from inspection i where id = ${id ?? null}`.execute(
      admin,
    )
  }

  async function stateOf(id: string) {
    return admin
      .selectFrom('recording')
      .select(['state', 'cause', 'destroyed_at', 'destroy_at'])
      .where('id', '=', id)
      .executeTakeFirstOrThrow()
  }
  async function until(id: string, state: string, withinMs = 15_000) {
    await expect.poll(async () => (await stateOf(id)).state, { timeout: withinMs, interval: 50 }).toBe(state)
    return stateOf(id)
  }

  /** Sets a recording's destruction day, bypassing every guard: not before its minimum, two months after the call. */
  async function setDay(id: string, at: Temporal.Instant) {
    await admin.transaction().execute(async (tx) => {
      await sql`set local session_replication_role = replica`.execute(tx)
      await tx.updateTable('recording').set({ destroy_at: at }).where('id', '=', id).execute()
    })
  }
  /**
   * Makes an ingested recording whose destruction day is in this many hours, or was this many hours ago if negative.
   */
  async function makeRecordingUntil(hours: number, monthsAgo = 5) {
    const recording = await makeRecording(callOfMonthsAgo(monthsAgo))
    await setDay(recording.id, systemClock.now().add({ seconds: Math.round(hours * 3600) }))
    return recording
  }
  async function shiftMark(interval: string) {
    await sql`update clock_mark set at = now() + ${interval}::interval`.execute(admin)
  }

  return {
    ...{ register, desk, admin, custodian, pool, expunging, log, people, versions },
    ...{
      startCustodian,
      stopCustodian,
      as,
      makeRecording,
      post,
      get,
      forbid,
      forbidByOfficial,
      forbidByCaller,
      serve,
      closeInspection,
      stateOf,
      until,
      setDay,
      makeRecordingUntil,
      shiftMark,
    },
  }

  function onFault(error: unknown) {
    log.push(String(error))
  }
}
