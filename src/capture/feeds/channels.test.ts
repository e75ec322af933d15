/** Channels of FreeSWITCH (mod_json_cdr): who spoke with the caller, and when, if one channel alone does not show it. */
import { expect, test } from 'vitest'
import { freeswitchChannel } from '#test/simulator/feed-records.ts'
import { readVersions, versionAt } from '#safeguards/versions/versions.ts'
import type { RegisterTables } from '#register/tables.ts'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { phone } from '#test/database/people.ts'
import { createCallAssembler, type ReportedCall } from './assemble-calls.ts'
import { classifyCall } from './classify-call.ts'
import { readNumber } from './read-number.ts'
import { readerOf } from './sources.ts'

type ChannelRecord = Parameters<typeof freeswitchChannel>[0]

const begun = Temporal.Instant.from('2026-11-20T07:00:00Z')
const reader = readerOf({ source: 'freeswitch', fields: {}, zone: 'Europe/Helsinki' })
const [customer, number, aino, bertil] = ['+358401234567', '029497000', '0295121001', '0295121002']
const hourMs = 3_600_000

const seconds = (at: Temporal.Instant | undefined) => at && (at.epochMilliseconds - begun.epochMilliseconds) / 1000

function readChannel(channel: ChannelRecord) {
  return reader.read(JSON.stringify(freeswitchChannel(channel, { begun })), undefined).flatMap((read) => {
    if (read.is !== 'record') throw new Error(JSON.stringify(read))
    return [read.record]
  })
}

const database = await createTestDatabase<RegisterTables>()
const versions = await readVersions(database.as().db)
const officials = [aino, bertil].map((agent, at) => ({
  ...{ personId: `cccccccc-0000-4000-8000-00000000000${at}`, unitId: null, name: agent, phoneKey: phone(agent) },
  ...{ consentedFrom: null, from: Temporal.Instant.from('2020-01-01T00:00:00Z'), to: null },
}))
const { numbering } = versionAt(versions, begun).description

/** Returns a call as the register would enter it, otherwise `outside` or the reason of the problem. */
function classify(call: ReportedCall) {
  const context = {
    versionAt: (at: Temporal.Instant) => versionAt(versions, at),
    officials,
    now: begun.add({ hours: 48 }),
  }
  const classified = classifyCall('feed', call, context)
  if (classified.is !== 'call') return classified.is === 'problem' ? classified.reason : classified.is
  const talks = classified.call.segments.map(({ official, answeredAt, endedAt }) => [
    officials.find(({ phoneKey }) => official && phoneKey === readNumber(official, numbering).key)?.name ?? official,
    seconds(answeredAt),
    seconds(endedAt),
  ])
  return { caller: classified.call.caller, talks, ...(classified.isDoubtful && { isDoubtful: true }) }
}

function classifyCalls(...channels: ChannelRecord[]) {
  const assembler = createCallAssembler({ settleMs: 0 })
  const nowMs = begun.epochMilliseconds + hourMs
  for (const channel of channels)
    for (const record of readChannel(channel)) assembler.add(record, nowMs, () => undefined)
  return assembler.settled(nowMs + 1).map(classify)
}

const callingChannel = (more: Partial<ChannelRecord> = {}): ChannelRecord => ({
  ...{ id: 'a-leg', direction: 'inbound', caller: customer, from: 0, to: 300 },
  profiles: [{ from: 0, dialled: number, bridged: { at: 44, with: 'b-leg', number: aino, side: 'originatee' } }],
  ...more,
})
const calledChannel = (more: Partial<ChannelRecord> = {}): ChannelRecord => ({
  ...{ id: 'b-leg', direction: 'outbound', caller: customer, from: 42, to: 300 },
  profiles: [{ from: 42, dialled: aino, bridged: { at: 44, with: 'a-leg', number, side: 'originator' } }],
  ...more,
  variables: { originating_leg_uuid: 'a-leg', dialed_user: aino, ...more.variables },
})
const inConference = (at: number) => ({
  variables: { conference_uuid: 'meeting' },
  apps: [{ name: 'conference', data: 'c1@default', at }],
})

test('a transfer by keys (att_xfer) to a second official is one call of the same caller, with both officials', () => {
  const third = calledChannel({
    ...{ id: 'c-leg', from: 180, variables: { originating_leg_uuid: 'b-leg', dialed_user: bertil } },
    profiles: [
      { from: 180, dialled: bertil, bridged: { at: 185, with: 'b-leg', number: aino, side: 'originator' } },
      { from: 200, dialled: bertil, bridged: { at: 200, with: 'a-leg', number: customer, side: 'originatee' } },
    ],
  })
  const records = [calledChannel({ to: 200 }), third]
  const caller = freeswitchChannel(
    callingChannel({
      profiles: [
        { from: 0, dialled: number, bridged: { at: 44, with: 'b-leg', number: aino, side: 'originatee' } },
        { from: 200, dialled: number, bridged: { at: 200, with: 'c-leg', number: bertil, side: 'originator' } },
      ],
    }),
    { begun },
  ) as { callflow: { caller_profile: { caller_id_number: string } }[] }
  // FreeSWITCH swaps the caller's profile when another channel takes it over.
  caller.callflow[0]!.caller_profile.caller_id_number = aino
  const assembler = createCallAssembler({ settleMs: 0 })
  const all = [...records.flatMap(readChannel)]
  for (const read of reader.read(JSON.stringify(caller), undefined)) if (read.is === 'record') all.push(read.record)
  for (const record of all) assembler.add(record, begun.epochMilliseconds + hourMs, () => undefined)
  const expected = {
    caller: customer,
    talks: [
      [aino, 44, 200],
      [bertil, 200, 300],
    ],
  }
  expect(assembler.settled(begun.epochMilliseconds + hourMs + 1).map(classify)).toEqual([expected])
})

