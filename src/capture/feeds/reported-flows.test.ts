/** One call with a queue, a consultation, a conference and a transfer, as each telephone system reports it (R9, R16). */
import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import { admit } from '#register/admit.ts'
import type { RegisterTables } from '#register/tables.ts'
import { readVersions, versionAt } from '#safeguards/versions/versions.ts'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { callFacts, phone, recordingFacts } from '#test/database/people.ts'
import { openTestFeed } from '#test/database/test-feed.ts'
import {
  celOf,
  cucmOf,
  freeswitchOf,
  genesysOf,
  metaswitchOf,
  queueLogOf,
  teamsOf,
  teliaAceOf,
  type FeedWriter,
  type Flow,
} from '#test/simulator/feed-records.ts'
import { createCallAssembler } from './assemble-calls.ts'
import { classifyCall, type ClassifiedCall } from './classify-call.ts'
import { readNumber } from './read-number.ts'
import { readerOf } from './sources.ts'
import type { SourceName, SourceOptions } from './source-options.ts'
import { splitRecords } from './split-records.ts'

const database = await createTestDatabase<RegisterTables>()
const versions = await readVersions(database.as().db)
const examples = join(import.meta.dirname, '../../../docs/operate/examples/feeds')
const begun = Temporal.Instant.from('2026-11-20T07:00:00Z')
const now = begun.add({ hours: 3 })
const [aino, bertil, cecilia] = ['0295121001', '0295121002', '0295121003']
const officials = [aino, bertil, cecilia].map((number, at) => ({
  personId: `cccccccc-0000-4000-8000-00000000000${at}`,
  unitId: null,
  name: `Official ${at}`,
  phoneKey: phone(number),
  consentedFrom: null,
  from: Temporal.Instant.from('2020-01-01T00:00:00Z'),
  to: null,
}))

/** Returns every call reported by a file, with its unreadable records. */
function classifyFile(source: SourceName, bytes: Buffer, more: Partial<SourceOptions>): (ClassifiedCall | string)[] {
  const reader = readerOf({ source, fields: {}, zone: 'Europe/Helsinki', ...more })
  const isCsv = reader.framing === 'csv'
  const lines =
    reader.framing === 'document'
      ? [bytes.toString()]
      : splitRecords(bytes, { offset: 0, line: 1, isQuoted: isCsv, isLast: true }).map((record) =>
          record.bytes.toString().trimEnd(),
        )
  const heading = reader.hasHeading ? lines.shift() : undefined
  const assembler = createCallAssembler({ settleMs: 0 })
  const problems: string[] = []
  for (const read of lines.flatMap((line) => reader.read(line, heading))) {
    if (read.is === 'record') assembler.add(read.record, now.epochMilliseconds, () => undefined)
    if (read.is === 'problem') problems.push(read.reason)
  }
  const context = { versionAt: (at: Temporal.Instant) => versionAt(versions, at), officials, now }
  const calls = assembler.settled(now.epochMilliseconds + 1).map((call) => classifyCall('feed', call, context))
  return [...calls, ...problems]
}

const { deliver, clear } = await openTestFeed(database, officials)

const seconds = (at: Temporal.Instant | undefined) => at && (at.epochMilliseconds - begun.epochMilliseconds) / 1000
const numbering = versionAt(versions, begun).description.numbering

function readCalls(source: SourceName, bytes: Buffer, more: Partial<SourceOptions>) {
  return classifyFile(source, bytes, more).flatMap<unknown>((result) => {
    if (typeof result === 'string' || result.is === 'problem') return [result]
    if (result.is === 'outside') return []
    const { call } = result
    return [
      {
        caller: call.caller && readNumber(call.caller, numbering).key,
        number: readNumber(call.numberCalled, numbering).key,
        from: seconds(call.startedAt),
        until: seconds(call.endedAt),
        parts: call.segments.map((part) => [
          part.official && readNumber(part.official, numbering).key,
          readNumber(part.number, numbering).key,
          seconds(part.answeredAt),
          seconds(part.endedAt),
        ]),
      },
    ]
  })
}

