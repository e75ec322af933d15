// Tests the switch maintenanceContent (C6) through versions that are drafted, approved and take effect, over the
// network: first emergencies only, then never.
import { setTimeout as wait } from 'node:timers/promises'
import { expect, test } from 'vitest'
import type { Purpose } from '#description/purposes.ts'
import type { Role } from '#description/roles.ts'
import { ingestRecording } from '#register/recordings/ingest-recording.ts'
import type { RegisterTables } from '#register/tables.ts'
import { decideRightRequest, requestRights } from '#safeguards/access/procedure.ts'
import { readVersions } from '#safeguards/versions/versions.ts'
import { breakGlassPeriods } from '#safeguards/watch/break-glass-periods.ts'
import { raiseAlarms } from '#safeguards/watch/raise-alarms.ts'
import { createTestDatabase } from '../database/create-test-database.ts'
import { inTime, newVersion } from '../database/drafts.ts'
import { enterTestPerson } from '../database/people.ts'
import { makeTestRegister } from '../register/make-register.ts'
import { answer, openTestDesk } from '../register/open-desk.ts'

const database = await createTestDatabase<RegisterTables>()
const register = await makeTestRegister(database)
const desk = await openTestDesk(database, register)
const admin = database.as().db
const deskDb = database.as('seloste_desk').db
const now = () => Temporal.Now.instant()

const enter = (name: string, role: Role, purposes: Purpose[] = []) =>
  enterTestPerson(admin, deskDb, {
    name,
    right: { role, purposes, scope: { kind: purposes.length > 0 ? 'all' : 'none', units: [], numbers: [] } },
  })
const matti = await enter('Matti', 'MAINTENANCE', ['MAINTENANCE'])
const tuula = await enter('Tuula', 'SECURITY', ['CRIME_OR_MISUSE'])
const people = {
  author: await (await enter('Anssi', 'ADMINISTRATOR')).signIn(),
  approver: await (await enter('Riitta', 'DECISION_MAKER')).signIn(),
}
const anneli = await (await enter('Anneli', 'ACCESS_APPROVER')).signIn()
const [maintenance, security] = [await desk.signIn(matti), await desk.signIn(tuula)]
const call = await register.record()
await ingestRecording(register.ingest, call.id, now())

/** Approves a version with another value of the switch, and waits until it is in force. */
async function switchTo(value: 'breakGlass' | 'denied'): Promise<void> {
  const edits = [{ path: ['switches', 'maintenanceContent'], value }]
  const { effectiveFrom } = await inTime(4, (instant) => newVersion(deskDb, people, instant, { edits }))
  await wait(effectiveFrom!.since(now()).total('milliseconds') + 300)
}

const access = { purpose: 'MAINTENANCE', reference: 'VIKA-7' }
const query = new URLSearchParams(access).toString()
const startListening = () => answer(maintenance.fetch(`/api/recordings/${call.id}/listenings`, { json: access }))
const tryEveryView = async () => {
  const listening = await startListening()
  return [
    await answer(maintenance.fetch(`/api/contacts?${query}`)),
    await answer(maintenance.fetch(`/api/contacts/${call.contactId}?${query}`)),
    await answer(maintenance.fetch(`/api/contacts/${call.contactId}/caller`, { json: access })),
    listening,
  ].map(({ status, code }) => code ?? status)
}
const alarms = async () => {
  const custodian = database.as('seloste_custodian').db
  await raiseAlarms(custodian, breakGlassPeriods(await readVersions(admin)), now())
  const { rows } = await database
    .as()
    .pool.query<{ kind: string; person_id: string; count: number }>(
      `select kind, person_id, count from alarm where kind = 'break-glass'`,
    )
  return rows
}
/** Counts the rows that row-level security shows to a session under the purpose, regardless of the program. */
async function countShown({ token }: { token: string }): Promise<number> {
  const client = await database.as('seloste_desk').pool.connect()
  try {
    await client.query('begin')
    await client.query(
      `select set_config('seloste.session', $1, true), set_config('seloste.purpose', 'MAINTENANCE', true),
         set_config('seloste.reference', 'VIKA-7', true)`,
      [token],
    )
    const { rows } = await client.query<{ n: number }>(
      `select (select count(*) from contact) + (select count(*) from segment) + (select count(*) from recording) as n`,
    )
    return Number(rows[0]!.n)
  } finally {
    await client.query('rollback')
    client.release()
  }
}

test(
  'breakGlass lets maintenance view, and each view raises the alarm, while denied lets it view nothing',
  { timeout: 60_000 },
  async () => {
    const session = await matti.signIn()
    expect(await tryEveryView()).toEqual([200, 200, 200, 201])
    expect(await alarms()).toEqual([])

    await switchTo('breakGlass')
    // A view before the version was in force is an ordinary one.
    expect(await alarms()).toEqual([])
    expect(await tryEveryView()).toEqual([200, 200, 200, 201])
    expect(await countShown(session)).toBe(3)
    expect(await alarms()).toEqual([{ kind: 'break-glass', person_id: matti.id, count: 4 }])
    expect((await answer(maintenance.fetch(`/api/contacts/${call.contactId}?${query}`))).status).toBe(200)
    expect(await alarms()).toMatchObject([{ count: 5 }])

    const listening = String((await startListening()).body['audio'])
    expect((await maintenance.fetch(listening, { headers: { range: 'bytes=0-99' } })).status).toBe(206)
    await switchTo('denied')
    // The listening that began before the switch ends too.
    expect((await maintenance.fetch(listening, { headers: { range: 'bytes=0-99' } })).status).toBe(403)
    expect(await tryEveryView()).toEqual(['deny.purpose', 'deny.purpose', 'deny.purpose', 'deny.purpose'])
    expect(await countShown(session)).toBe(0)
    const { rows: refused } = await database
      .as()
      .pool.query<{ action: string }>(
        `select action from audit_entry where person_id = $1 and result = 'refused:deny.purpose' order by action`,
        [matti.id],
      )
    expect(refused.map(({ action }) => action)).toEqual([
      'caller.revealed',
      'contact.read',
      'contacts.listed',
      'listening.started',
    ])
    // The alarm counts views made in the last moments of the emergency, and no refusals.
    expect(await alarms()).toMatchObject([{ count: 6 }])

    // The role cannot be granted, its right offers no purpose, and other roles view as before.
    expect((await answer(maintenance.fetch('/api/session'))).body).toMatchObject({
      rights: [{ role: 'MAINTENANCE', purposes: [] }],
    })
    const request = { people: [tuula.id], role: 'MAINTENANCE' as const, units: [], numbers: [], reason: 'Vika' }
    const until = now().add({ hours: 24 * 30 })
    expect(await requestRights(deskDb, people.author, { ...request, purposes: ['MAINTENANCE'], until })).toEqual({
      refused: 'right.purpose-unknown',
    })
    const withoutPurposes = await requestRights(deskDb, people.author, { ...request, purposes: [], until })
    if ('refused' in withoutPurposes) throw new Error(withoutPurposes.refused)
    expect(await decideRightRequest(deskDb, anneli, withoutPurposes.requests[0]!, { approve: true })).toHaveProperty(
      'right',
    )
    const securityView = await security.fetch(
      `/api/contacts/${call.contactId}?purpose=CRIME_OR_MISUSE&reference=TAPAUS-1`,
    )
    expect(securityView.status).toBe(200)
  },
)
