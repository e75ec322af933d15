import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, expect, test } from 'vitest'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { inTime, newVersion } from '#test/database/drafts.ts'
import { enterTestPerson } from '#test/database/people.ts'
import { makeDestroyer } from '#test/register/destroy-recordings.ts'
import { callOfMonthsAgo, makeTestRegister } from '#test/register/make-register.ts'
import { sweep } from '#destruction/retention/sweep.ts'
import { systemClock } from '#platform/clock/clock.ts'
import { makeLog } from '#platform/log/log.ts'
import { ingestRecording } from '#register/recordings/ingest-recording.ts'
import type { RegisterTables } from '#register/tables.ts'
import { followVersions } from '../../roles/follow-versions.ts'
import { applyVersion } from './apply-version.ts'

const database = await createTestDatabase<RegisterTables>()
const register = await makeTestRegister(database)
const admin = database.as().db
const desk = database.as('seloste_desk').db
const { db, pool } = database.as('seloste_custodian')
const now = () => Temporal.Now.instant()

const nothing = { kind: 'none' as const, units: [], numbers: [] }
const enter = async (name: string, role: 'ADMINISTRATOR' | 'DECISION_MAKER') =>
  (await enterTestPerson(admin, desk, { name, right: { role, purposes: [], scope: nothing } })).signIn()
const people = { author: await enter('Anssi', 'ADMINISTRATOR'), approver: await enter('Riitta', 'DECISION_MAKER') }

const faults: unknown[] = []
const versions = await followVersions({
  db,
  databaseUrl: database.url('seloste_custodian'),
  onFault: (fault) => faults.push(fault),
})
const log: string[] = []
const applyingVersion = applyVersion({
  pool,
  db,
  versions,
  clock: systemClock,
  log: makeLog({ name: 'custodian', write: (line) => log.push(line), pretty: false }),
  onShortened: async () => {
    await sweep(makeDestroyer(database, register).expunging, now())
  },
  intervalMs: 100,
})
afterAll(async () => {
  await applyingVersion.stop()
  await versions.stop()
})

const stateOf = async (id: string) =>
  admin.selectFrom('recording').select(['state', 'recording_months']).where('id', '=', id).executeTakeFirst()
const actions = async () =>
  (await admin.selectFrom('audit_entry').select('action').orderBy('seq').execute()).map(({ action }) => action)
async function until(holds: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 300; tries++) {
    if (await holds()) return
    await wait(50)
  }
  throw new Error(`not within 15 s; the log: ${log.join('\n')} ${faults.map(String).join('\n')}`)
}

test('a version with a shorter term destroys recordings past that term when it comes into force, and not before', async () => {
  const [old, young] = await Promise.all(
    [4, 1].map(async (months) => {
      const { id } = await register.record(callOfMonthsAgo(months))
      await ingestRecording(register.ingest, id, now())
      return id
    }),
  )
  await until(async () => (await actions()).includes('description.took-effect'))

  const edits = [{ path: ['recordingPlan', 'rules', 0, 'recordingMonths'], value: 3 }]
  const draft = await inTime(6, (instant) => newVersion(desk, people, instant, { edits }))
  const effectiveFrom = draft.effectiveFrom!
  await until(() => Promise.resolve(versions.all.length === 2))
  while (Temporal.Instant.compare(now().add({ milliseconds: 300 }), effectiveFrom) < 0) {
    expect(await stateOf(old!)).toEqual({ state: 'STORED', recording_months: 6 })
    await wait(100)
  }
  await until(async () => (await stateOf(old!))?.state === 'DESTROYED')
  expect(Temporal.Instant.compare(now(), effectiveFrom)).toBe(1)
  expect(await stateOf(young!)).toEqual({ state: 'STORED', recording_months: 3 })
  const log = (await actions()).filter((action) => /took-effect|terms|recording.destroyed/.test(action))
  expect(log).toEqual(['description.took-effect', 'description.took-effect', 'terms.shortened', 'recording.destroyed'])
  expect(faults).toEqual([])
})