const number = phone('029 497 000')
type Part = [official: string, from: number, until: number]
/** The first 44 seconds are waiting; from 180 to 210 Aino asks Bertil while the caller hears music. */
const allParts: Part[] = [
  [aino, 44, 300],
  [bertil, 240, 300],
  [cecilia, 300, 480],
]
const names = (of: Record<string, string>) => ({ names: new Map(Object.entries(of)) })

test.each<[SourceName, string, Part[], Partial<SourceOptions>?]>([
  [
    'genesys',
    'genesys.json',
    allParts,
    names({
      '0b9a4f3e-6d15-4a53-9c0e-1f1f5a001001': aino,
      '0b9a4f3e-6d15-4a53-9c0e-1f1f5a001002': bertil,
      '0b9a4f3e-6d15-4a53-9c0e-1f1f5a001003': cecilia,
    }),
  ],
  [
    'teams',
    'teams.json',
    allParts,
    names({
      '9a0f2b44-7c11-4f1d-9f4e-5a5a00297000': '029 497 000',
      '7d1d3c5a-51b2-4f6a-8e0c-0c5f5a001001': aino,
      '7d1d3c5a-51b2-4f6a-8e0c-0c5f5a001002': bertil,
      '7d1d3c5a-51b2-4f6a-8e0c-0c5f5a001003': cecilia,
    }),
  ],
  ['cucm', 'cucm.csv', allParts],
  ['telia-ace', 'telia-ace.csv', allParts],
  ['metaswitch', 'metaswitch.csv', allParts],
  ['asterisk-cel', 'asterisk-cel.csv', allParts],
  // Reports queues only: a participant added to a conference is missing.
  [
    'queue-log',
    'queue-log.txt',
    [allParts[0]!, allParts[2]!],
    names({ support: '029 497 000', experts: '029 497 000' }),
  ],
  // Reports when the queue answered; the number called after a transfer comes from the queue only.
  ['asterisk-csv', 'asterisk-csv.csv', [[aino, 1, 300], ...allParts.slice(1)], names({ support: '029 497 000' })],
  ['freeswitch', 'freeswitch.json', allParts],
  // Reports dialogs only: a participant added to a conference is missing.
  ['acc', 'acc.txt', [allParts[0]!, allParts[2]!]],
])('%s: one contact, with who spoke with the caller and when', (source, file, parts, more = {}) => {
  expect(readCalls(source, readFileSync(join(examples, file)), more)).toEqual([
    {
      caller: phone('+358401234567'),
      number,
      // The records of acc begin with the answer.
      from: source === 'acc' ? 44 : 0,
      until: 480,
      parts: parts.map(([official, from, until]) => [phone(official), number, from, until]),
    },
  ])
})

