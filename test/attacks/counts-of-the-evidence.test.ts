// L37: the counts of the evidence agree with each other while an order keeps a recording past its day.
import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import type { RegisterTables } from '#register/tables.ts'
import { readShownProofs } from '#use/evidence/read-proofs.ts'
import { sweep } from '#destruction/retention/sweep.ts'
import { createTestDatabase } from '../database/create-test-database.ts'
import { makeDestroyer } from '../register/destroy-recordings.ts'
import { makeTestPromises } from '../register/make-test-promises.ts'
import { ingestRecording } from '#register/recordings/ingest-recording.ts'
import { callOfMonthsAgo } from '../register/make-register.ts'

const database = await createTestDatabase<RegisterTables>()
const { check, tamper, register, decide, matti } = await makeTestPromises(database)
const { pool } = database.as()

/** Returns how many more recordings, and drawn calls, `recording.as-drawn` counts than other promises. */
async function differences() {
  expect((await check()).broken).toEqual([])
  const { rows } = await pool.query<{ promise: string; facts: Record<string, number> }>(
    'select promise, facts from proof',
  )
  const facts = (promise: string) => rows.find((proof) => proof.promise === promise)!.facts
  const { recordings } = facts('history.complete')
  const { toldRecorded, toldDestroyed } = facts('history.tells-recorded')
  const { recorded, drawn } = facts('recording.as-drawn')
  return {
    recorded: recorded! - recordings!,
    told: recorded! - toldRecorded! - toldDestroyed!,
    drawn: drawn! - recorded!,
  }
}

test('a recording that an order keeps past its day does not show in the counts', async () => {
  const before = await differences()
  expect(before).toMatchObject({ recorded: 0, told: 0 })
  const facts = decide(true, callOfMonthsAgo(6))
  const kept = await register.record(facts, { months: 6 })
  await ingestRecording(register.ingest, kept.id, Temporal.Now.instant())
  const order = randomUUID()
  await tamper(
    `insert into preservation_order (id, contact_id, contact_started_at, covers, provision, authority, order_reference, reference, from_at, until, entered_by)
     select '${order}', c.id, c.started_at, 'both', '8:24', 'Poliisi', 'M-1', 'R-1', now() - interval '2 days', now() + interval '80 days', '${matti.id}'
     from contact c where c.id = '${kept.contactId}'`,
  )
  await pool.query(
    `insert into audit_entry (action, result, object_kind, object_id, detail, at) values ('hold.entered', 'ok', 'hold', $1, jsonb_build_object('until', (select until from preservation_order where id = $1)), now() - interval '2 days')`,
    [order],
  )
  await sweep(makeDestroyer(database, register).expunging, Temporal.Now.instant())
  expect(await differences()).toEqual(before)
})

test('people see counts of calls and acts in steps of five, ends by their day, and not how many prohibitions wait', async () => {
  await check()
  const proofs = await readShownProofs(database.as().db, Temporal.Now.instant(), 'any')
  const facts = (promise: string) => proofs.find((proof) => proof.promise === promise)!.facts
  const counts = [
    ...Object.values({ ...facts('recording.as-drawn'), verifiedAt: 0, example: 0 }),
    ...['history.complete', 'recordings.stay', 'rights.maintenance-security', 'log.whole', 'rights.scope'].flatMap(
      (promise) => Object.values(facts(promise)),
    ),
  ]
  expect(counts.filter((count) => typeof count === 'number' && count % 5 !== 0)).toEqual([])
  expect(facts('prohibitions.obeyed')).not.toHaveProperty('waiting')
  expect(facts('prohibitions.obeyed')).not.toHaveProperty('carriedOut')
  for (const end of [facts('recordings.ceiling')['oldestExpiresAt'], facts('history.term')['oldestEndsAt']]) {
    const at = Temporal.Instant.from(String(end)).toZonedDateTimeISO('Europe/Helsinki')
    expect(at).toEqual(at.startOfDay())
  }
})
