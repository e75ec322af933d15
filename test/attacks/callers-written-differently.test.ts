// Promise: a call is one contact, recorded once (R9), and a prohibition reaches every recording of the conversation (R49, R50). No attacker
// needed: two recording clients of a call write its caller differently, one as a SIP address or an extension, or with another number.
import { randomUUID } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { forbidUse } from '#destruction/forbid-use.ts'
import { admit, type SegmentFacts } from '#register/admit.ts'
import type { RegisterTables } from '#register/tables.ts'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { phone, recordingOf } from '#test/database/people.ts'
import { makeTestPromises } from '#test/register/make-test-promises.ts'
import { metadataOf, openBench, people, type FlowBench } from '../conformance/flows/recording-client.ts'

const written = {
  'a SIP address': 'sip:maija@operator.example',
  'an extension': 'sip:1234567@pbx.local',
} as const
const ways = Object.keys(written) as (keyof typeof written)[]
const orders = ways.flatMap((way) => [[way, 'second'] as const, [way, 'first'] as const])

describe('at one capture', () => {
  let bench: FlowBench
  beforeEach(async () => {
    bench = await openBench(20_100)
  })
  afterEach(() => bench.stop())

  const invitation = (caller: string, official: string = people.official) => ({
    sdp: true,
    metadata: metadataOf({
      participants: [
        { id: 'c', aor: caller, label: '1' },
        { id: official, aor: official, label: '2' },
      ],
    }),
    headers: { Diversion: `<${people.number}>;reason=unconditional` },
  })
  const parts = () =>
    bench.segments().map(({ contactId, caller, recording }) => ({
      isFirst: contactId === bench.segments()[0]?.contactId,
      caller: caller.key,
      isRecorded: recording !== undefined,
    }))
  const one = { isFirst: true, caller: '+358401234567', isRecorded: true }

  test.each(orders)(
    'a caller who is %s to the %s client has one call with the number, recorded once, also after a transfer',
    async (way, place) => {
      const callers = [people.caller, written[way]]
      if (place === 'first') callers.reverse()
      const [first, second] = [await bench.call({}), await bench.call({ ssrc: 300 })]
      const { ports } = await first.invite(invitation(callers[0]!))
      await second.invite(invitation(callers[1]!))
      await first.speak(ports, 10)
      await bench.until(() => expect(parts()).toEqual([one]))
      await bench.until(() => expect(bench.segments()[0]?.marks).toContain('needs-review'))
      await second.reinvite(invitation(callers[1]!))
      await first.reinvite(invitation(callers[0]!))
      expect(parts()).toEqual([one])

      await first.reinvite(invitation(callers[0]!, people.colleague))
      await second.reinvite(invitation(callers[1]!, people.colleague))
      await bench.until(() => expect(parts()).toEqual([one, one]))
      for (const call of [second, first]) await call.bye()
    },
  )

  test('of two officials at once, they are two calls', async () => {
    const [first, second] = [await bench.call({}), await bench.call({ ssrc: 300 })]
    await first.invite(invitation(people.caller))
    await second.invite(invitation(written['a SIP address'], people.colleague))
    await bench.until(() => expect(parts().map(({ isFirst }) => isFirst)).toEqual([true, false]))
  })
})

const database = await createTestDatabase<RegisterTables>()
const { pool } = database.as()
const capture = database.as('seloste_capture').db
const { aino, colleague, decide } = await makeTestPromises(database)
const officials = {
  aino: { personId: aino.id, unitId: aino.unitId, name: 'Aino', phone: phone('029 512 1001') },
  kaisa: { personId: colleague.id, unitId: colleague.unitId, name: 'Kaisa', phone: phone('029 512 1002') },
}
const number = (text: string): SegmentFacts['caller'] => ({ kind: 'e164', key: phone(text), raw: null })
const callers: Record<string, SegmentFacts['caller']> = {
  'a number': number('040 123 4567'),
  'another number': number('09 123 4567'),
  'a SIP address': { kind: 'address', key: 'sip:maija@operator.example' as never, raw: null },
  'an extension': { kind: 'extension', key: 'ext:main:1234567' as never, raw: null },
}