const waiting = { queue: '029497000', from: 0, to: 44 }
const talk = (who: string, begins: number, ends: number, by: Flow['talks'][number]['by'] = 'queue') => ({
  ...{ who, from: begins, to: ends, by },
})
/** What happens in each call: who waited, spoke with the caller and consulted, and when. */
const flows: Record<string, Pick<Flow, 'waits' | 'talks' | 'consults' | 'until'>> = {
  'a queue': { waits: [waiting], talks: [talk(aino, 44, 300)], consults: [], until: 300 },
  'a call that ends in the queue': { waits: [waiting], talks: [], consults: [], until: 44 },
  'two queues, one after the other': {
    waits: [waiting, { ...waiting, from: 44, to: 90 }],
    ...{ talks: [talk(bertil, 90, 200)], consults: [], until: 200 },
  },
  'a transfer': {
    waits: [waiting],
    talks: [talk(aino, 44, 120), talk(bertil, 125, 300, 'transfer')],
    ...{ consults: [], until: 300 },
  },
  'a transfer after a consultation': {
    waits: [waiting],
    talks: [talk(aino, 44, 200), talk(bertil, 200, 300, 'transfer')],
    consults: [{ by: aino, who: bertil, from: 150, to: 200 }],
    until: 300,
  },
  'a consultation, after which the official comes back': {
    ...{ waits: [waiting], talks: [talk(aino, 44, 300)], until: 300 },
    consults: [{ by: aino, who: bertil, from: 100, to: 130 }],
  },
  'a conference that a third person joins and leaves': {
    ...{
      waits: [waiting],
      talks: [talk(aino, 44, 300), talk(bertil, 150, 250, 'conference')],
      consults: [],
      until: 300,
    },
  },
  'a transfer back to the queue, from which the first official takes the call again': {
    waits: [waiting, { ...waiting, from: 100, to: 110 }, { ...waiting, from: 200, to: 215 }],
    talks: [talk(aino, 44, 100), talk(bertil, 110, 200), talk(aino, 215, 300)],
    ...{ consults: [], until: 300 },
  },
}
const node = randomUUID()
const userIds = Object.fromEntries([aino, bertil, cecilia].map((agent, at) => [`user-${at}`, agent]))
const userOf = (agent: string) => Object.entries(userIds).find(([, known]) => known === agent)?.[0] ?? agent
const sameName = (agent: string) => agent

/** Queue, consultation, conference and transfer in one call. */
const fullCall: Flow = {
  ...{ caller: '+358401234567', number: '029497000', waits: [waiting], until: 480 },
  talks: [talk(aino, 44, 300), talk(bertil, 240, 300, 'conference'), talk(cecilia, 300, 480, 'transfer')],
  consults: [{ by: aino, who: bertil, from: 180, to: 210 }],
}

/** Returns the register's segments of all calls. */
async function readSegments(start: Temporal.Instant) {
  const { rows } = await sql<{ contact: string; official: string | null; parts: number[] }>`
    select s.contact_id as contact, s.official_phone as official,
      array[extract(epoch from c.started_at - ${start}::timestamptz)::int, extract(epoch from c.ended_at - ${start}::timestamptz)::int,
        extract(epoch from s.answered_at - ${start}::timestamptz)::int, extract(epoch from s.ended_at - ${start}::timestamptz)::int] as parts
      from segment s join contact c on c.id = s.contact_id order by s.answered_at, s.official_phone`.execute(
    database.as().db,
  )
  return {
    contacts: new Set(rows.map(({ contact }) => contact)).size,
    parts: rows.map((row) => [row.official, ...row.parts]),
  }
}

