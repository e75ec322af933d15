// Promise: the number of a caller who withholds it is nowhere, and a call is one contact, recorded once (R9, AC9). No attacker needed: of
// two recording clients only one says that the number is withheld.
import { randomUUID } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { admit, type SegmentFacts } from '#register/admit.ts'
import type { RegisterTables } from '#register/tables.ts'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { callFacts, phone } from '#test/database/people.ts'
import { metadataOf, openBench, people, type FlowBench } from '../conformance/flows/recording-client.ts'

const withheld: SegmentFacts['caller'] = { kind: 'withheld', key: null, raw: null }
const [aino, bertil] = ['+358295121001', '+358295121002']

describe('at one capture', () => {
  let bench: FlowBench
  beforeEach(async () => {
    bench = await openBench(26_900)
  })
  afterEach(() => bench.stop())

  const metadata = (official: string) =>
    metadataOf({
      participants: [
        { id: 'c', aor: people.caller, label: '1' },
        { id: official, aor: `sip:${official}@x`, label: '2' },
      ],
    })
  const invitation = (official: string, withholds: boolean) => ({
    ...{ sdp: true, metadata: metadata(official) },
    headers: { Diversion: `<${people.number}>;reason=unconditional`, ...(withholds && { Privacy: 'id' }) },
  })
  const contacts = () =>
    bench.segments().map(({ caller, recording }) => ({ caller: caller.kind, isRecorded: !!recording }))

  test.each([
    ['the second client', [false, true]],
    ['the first client', [true, false]],
  ] as const)(
    'it is one withheld call if %s withholds the number, also after a later request of each client',
    async (_, withholds) => {
      const [first, second] = [await bench.call({}), await bench.call({ ssrc: 300 })]
      const sent = [
        await first.invite(invitation(aino, withholds[0])),
        await second.invite(invitation(aino, withholds[1])),
      ]
      await first.speak(sent[0]!.ports, 10)
      await bench.until(() => expect(contacts()).toEqual([{ caller: 'withheld', isRecorded: true }]))
      await second.reinvite(invitation(aino, withholds[1]))
      await first.reinvite(invitation(aino, withholds[0]))
      await first.speak(sent[0]!.ports, 10)
      expect(contacts()).toEqual([{ caller: 'withheld', isRecorded: true }])
      await second.bye()
      await first.bye()
      await bench.until(() => expect(bench.segments()[0]?.recording?.stored).toBeDefined())
      expect(contacts()).toEqual([{ caller: 'withheld', isRecorded: true }])
    },
  )

  test('they are two calls if the officials differ', async () => {
    const [first, second] = [await bench.call({}), await bench.call({ ssrc: 300 })]
    await first.invite(invitation(aino, false))
    await second.invite(invitation(bertil, true))
    await bench.until(() => expect(contacts().map(({ caller }) => caller)).toEqual(['e164', 'withheld']))
  })
})

describe('at two captures', async () => {
  const database = await createTestDatabase<RegisterTables>()
  const { pool } = database.as()
  const capture = database.as('seloste_capture').db

  async function report(first: SegmentFacts['caller'], second: SegmentFacts['caller'], secondsApart: number) {
    const startedAt = Temporal.Now.instant().subtract({ minutes: 3 })
    const official = { name: 'Aino', phone: phone('029 512 1001') }
    const call = { trunk: 'trunk:border', callIds: [`sipSessionId:${randomUUID()}`], official, endedAt: undefined }
    const facts = (caller: SegmentFacts['caller'], seconds: number) => {
      const { endedAt: _, ...rest } = callFacts({ ...call, caller, startedAt: startedAt.add({ seconds }) })
      return { ...rest, answeredAt: startedAt.add({ seconds }) }
    }
    const parts = [facts(first, 0), facts(second, secondsApart)]
    const nodes = [randomUUID(), randomUUID()]
    for (const [n, part] of parts.entries())
      parts[n] = { ...part, contactId: (await admit(capture, part, nodes[n])).contactId }
    // Each reports it again, as at its end.
    for (const [n, part] of parts.entries()) await admit(capture, part, nodes[n])
    const { rows } = await pool.query<{ caller_kind: string }>(
      'select caller_kind from contact where id = any ($1) order by started_at',
      [parts.map(({ contactId }) => contactId)],
    )
    return rows.map(({ caller_kind: kind }) => kind)
  }
  const number: SegmentFacts['caller'] = { kind: 'e164', key: phone('040 123 4567'), raw: '0401234567' }

  test('it is one withheld call, whichever reports first', async () => {
    expect(await report(number, withheld, 2)).toEqual(['withheld'])
    expect(await report(withheld, number, 2)).toEqual(['withheld'])
  })

  test('they are two calls if the conversations begin half a minute apart', async () => {
    expect(await report(number, withheld, 30)).toEqual(['e164', 'withheld'])
  })
})
