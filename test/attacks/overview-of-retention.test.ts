// Promise: whoever oversees the register without a right to calls sees neither single calls nor preservation orders (R41, L37). The
// attack: read the overview of retention again and again.
import { setTimeout as wait } from 'node:timers/promises'
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import type { RegisterTables } from '#register/tables.ts'
import { createTestDatabase } from '../database/create-test-database.ts'
import { openOffices } from '../requests/open-offices.ts'

const database = await createTestDatabase<RegisterTables>()
const desk = await openOffices(database)
const { makeRecording, makeInspection, makeRecordingUntil, forbidByOfficial, admin, post, get, setDay } = desk
interface Overview {
  recordings: { held: number; restricted: number; dueToday: number; overdue: number; oldestDestroyAt?: string }
  history: { contacts: number; oldestEndsAt?: string }
  obstacles: { kind: string; count: number }[]
}
const overview = async () => (await get('asta', '/api/retention')).body as unknown as Overview
const inDays = (days: number) => Temporal.Now.instant().add({ hours: 24 * days })
const enterOrder = ({ contactId }: { contactId: string }) =>
  post('tuula', '/api/holds', {
    ...{ contactId, covers: 'recordings', provision: '806/2011 8:24', authority: 'Poliisi', orderReference: 'R/2' },
    ...{ until: inDays(30).toString(), reference: 'T-1' },
  })

test('counts are in fives and ends by day', async () => {
  const seen: Overview[] = [await overview()]
  for (let n = 0; n < 6; n++) {
    await makeRecording()
    seen.push(await overview())
  }
  const counts = seen.flatMap(({ recordings, history }) => [recordings.held, history.contacts])
  expect(counts.filter((count) => count % 5 !== 0)).toEqual([])
  expect(new Set(counts)).toEqual(new Set([0, 5]))
  const { recordings, history } = seen.at(-1)!
  for (const end of [recordings.oldestDestroyAt!, history.oldestEndsAt!]) {
    expect(Temporal.Instant.from(end).toZonedDateTimeISO('Europe/Helsinki').toPlainTime().toString()).toBe('00:00:00')
  }
})

test('at the end of a term the overview is the same whether an order keeps the recording or not', async () => {
  async function changesAtTerm(isHeld: boolean) {
    const recording = await makeRecordingUntil(3 / 3600)
    if (isHeld) expect(await enterOrder(recording)).toMatchObject({ status: 201 })
    const { recordings: before } = await overview()
    await wait(3500)
    const { recordings: after } = await overview()
    await setDay(recording.id, inDays(30))
    return (['held', 'restricted', 'dueToday', 'overdue'] as const).map((name) => after[name] - before[name])
  }
  expect(await changesAtTerm(true)).toEqual(await changesAtTerm(false))
})

test('an order does not change the count of prohibitions that wait', async () => {
  const recording = await makeRecording()
  await makeInspection([recording])
  expect((await forbidByOfficial(recording.id)).body['state']).toBe('waiting')
  await admin.transaction().execute(async (tx) => {
    await sql`set local session_replication_role = replica`.execute(tx)
    await sql`update prohibition set received_at = received_at - interval '2 minutes'`.execute(tx)
    await sql`update inspection set received_at = received_at - interval '5 minutes'`.execute(tx)
  })
  const waiting = async () => (await overview()).obstacles.filter(({ kind }) => kind === 'prohibition-waits')
  const before = await waiting()
  expect(before).toMatchObject([{ count: 1 }])
  expect(await enterOrder(recording)).toMatchObject({ status: 201 })
  expect(await waiting()).toEqual(before)
})