describe.each<[SourceName, FeedWriter, (agent: string) => string, Partial<SourceOptions>?]>([
  ['queue-log', queueLogOf, sameName],
  ['genesys', genesysOf, userOf, names(userIds)],
  ['teams', teamsOf, userOf, names(userIds)],
  ['cucm', cucmOf, sameName],
  ['telia-ace', teliaAceOf, sameName],
  ['metaswitch', metaswitchOf, sameName],
  ['asterisk-cel', celOf, sameName],
  ['freeswitch', freeswitchOf, sameName],
])('%s reports', (source, write, nameOf, more = {}) => {
  test.each(Object.entries(flows))('%s: one contact, with who spoke with the caller and when', (_, flow) => {
    const file = write({ caller: '+358401234567', number: '029497000', ...flow }, { begun, nameOf })
    // queue_log reports only who was connected by a queue.
    const known = flow.talks.filter(({ by }) => source !== 'queue-log' || by === 'queue')
    expect(readCalls(source, Buffer.from(file), more)).toEqual([
      {
        ...{ caller: phone('+358401234567'), number, from: 0 },
        until: source === 'queue-log' ? (known.at(-1)?.to ?? flow.until) : flow.until,
        parts: known.map(({ who, from: begins, to }) => [phone(who), number, begins, to]),
      },
    ])
  })

  test('a transfer that a recording client also reports as the same contact, with the recorded segments', async () => {
    for (const order of ['client first', 'feed first']) {
      await clear()
      const start = Temporal.Now.instant().subtract({ hours: 3 }).round('second')
      const { talks } = flows['a transfer']!
      const file = write(
        { caller: '+358401234567', number: '029497000', ...flows['a transfer']! },
        { begun: start, nameOf },
      )
      const ofClient = talks.map(({ who, from: begins, to }) => {
        const [startedAt, endedAt] = [begins, to].map((seconds) => start.add({ seconds })) as [
          Temporal.Instant,
          Temporal.Instant,
        ]
        return callFacts({
          ...{ callIds: ['sipSessionId:transferred@sbc'], startedAt, answeredAt: startedAt, endedAt },
          caller: { kind: 'e164', key: phone('+358401234567'), raw: null },
          official: { name: 'Official', phone: phone(who) },
          recording: { ...recordingFacts(), startedAt, endedAt },
          decision: { record: true, reason: 'drawn', ruleId: 'r', ruleVersion: 1, share: 0.5, draw: 0.1 },
        })
      })
      const byClient = async () => {
        for (const facts of ofClient) await admit(database.as('seloste_capture').db, facts, node)
      }
      const byFeed = () => deliver({ source, ...more, name: `${source}-${order.replace(' ', '-')}` }, file)
      if (order === 'client first') await byClient()
      expect(await byFeed()).toEqual([])
      if (order === 'feed first') await byClient()
      const { contacts, parts } = await readSegments(start)
      expect({ order, contacts, parts: parts.map(([agent, , , begins, to]) => [agent, begins, to]) }).toEqual({
        ...{ order, contacts: 1 },
        parts: talks.map(({ who, from: begins, to }) => [phone(who), begins, to]),
      })
    }
  })

  test('queue, consultation, conference and transfer in one call, reported twice: one contact with exactly these segments', async () => {
    await clear()
    const start = Temporal.Now.instant().subtract({ hours: 3 }).round('second')
    const file = write(fullCall, { begun: start, nameOf })
    const talks = fullCall.talks.filter(({ by }) => source !== 'queue-log' || by === 'queue')
    const until = source === 'queue-log' ? 300 : 480
    const parts = talks.map(({ who, from: begins, to }) => [phone(who), 0, until, begins, to])
    for (const _ of [1, 2]) {
      expect(await deliver({ source, ...more }, file)).toEqual([])
      expect(await readSegments(start)).toEqual({ contacts: 1, parts })
    }
  })
})

const accLine = (at: number, event: string, fields: Record<string, string>) => {
  const all = { timestamp: String(begun.epochMilliseconds / 1000 + at), ...fields }
  const text = Object.entries(all).map(([name, value]) => `${name}=${value}`)
  return `Nov 20 09:00:00 edge kamailio[917]: NOTICE: acc [acc.c:288]: acc_log_request(): ACC: ${event}: ${text.join(';')}\n`
}
/** Returns the INVITE and BYE of a dialog in the format of Kamailio 6.0, with log_extra of docs/operate/feeds.md. */
const dialog = (
  id: string,
  of: { caller: string; to: string; by: string; from: number; until: number; more?: object },
) => {
  const users = { call_id: id, code: '200', reason: 'OK', src_user: of.caller, dst_ouser: of.to }
  return [
    accLine(of.from, 'transaction answered', { method: 'INVITE', ...users, dst_user: of.by, ...of.more }),
    // In the dialog the BYE goes to the telephone.
    accLine(of.until, 'transaction answered', { method: 'BYE', ...users, dst_user: 'dev6001' }),
  ]
}

const callsFirst = (one: ClassifiedCall | string, other: ClassifiedCall | string) =>
  JSON.stringify(one).localeCompare(JSON.stringify(other))