/** Returns two clients' reports of a conversation, at two captures, in the order in which they arrive. */
function reportsOf(
  first: string,
  second: string,
  changes: { secondsApart?: number; official?: 'aino' | 'kaisa'; callIds?: string[] } = {},
) {
  const { secondsApart = 2, official = 'kaisa', callIds } = changes
  const startedAt = Temporal.Now.instant().subtract({ minutes: 20 })
  const ids = [`sipSessionId:${randomUUID()}`]
  return [first, second].map((who, n) => {
    const answeredAt = startedAt.add({ seconds: 5 + n * secondsApart })
    const endedAt = startedAt.add({ minutes: 5 })
    const facts = decide(true, {
      ...{ startedAt, answeredAt, endedAt, trunk: 'trunk:border' },
      ...{ caller: callers[who]!, official: officials[n === 1 ? official : 'kaisa'] },
    })
    return { ...facts, callIds: (n === 1 && callIds) || ids, recording: recordingOf(facts) }
  })
}

/** Admits a report while its conversation is in progress, and returns it with its contact. */
async function begin(facts: SegmentFacts, node: string): Promise<SegmentFacts> {
  const { endedAt: _, ...going } = facts
  const { stored: _stored, endedAt: _ended, ...recording } = facts.recording!
  return { ...facts, contactId: (await admit(capture, { ...going, recording }, node)).contactId }
}

async function contactsOf(reports: readonly SegmentFacts[]) {
  const { rows } = await pool.query<{ caller_key: string; marks: string[] }>(
    `select c.caller_key, s.marks from contact c join segment s on s.contact_id = c.id and s.contact_started_at = c.started_at
     where c.id = any ($1) order by c.started_at, s.seq`,
    [reports.map(({ contactId }) => contactId)],
  )
  return rows
}

describe('at two captures', () => {
  test.each(orders)(
    'a caller who is %s to the %s client has one call with the number, for review',
    async (way, place) => {
      const reports: SegmentFacts[] = place === 'first' ? reportsOf(way, 'a number') : reportsOf('a number', way)
      const nodes = [randomUUID(), randomUUID()]
      for (const [n, facts] of reports.entries()) reports[n] = await begin(facts, nodes[n]!)
      // Each is reported again, as at its end.
      for (const n of [1, 0, 1]) await admit(capture, reports[n]!, nodes[n])
      expect(await contactsOf(reports)).toEqual([
        { caller_key: callers['a number']!.key, marks: expect.arrayContaining(['needs-review']) as unknown },
      ])
    },
  )

  test('a guessed number gives way to the SIP address that the same client reports', async () => {
    const [guessed] = reportsOf('another number', 'a number')
    const node = randomUUID()
    const going = await begin({ ...guessed!, callerIsGuess: true }, node)
    await begin({ ...going, caller: callers['a SIP address']!, callerIsGuess: undefined, callerWasGuess: true }, node)
    expect(await contactsOf([going])).toMatchObject([{ caller_key: callers['a SIP address']!.key }])
  })
})

async function forbids(facts: SegmentFacts): Promise<boolean> {
  const { rows } = await pool.query('select from prohibition where recording_id = $1', [facts.recording!.id])
  return rows.length > 0
}
async function kaisaForbids({ recording }: SegmentFacts): Promise<void> {
  const source = { party: 'OFFICIAL', channel: 'OWN_CALLS' } as const
  expect(
    await forbidUse(database.as('seloste_desk').db, await colleague.signIn(), recording!.id, source),
  ).toHaveProperty('id')
}

describe('a conversation that two clients report with two telephone numbers is two calls, for review', () => {
  test.each([0, 1])('and a prohibition of recording %d reaches both', async (forbidden) => {
    const reports = reportsOf('a number', 'another number')
    for (const facts of reports) await admit(capture, facts, randomUUID())
    expect(await contactsOf(reports)).toMatchObject([{ marks: [] }, { marks: ['needs-review'] }])
    await kaisaForbids(reports[forbidden]!)
    expect([await forbids(reports[0]!), await forbids(reports[1]!)]).toEqual([true, true])
  })

  test('and a prohibition reaches the recording that arrives later', async () => {
    const [first, second] = reportsOf('a number', 'another number')
    await admit(capture, first!, randomUUID())
    await kaisaForbids(first!)
    await begin(second!, randomUUID())
    expect(await forbids(second!)).toBe(true)
  })

  test.each([
    ['of another official', { official: 'aino' }],
    ['that begins half a minute later', { secondsApart: 30 }],
    ['without a common id', { callIds: [`sipSessionId:${randomUUID()}`] }],
  ] as const)('and a prohibition does not reach a call %s', async (_, changes) => {
    const reports = reportsOf('a number', 'another number', changes as Parameters<typeof reportsOf>[2])
    for (const facts of reports) await admit(capture, facts, randomUUID())
    await kaisaForbids(reports[0]!)
    expect(await forbids(reports[1]!)).toBe(false)
  })
})
