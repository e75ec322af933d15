// L37: neither the ledger's page nor the log reveals, by a key's name or a missing proof, that a preservation order
// kept a recording past its term.
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { ingestRecording } from '#register/recordings/ingest-recording.ts'
import type { RegisterTables } from '#register/tables.ts'
import { createTestDatabase } from '../database/create-test-database.ts'
import { openTestLedger } from '../audit/open-ledger.ts'
import { openDestructionDesk } from '../ends/open-destruction-desk.ts'
import { callOfMonthsAgo } from '../register/make-register.ts'

const database = await createTestDatabase<RegisterTables>()
const ends = await openDestructionDesk(database)
const ledger = await openTestLedger(database)

test('a key, or an entry without a proof, reveals no order to unauthorised people', async () => {
  const { aino } = ends.people
  const official = { personId: aino.id, unitId: aino.unitId, name: 'Aino', phone: '0295121001' }
  const stored = await ends.register.record({ official, ...callOfMonthsAgo(8) } as never)
  const until = Temporal.Now.instant()
    .add({ hours: 24 * 30 })
    .toString()
  const { status, body } = await ends.post('tuula', '/api/holds', {
    ...{ contactId: stored.contactId, covers: 'both', provision: '806/2011 8:24', authority: 'Poliisi' },
    ...{ orderReference: 'R/1/27', until, reference: 'TURVA-1' },
  })
  expect(status).toBe(201)
  await ingestRecording(ends.register.ingest, stored.id, Temporal.Now.instant())
  expect((await ends.post('riitta', `/api/holds/${body['id'] as string}/end`, { note: 'Peruttu' })).status).toBe(204)
  await ends.startCustodian()
  expect(await ends.until(stored.id, 'DESTROYED')).toMatchObject({ cause: 'hold-end' })
  await ledger.seal()

  const monthKeysIn = (answer: object) => JSON.stringify(answer).match(/month-\d{4}-\d\d/g) ?? []
  for (const user of ['dora', 'asta', 'matti'] as const) {
    const { body: shown } = await ends.get(user, '/api/retention/ledger?limit=200')
    expect.soft(monthKeysIn(shown), user).toEqual([])
  }
  expect(monthKeysIn((await ends.get('riitta', '/api/retention/ledger?limit=200')).body)).not.toEqual([])

  const log = (await ends.get('dora', '/api/log?limit=200')).body as unknown as {
    items: { seq: number; action: string }[]
  }
  expect(monthKeysIn(log)).toEqual([])
  const { rows: keys } = await sql<{ seq: string }>`
    select seq from audit_entry where action = 'key.destroyed' and detail ->> 'name' like 'month-%'`.execute(ends.admin)
  expect(keys.length).toBeGreaterThan(0)
  const entries = log.items.filter(({ action }) => action === 'recording.destroyed' || action === 'key.destroyed')
  for (const { seq } of entries) {
    const { body: entry } = await ends.get('dora', `/api/log/entries/${seq}`)
    expect.soft(monthKeysIn(entry), `${seq}`).toEqual([])
  }
  // A recording kept by an order gets the same answer as one that ended at its term.
  const { rows: ended } = await sql<{ seq: string }>`
    insert into audit_entry (action, object_kind, object_id, result, detail)
    select 'recording.destroyed', 'recording', gen_random_uuid(), 'ok', jsonb_build_object('cause', cause)
    from unnest(array['retention', 'hold-end']) cause returning seq`.execute(ends.admin)
  const answers = await Promise.all(ended.map(({ seq }) => ends.get('dora', `/api/log/entries/${seq}`)))
  expect(answers[1]!.status).toBe(answers[0]!.status)
}, 120_000)