describe('acc reports', () => {
  const customer = '+358401234567'
  const first = { caller: customer, to: '029497000', by: aino, from: 44, until: 120 }
  const parts = (...talks: [string, number, number][]) =>
    talks.map(([agent, from, until]) => [phone(agent), number, from, until])
  const acc = (...lines: string[]) => readCalls('acc', Buffer.from(lines.join('')), {})
  const oneCall = (until: number, ...talks: [string, number, number][]) => [
    { caller: phone(customer), number, from: 44, until, parts: parts(...talks) },
  ]

  test('the official who answered, of several who rang at once or one after the other', () => {
    const missed = accLine(40, 'call missed', {
      ...{ method: 'INVITE', call_id: 'x1@edge', code: '486', reason: 'Busy' },
      ...{ src_user: customer, dst_ouser: '029497000', dst_user: aino },
    })
    const [answered, ended] = dialog('x1@edge', { ...first, by: bertil })
    expect(acc(missed, answered!, ended!)).toEqual([{ ...oneCall(120, [bertil, 44, 120])[0], from: 40 }])
  })

  test('a transfer by REFER, whose INVITE has Referred-By, as one contact with both officials', () => {
    const onward = (by: string) => ({ more: { referred_by: `<sip:${by}@pbx.example>` } })
    const second = { caller: customer, to: bertil, by: bertil, from: 118, until: 300, ...onward(aino) }
    const third = { caller: customer, to: aino, by: aino, from: 299, until: 400, ...onward(bertil) }
    const lines = [...dialog('x2@edge', first), ...dialog('x3@edge', second), ...dialog('x4@edge', third)]
    expect(acc(...lines)).toEqual(oneCall(400, [aino, 44, 120], [bertil, 118, 300], [aino, 299, 400]))
    expect(acc(...lines.toReversed())).toEqual(oneCall(400, [aino, 44, 120], [bertil, 118, 300], [aino, 299, 400]))
  })

  test('a transfer as a problem, and in no call, if two calls match: callers with one number, or with withheld numbers', () => {
    for (const caller of [customer, 'anonymous', '']) {
      const others = { caller, to: '029497000', by: aino }
      const onward = { caller, to: cecilia, by: cecilia, more: { referred_by: `<sip:${aino}@pbx.example>` } }
      const lines = [
        ...dialog('y1@edge', { ...others, from: 0, until: 60 }),
        ...dialog('y2@edge', { ...others, from: 63, until: 200 }),
        ...dialog('y3@edge', { ...onward, from: 75, until: 300 }),
      ]
      const notJoined = [
        { call: { segments: [{ official: aino }] }, isDoubtful: false },
        { call: { segments: [{ official: aino }] }, isDoubtful: false },
        { is: 'problem', reason: 'direction-unknown' },
      ]
      const all = (order: string[]) => classifyFile('acc', Buffer.from(order.join('')), {}).toSorted(callsFirst)
      expect(all(lines)).toMatchObject(notJoined)
      expect(all(lines.toReversed())).toMatchObject(notJoined)
    }
    // The earlier call ended longer ago than any telephone rings.
    const earlier = dialog('y4@edge', { ...first, from: -600, until: -500 })
    const second = { caller: customer, to: bertil, by: bertil, from: 118, until: 300 }
    const onward = dialog('y6@edge', { ...second, more: { referred_by: `<sip:${aino}@pbx.example>` } })
    expect(acc(...earlier, ...dialog('y5@edge', first), ...onward)[1]).toEqual(
      oneCall(300, [aino, 44, 120], [bertil, 118, 300])[0],
    )
  })

  test('a transfer to a service number whose call is unknown, as a call for review', () => {
    const more = { referred_by: `<sip:${aino}@pbx.example>` }
    const lines = dialog('y7@edge', { caller: 'anonymous', to: '029497001', by: cecilia, from: 0, until: 60, more })
    expect(classifyFile('acc', Buffer.from(lines.join('')), {})).toMatchObject([{ is: 'call', isDoubtful: true }])
  })

  test('a transfer answered after the earlier call was reported: that call is reported again, with both officials', () => {
    const reader = readerOf({ source: 'acc', fields: {}, zone: 'UTC' })
    const assembler = createCallAssembler({ settleMs: 60_000 })
    const deliverAt = (atMs: number, lines: string[]) => {
      for (const read of lines.flatMap((line) => reader.read(line, undefined)))
        if (read.is === 'record') assembler.add(read.record, atMs, () => undefined)
      return assembler.settled(atMs + 60_001).map(({ callId, legs }) => [callId, legs.map(({ official }) => official)])
    }
    const onward = { caller: customer, to: bertil, by: bertil, more: { referred_by: `<sip:${aino}@pbx.example>` } }
    const other = { ...first, from: 121, until: 400 }
    expect(deliverAt(0, dialog('z1@edge', first))).toEqual([['z1@edge', [aino]]])
    expect(deliverAt(90_000, dialog('z2@edge', { ...onward, from: 118, until: 300 }))).toEqual([
      ['z1@edge', [aino, bertil]],
    ])
    // With another call of the same number in progress, the transfer may belong to either call.
    expect(deliverAt(180_000, dialog('z3@edge', other))).toContainEqual(['z3@edge', [aino]])
    const late = deliverAt(240_000, dialog('z4@edge', { ...onward, by: cecilia, to: cecilia, from: 250, until: 390 }))
    expect(late).toContainEqual(['z4@edge', [cecilia]])
    expect(assembler.waiting).toBe(0)
  })

  test('a hold by either side without changing the call', () => {
    const [answered, ended] = dialog('x5@edge', first)
    const users = { call_id: 'x5@edge', code: '200', reason: 'OK', src_user: aino, dst_ouser: customer, dst_user: 'c' }
    const held = accLine(60, 'transaction answered', { method: 'INVITE', ...users })
    expect(acc(answered!, held, ended!)).toEqual(oneCall(120, [aino, 44, 120]))
    expect(acc(held, answered!, ended!)).toEqual(oneCall(120, [aino, 44, 120]))
  })

  test('a queue behind the proxy as an answer by an unknown official, and marks the contact for review', () => {
    const lines = dialog('x6@edge', { ...first, by: '029497000' })
    expect(acc(...lines)).toEqual([{ ...oneCall(120)[0], parts: [[undefined, number, 44, 120]] }])
    expect(classifyFile('acc', Buffer.from(lines.join('')), {})).toMatchObject([{ is: 'call', isDoubtful: true }])
  })
})

