// R36-R41: what was within a right when it was looked at is no breach by what is entered afterwards.
import { expect, test } from 'vitest'
import type { RegisterTables } from '#register/tables.ts'
import { rightsScope } from '#use/evidence/rights-scope.ts'
import { createTestDatabase } from '../database/create-test-database.ts'
import { answer, beginListening } from '../register/open-desk.ts'
import { openActs } from '../requests/open-acts.ts'

const database = await createTestDatabase<RegisterTables>()
const { kept, custodian, as, people } = await openActs(database)
const today = Temporal.Now.plainDateISO('Europe/Helsinki')

async function outside() {
  const looking = { db: custodian, afresh: true, now: Temporal.Now.instant() } as never
  const found = await rightsScope.check(looking, undefined)
  return found === 'not-yet' ? found : found.facts.outside
}

test('an employment that begins anew after the one in which an official listened', async () => {
  const endedAt = Temporal.Now.instant().subtract({ hours: 24 * 9 })
  const startedAt = endedAt.subtract({ minutes: 5 })
  const call = await kept({ startedAt, answeredAt: startedAt.add({ minutes: 1 }), endedAt })
  const aino = await as('aino')
  const { audio } = await beginListening(aino, call.id)
  expect((await aino.fetch(audio, { headers: { range: 'bytes=0-99' } })).status).toBe(206)
  await database.as().pool.query(`set session_replication_role = replica;
    update listening set started_at = started_at - interval '8 days', ended_at = now() - interval '8 days';
    update audit_entry set at = at - interval '8 days' where action in ('listening.started', 'contact.read');
    set session_replication_role = default`)
  expect(await outside()).toBe(0)
  const asta = await as('asta')
  const employed = async (dates: string) => {
    const rows = `user_id;name;employed_from;employed_to\n${people.aino.userId};Aino;${dates}\n`
    const json = { tryOnly: false, content: Buffer.from(rows).toString('base64') }
    return (await answer(asta.fetch('/api/people/import', { json }))).status
  }
  expect(await employed(`2020-01-01;${today.subtract({ days: 3 }).toString()}`)).toBe(200)
  expect(await outside()).toBe(0)
  expect(await employed(`${today.toString()};`)).toBe(200)
  expect(await outside()).toBe(0)
})
