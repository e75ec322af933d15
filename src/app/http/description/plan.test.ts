import { randomUUID } from 'node:crypto'
import { beforeAll, describe, expect, test } from 'vitest'
import { decideRecording } from '#description/decide-recording.ts'
import { hashCallId } from '#description/draw.ts'
import type { PhoneNumberKey } from '#description/phone-numbers/phone-number.ts'
import { admit, type SegmentFacts } from '#register/admit.ts'
import type { RegisterTables } from '#register/tables.ts'
import { readVersions } from '#safeguards/versions/versions.ts'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { callFacts, enterTestPerson, phone, recordingOf, type TestPerson } from '#test/database/people.ts'
import { makeTestRegister } from '#test/register/make-register.ts'
import { answer, openTestDesk, type Browser } from '#test/register/open-desk.ts'
import type { RecordingPlan, Shares } from '../contract/plan.ts'

const database = await createTestDatabase<RegisterTables>()
const desk = await openTestDesk(database, await makeTestRegister(database))
const [admin, capture] = [database.as().db, database.as('seloste_capture').db]
const [version] = await readVersions(admin)
const [national, regional, switchboard] = [phone('029 497 000'), phone('029 497 010'), phone('029 512 000')]
const callCount = 1000
/** Calls entered at the same time. */
const batchSize = 4

const enter = (name: string, unit: string, right: NonNullable<Parameters<typeof enterTestPerson>[2]['right']>) =>
  enterTestPerson(admin, database.as('seloste_desk').db, { name, unit, right })
const official = (name: string, unit: string) =>
  enter(name, unit, { role: 'OFFICIAL', purposes: ['DEVELOPMENT'], scope: { kind: 'own', units: [], numbers: [] } })
const aino = await official('Aino Virtanen', 'Oulu')
const bertil = await official('Bertil Lindqvist', 'Vasa')
const sari = await enter('Sari Niemi', 'Oulu', { role: 'SUPERVISOR', purposes: ['DEVELOPMENT'], scope: 'their unit' })
const eero = await enter('Eero', 'Laatu', {
  role: 'EXPERT',
  duty: 'QUALITY',
  purposes: ['QUALITY'],
  scope: { kind: 'numbers', units: [], numbers: [regional] },
})
const matti = await enter('Matti', 'Tekniikka', {
  role: 'MAINTENANCE',
  purposes: ['MAINTENANCE'],
  scope: { kind: 'all', units: [], numbers: [] },
})

const drawnOf = new Map<TestPerson, number>()
let drawn = 0

/** Enters a call as capture does, under the seed's plan. */
async function enterCall(index: number, number: PhoneNumberKey, answerer: TestPerson): Promise<SegmentFacts> {
  const callIds = [`sipCallId:${randomUUID()}`]
  const answeredAt = Temporal.Now.instant().subtract({ minutes: 30 + index })
  const { recordingMonths, ...decision } = decideRecording({
    version: version!,
    drawKey: Buffer.alloc(32, 7),
    // The same calls in every run, because random ones would not always give between 7 and 13 in a hundred.
    drawnOn: hashCallId(`call ${index}`),
    numberReached: number,
    answeredAt,
    viaSwitchboard: false,
    quotaUsed: () => 0,
  })
  const endedAt = answeredAt.add({ minutes: 3 })
  const facts = callFacts({
    callIds,
    startedAt: answeredAt.subtract({ seconds: 20 }),
    answeredAt,
    endedAt,
    numberCalled: { key: number, kind: number === switchboard ? 'SWITCHBOARD' : 'NATIONAL_SERVICE' },
    numberReached: { key: number },
    official: { personId: answerer.id, unitId: answerer.unitId, name: nameOf(answerer), phone: phone('029 512 1001') },
    decision,
    ...(recordingMonths !== undefined && {
      recording: recordingOf({ startedAt: answeredAt, answeredAt, endedAt }, { months: recordingMonths }),
    }),
  })
  await admit(capture, facts)
  if (decision.record) drawn += 1
  if (decision.record) drawnOf.set(answerer, (drawnOf.get(answerer) ?? 0) + 1)
  return facts
}
const nameOf = (person: TestPerson) => (person === aino ? 'Aino Virtanen' : 'Bertil Lindqvist')