test('of several officials whose phones rang, the one who answered is reported, although the calling channel names the last', () => {
  expect(classifyCalls(callingChannel({ variables: { dialed_user: bertil } }))).toEqual([
    { caller: customer, talks: [[aino, 44, 300]] },
  ])
})

test('two officials who were bridged one after the other without a transfer are both reported, from the called channels', () => {
  const second = { at: 130, with: 'c-leg', number: bertil, side: 'originatee' as const }
  const next = calledChannel({
    ...{ id: 'c-leg', from: 125, variables: { originating_leg_uuid: 'a-leg', dialed_user: bertil } },
    profiles: [{ from: 125, dialled: bertil, bridged: { at: 130, with: 'a-leg', number, side: 'originator' } }],
  })
  const records = [
    calledChannel({ to: 120 }),
    next,
    callingChannel({ profiles: [{ from: 0, dialled: number, bridged: second }] }),
  ]
  const talks = [
    [aino, 44, 120],
    [bertil, 130, 300],
  ]
  expect(classifyCalls(...records)).toEqual([{ caller: customer, talks }])
})

test('an official’s segment ends when the official hangs up, although the caller stays on the line', () => {
  expect(classifyCalls(calledChannel({ to: 120 }), callingChannel())).toMatchObject([{ talks: [[aino, 44, 120]] }])
})

test('a second official who is joined to the call (three_way) has a segment until that official leaves', () => {
  const third = calledChannel({
    ...{ id: 'c-leg', from: 100, to: 200, variables: { originating_leg_uuid: 'b-leg', dialed_user: bertil } },
    profiles: [{ from: 100, dialled: bertil, bridged: { at: 105, with: 'b-leg', number: aino, side: 'originator' } }],
    apps: [{ name: 'three_way', data: 'b-leg', at: 120 }],
  })
  expect(classifyCalls(third, calledChannel(), callingChannel())).toMatchObject([
    {
      talks: [
        [aino, 44, 300],
        [bertil, 120, 200],
      ],
    },
  ])
})

test('two callers in one conference are two calls, each with the official only', () => {
  const joining = (id: string, caller: string, from: number, to: number): ChannelRecord => ({
    ...{ id, direction: 'inbound', caller, from, to, profiles: [{ from, dialled: number }], ...inConference(from) },
  })
  const records = [
    joining('a-leg', customer, 0, 300),
    joining('a-other', '+358405554443', 20, 200),
    { ...calledChannel({ from: 50, to: 250, profiles: [{ from: 50, dialled: aino }] }), ...inConference(50) },
  ]
  expect(classifyCalls(...records)).toEqual(
    expect.arrayContaining([
      { caller: customer, talks: [[aino, 50, 250]] },
      { caller: '+358405554443', talks: [[aino, 50, 200]] },
    ]),
  )
  expect(classifyCalls(...records)).toHaveLength(2)
})

test('a person who leaves a conference long after or before the caller is reported once their record arrives', () => {
  const assembler = createCallAssembler({ settleMs: 60_000 })
  const add = (channel: ChannelRecord, at: number) => {
    for (const record of readChannel(channel))
      assembler.add(record, begun.epochMilliseconds + at * 1000, () => acknowledged++)
  }
  const settled = (at: number) =>
    assembler
      .settled(begun.epochMilliseconds + at * 1000)
      .map((call) => {
        call.acknowledge()
        return classify(call)
      })
      .filter((outcome) => outcome !== 'outside')
  const official = (id: string, from: number, to: number, dialed_user: string): ChannelRecord => ({
    ...{
      id,
      direction: 'inbound',
      caller: dialed_user,
      from,
      to,
      profiles: [{ from, dialled: 'c1' }],
      ...inConference(from),
    },
  })
  let acknowledged = 0
  add(official('b-leg', 50, 100, aino), 100)
  expect(settled(200)).toEqual([])
  add(callingChannel({ ...inConference(44), profiles: [{ from: 0, dialled: number }] }), 300)
  expect(settled(400)).toEqual([{ caller: customer, talks: [[aino, 50, 100]] }])
  add(official('c-leg', 60, 900, bertil), 900)
  const talks = [
    [aino, 50, 100],
    [bertil, 60, 300],
  ]
  expect(settled(1000)).toEqual([{ caller: customer, talks }])
  expect([acknowledged, assembler.waiting]).toEqual([3, 0])
})

test('a caller in a conference with unreported participants is marked as doubtful', () => {
  expect(classifyCalls(callingChannel({ ...inConference(44), profiles: [{ from: 0, dialled: number }] }))).toEqual([
    { caller: customer, talks: [], isDoubtful: true },
  ])
})

test('a called channel waits for the calling one, a day at most, and FreeSWITCH’s own calls are ignored', () => {
  const assembler = createCallAssembler({ settleMs: 0 })
  const nowMs = begun.epochMilliseconds
  for (const record of readChannel(calledChannel())) assembler.add(record, nowMs, () => undefined)
  expect(assembler.settled(nowMs + 23 * hourMs)).toEqual([])
  expect(assembler.settled(nowMs + 24 * hourMs).map(classify)).toEqual(['no-end'])
  const dialled = (id: string, other: string): ChannelRecord => ({
    ...calledChannel({
      id,
      profiles: [{ from: 0, dialled: aino, bridged: { at: 5, with: other, number, side: 'originatee' } }],
    }),
    variables: {},
  })
  expect(classifyCalls(dialled('x', 'y'), dialled('y', 'x'))).toEqual(['outside'])
  // Half of an internal loopback channel has no caller, whatever its direction.
  expect(classifyCalls(callingChannel({ variables: { loopback_leg: 'B' } }))).toEqual(['outside'])
})
