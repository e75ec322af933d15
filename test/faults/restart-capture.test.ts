/** Restarts a capture during calls: what its clients notice, and what the register has of the calls. */
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { RegisterTables } from '#register/tables.ts'
import { createTestDatabase } from '../database/create-test-database.ts'
import { startPacer } from '../simulator/pacer.ts'
import { numbersCalled, officialByKey } from '../simulator/people.ts'
import { placeCall } from '../simulator/place-call.ts'
import type { SentCall } from '../simulator/sent-call.ts'
import { eventually } from '../whole/api.ts'
import { runCaptureOn, type CaptureWithCuttableDatabase } from './run-capture.ts'

const database = await createTestDatabase<RegisterTables>()
const { pool } = database.as()
let root = ''
let capture: CaptureWithCuttableDatabase | undefined

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'seloste-restart-'))
  for (const name of ['data', 'objects']) await mkdir(join(root, name), { mode: 0o700 })
})
afterEach(async () => {
  await capture?.stop()
  capture = undefined
  await rm(root, { recursive: true, force: true, maxRetries: 5 })
})

const start = (ports?: CaptureWithCuttableDatabase['ports']) =>
  runCaptureOn(database, { data: join(root, 'data'), objects: join(root, 'objects') }, {}, ports)

let seed = 700
function call(number: string, signal: AbortSignal): Promise<SentCall> {
  seed++
  return placeCall({
    ...{ seed, caller: `+358401290${seed}`, number, official: officialByKey('aino'), seconds: 60 },
    ...{ server: capture!.sip, pacer: startPacer(), record: 'hash', signal },
  })
}

interface Row {
  contact: string
  inferred: boolean
  ended: boolean
  state: string | null
  received: number | null
  lost: number | null
}

async function readSegments(number: string): Promise<Row[]> {
  const { rows } = await pool.query<Row>(
    `select s.contact_id as contact, 'end-inferred' = any(s.marks) as inferred, s.ended_at is not null as ended,
            r.state, r.packets_received::int as received, r.packets_lost::int as lost
     from segment s left join recording r on r.segment_id = s.id
     where s.number_reached = $1 order by s.contact_id, s.answered_at`,
    [number],
  )
  return rows
}

const listSessionFiles = () => readdir(join(root, 'data/capture/sessions'))

test('calls continue by themselves after a restart, each in one more segment, unnoticed by clients, and no files are left behind', async () => {
  capture = await start()
  const hangUp = new AbortController()
  const number = numbersCalled.testLine
  const placed = [1, 2, 3].map(() => call(number, hangUp.signal))
  await eventually(async () => ((await listSessionFiles()).length === 3 ? true : undefined), 'three saved sessions')
  await wait(1_000)
  const { ports } = capture
  await capture.stop()
  capture = await start(ports)
  await eventually(async () => ((await readSegments(number)).length === 6 ? true : undefined), 'three continued calls')
  await wait(1_000)
  hangUp.abort()
  for (const { sessions } of await Promise.all(placed)) expect(sessions[0]?.endedBy).toBe('us')
  const found = await eventually(async () => {
    const rows = await readSegments(number)
    return rows.every(({ state }) => state === 'STORED') ? rows : undefined
  }, 'every recording stored')
  for (let at = 0; at < 6; at += 2) {
    const [before, after] = found.slice(at, at + 2)
    expect(after?.contact).toBe(before?.contact)
    expect([before?.inferred, after?.inferred]).toEqual([true, false])
    // More than a second of two streams with 50 packets a second each.
    expect(after?.received).toBeGreaterThan(80)
    expect(after?.lost).toBe(0)
  }
  await expect.poll(listSessionFiles).toEqual([])
})

test('a second capture on the same spool refuses to start and names the first, which continues its calls', async () => {
  capture = await start()
  const hangUp = new AbortController()
  const number = numbersCalled.northern
  const going = call(number, hangUp.signal)
  await eventually(async () => ((await readSegments(number)).length === 1 ? true : undefined), 'a call in progress')
  await expect(start()).rejects.toThrow(
    new RegExp(`Another capture, with process id ${process.pid}, records into .*: stop that one first`),
  )
  hangUp.abort()
  expect((await going).sessions[0]?.endedBy).toBe('us')
  const [only, ...more] = await readSegments(number)
  expect(more).toEqual([])
  expect(only?.inferred).toBe(false)
})