let browsers: Record<'aino' | 'sari' | 'eero' | 'matti', Browser>
beforeAll(async () => {
  for (let index = 0; index < callCount; index += batchSize) {
    const batch = Array.from({ length: batchSize }, (_, n) => index + n)
    await Promise.all(
      batch.map((call) => enterCall(call, call % 4 === 0 ? regional : national, call % 2 === 0 ? aino : bertil)),
    )
  }
  await enterCall(callCount, switchboard, aino)
  const [a, s, e, m] = await Promise.all([aino, sari, eero, matti].map((person) => desk.signIn(person)))
  browsers = { aino: a!, sari: s!, eero: e!, matti: m! }
}, 120_000)

const lastTwoDays = () =>
  `from=${Temporal.Now.instant().subtract({ hours: 48 }).toString()}&to=${Temporal.Now.instant().toString()}`

async function sharesFor(browser: Browser, purpose: string, more = lastTwoDays()): Promise<Shares> {
  const response = await browser.fetch(`/api/shares?purpose=${purpose}&${more}`)
  expect(response.status).toBe(200)
  return (await response.json()) as Shares
}

describe('shares', () => {
  test('of 1,000 calls under a rule of 10 %, 7 to 13 % are recorded, reported by number and by official (R15, AC2)', async () => {
    const shares = await sharesFor(browsers.matti, 'MAINTENANCE&reference=F-1')
    expect(drawn).toBeGreaterThan(70)
    expect(drawn).toBeLessThan(130)
    for (const parts of [shares.byNumber, shares.byOfficial]) {
      expect(parts.reduce((sum, { recorded }) => sum + recorded, 0)).toBe(drawn)
      expect(parts.reduce((sum, { answered }) => sum + answered, 0)).toBe(callCount)
    }
    expect(shares.byNumber.map(({ number, answered }) => [number, answered])).toEqual([
      [national, 750],
      [regional, 250],
    ])
    expect(shares.byNumber[0]).toMatchObject({
      display: '029 497 000',
      name: { sv: 'Servicenumret för personbeskattning' },
    })
    expect(shares.byNumber[0]?.expected).toBeCloseTo(75)
    const ofAino = shares.byOfficial.find(({ personId }) => personId === aino.id)
    expect(ofAino).toMatchObject({ name: 'Aino Virtanen', unit: 'Oulu', answered: 500, drawn: drawnOf.get(aino) })
  })

  test('cover only calls that the purpose shows to the reader: own calls, a unit’s, a number’s', async () => {
    const officials = ({ byOfficial }: Shares) => byOfficial.map(({ personId }) => personId)
    expect(officials(await sharesFor(browsers.aino, 'DEVELOPMENT'))).toEqual([aino.id])
    expect(officials(await sharesFor(browsers.sari, 'DEVELOPMENT'))).toEqual([aino.id])
    const eeros = await sharesFor(browsers.eero, 'QUALITY')
    expect(eeros.byNumber.map(({ number, answered }) => [number, answered])).toEqual([[regional, 250]])
  })

  test('show a recording of a call that was not drawn', async () => {
    const before = await sharesFor(browsers.aino, 'DEVELOPMENT')
    const extra = await enterCall(callCount + 1, switchboard, aino)
    await admit(capture, { ...extra, recording: recordingOf(extra) })
    const after = await sharesFor(browsers.aino, 'DEVELOPMENT')
    expect(before.byNumber.some(({ number }) => number === switchboard)).toBe(false)
    expect(after.byNumber.find(({ number }) => number === switchboard)).toMatchObject({ drawn: 0, recorded: 1 })
  })

  test('list officials by name, and cover whole days, so that nobody is ranked by them (R6)', async () => {
    await enterCall(callCount + 2, national, bertil)
    const now = Temporal.Now.zonedDateTimeISO('Europe/Helsinki')
    const whole = await sharesFor(browsers.matti, 'MAINTENANCE&reference=F-1')
    expect(whole.byOfficial.map(({ name }) => name)).toEqual(['Aino Virtanen', 'Bertil Lindqvist'])
    const moment = `from=${now.subtract({ seconds: 1 }).toInstant().toString()}&to=${now.toInstant().toString()}`
    const [first, next] = [now.subtract({ seconds: 1 }).startOfDay(), now.startOfDay().add({ days: 1 })]
    expect(await sharesFor(browsers.sari, 'DEVELOPMENT', moment)).toMatchObject({
      from: first.toInstant().toString(),
      to: next.toInstant().toString(),
    })
  })

  test('cover the requested time', async () => {
    const now = Temporal.Now.instant().subtract({ hours: 24 * 7 })
    const times = (from: number, to: number) =>
      `from=${now.subtract({ minutes: from }).toString()}&to=${now.subtract({ minutes: to }).toString()}`
    expect((await sharesFor(browsers.sari, 'DEVELOPMENT', times(29, 0))).byNumber).toEqual([])
    const wrong = await answer(browsers.sari.fetch(`/api/shares?purpose=DEVELOPMENT&${times(0, 29)}`))
    expect(wrong).toMatchObject({ status: 400, code: 'input.invalid' })
    expect(wrong.body.error).toMatchObject({ field: 'to' })
  })

  test('need a purpose held by their reader, and are logged', async () => {
    const allowed = await answer(browsers.aino.fetch(`/api/shares?purpose=QUALITY&${lastTwoDays()}`))
    expect(allowed).toMatchObject({ status: 200 })
    const other = await answer(browsers.aino.fetch(`/api/shares?purpose=CRIME_OR_MISUSE&reference=1&${lastTwoDays()}`))
    expect(other).toMatchObject({ status: 403, code: 'deny.purpose' })
    const entries = await admin
      .selectFrom('audit_entry')
      .select(['result', 'purpose', 'detail'])
      .where('action', '=', 'shares.read')
      .where('person_id', '=', aino.id)
      .orderBy('seq', 'desc')
      .limit(2)
      .execute()
    expect(entries).toMatchObject([
      { result: 'refused:deny.purpose', purpose: 'CRIME_OR_MISUSE' },
      { result: 'ok', purpose: 'QUALITY', detail: { officials: [aino.id] } },
    ])
  })
})

test('the plan in force is shown to every signed-in person, and to nobody else', async () => {
  expect(await answer(desk.visitor.fetch('/api/recording-plan'))).toMatchObject({ status: 401 })
  const plan = (await (await browsers.aino.fetch('/api/recording-plan')).json()) as RecordingPlan
  expect(plan).toMatchObject({
    descriptionVersion: 1,
    effectiveFrom: '2025-12-31T22:00:00Z',
    recordForwarded: true,
    cooperation: { decidedOn: '2025-11-20' },
  })
  expect(plan.announcements[0]?.texts.sv).toMatch(/spelas in/)
  expect(plan.rules.map(({ id, version: of, share, recordingMonths }) => [id, of, share, recordingMonths])).toEqual([
    ['service-numbers', 3, 0.1, 6],
    ['test-line', 1, 1, 2],
  ])
  expect(plan.rules[1]).toMatchObject({
    numbers: [{ number: '+35829497099', display: '029 497 099', name: { en: 'Test line' } }],
    until: expect.stringMatching(/^20\d\d-05-31T21:00:00Z$/) as string,
    justification: expect.stringMatching(/Testilinjalle/),
  })
})
