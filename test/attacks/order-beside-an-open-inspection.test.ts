// L37, C3: in the profile gdpr an inspection keeps a recording past its day until it has been heard. An order on such a
// recording is secret: what the clerk sees and may do is the same with and without it.
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { sweep } from '#destruction/retention/sweep.ts'
import type { RegisterTables } from '#register/tables.ts'
import { createTestDatabase } from '../database/create-test-database.ts'
import { callOfMonthsAgo } from '../register/make-register.ts'
import { openGdprServiceUnit } from '../requests/open-gdpr-service-unit.ts'

const database = await createTestDatabase<RegisterTables>()
const ends = await openGdprServiceUnit(database)
const { makeRecording, served, admin, custodian, people, setDay, ask, expunging } = ends
const now = () => Temporal.Now.instant()

test('an order beside an open inspection changes nothing that the clerk sees, past the day and after the order', async () => {
  await sql`update inspections_hold set held = true`.execute(admin)
  await sql`insert into webhook_target values ('crm', '{recording.destroyed}')`.execute(admin)
  const make = async (isOrdered: boolean) => {
    const recording = await makeRecording(callOfMonthsAgo(5))
    const contacts = [recording.contactId]
    const request = await served({ contacts, kinds: ['LISTEN'], receivedAt: now().subtract({ hours: 5 }) })
    if (isOrdered) {
      await sql`
        insert into preservation_order (contact_id, contact_started_at, covers, provision, authority, order_reference, reference, until, entered_by)
        select id, started_at, 'recordings', 'p', 'Poliisi', 'o', 'R/1', now() + interval '1 month', ${people.tuula.id}::uuid
        from contact where id = ${recording.contactId}::uuid`.execute(admin)
    }
    await setDay(recording.id, now().subtract({ hours: 2 }))
    return { recording, request }
  }
  const runCustodian = async () => {
    await sql`select settle_ends()`.execute(custodian)
    await sweep(expunging, now())
  }
  const clerkSees = async ({ recording, request }: Awaited<ReturnType<typeof make>>) => {
    const { body } = await ask('paula', 'GET', `/api/requests/${request.id}`)
    const access = { purpose: 'INSPECTION', reference: request.number }
    const { status, code } = await ask('paula', 'POST', `/api/recordings/${recording.id}/listenings`, access)
    const events = await sql`select from webhook_delivery where object_id = ${recording.id}::uuid`.execute(admin)
    const { next, firstEnd } = body as { next: string[]; firstEnd: string }
    return { next, hasEnd: firstEnd !== undefined, listening: [status, code], events: events.rows.length }
  }
  const [plain, ordered] = [await make(false), await make(true)]
  await runCustodian()
  const usual = await clerkSees(plain)
  expect(usual).toMatchObject({ listening: [201, undefined], events: 0 })
  expect(await clerkSees(ordered)).toEqual(usual)
  await sql`update preservation_order set ended_at = now() where ended_at is null`.execute(admin)
  await runCustodian()
  expect(await clerkSees(ordered)).toEqual(usual)
})