test('an official’s uninterrupted talk is one segment, and a segment of zero length is dropped if there are others', () => {
  const fields = {
    ...{ callId: ['id'], legId: ['leg'], startedAt: ['start'], answeredAt: ['answer'], endedAt: ['end'] },
    ...{ caller: ['from'], called: ['to'], official: ['by'] },
  }
  const leg = (name: string, by: string, answer: number, end: number) => {
    const [start, answered, ended] = [0, answer, end].map((at) => begun.add({ seconds: at }))
    return { id: 7, leg: name, start, answer: answered, end: ended, from: '+358401234567', to: '029497000', by }
  }
  const parts = (...legs: object[]) =>
    readCalls('json', Buffer.from(JSON.stringify(legs)), { fields }).map((call) => (call as { parts: unknown[] }).parts)
  const [a, b] = [phone(aino), phone(bertil)]
  expect(
    parts(leg('1', aino, 10, 40), leg('2', aino, 41, 60), leg('3', bertil, 60, 90), leg('4', aino, 60, 60)),
  ).toEqual([
    [
      [a, number, 10, 60],
      [b, number, 60, 90],
    ],
  ])
  // Somebody else in between, or a pause: two segments.
  expect(parts(leg('1', aino, 10, 40), leg('2', bertil, 40, 60), leg('3', aino, 60, 90))).toEqual([
    [
      [a, number, 10, 40],
      [b, number, 40, 60],
      [a, number, 60, 90],
    ],
  ])
  expect(parts(leg('1', aino, 10, 10))).toEqual([[[a, number, 10, 10]]])
})
