/**
 * Files of a real Asterisk and a real Kamailio about known calls (test/vectors/feeds), as reported to the register (R9,
 * R16).
 */
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { RegisterTables } from '#register/tables.ts'
import { readVersions, versionAt } from '#safeguards/versions/versions.ts'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { phone } from '#test/database/people.ts'
import { createCallAssembler } from './assemble-calls.ts'
import { classifyCall } from './classify-call.ts'
import { readerOf } from './sources.ts'
import type { SourceName, SourceOptions } from './source-options.ts'

const versions = await readVersions((await createTestDatabase<RegisterTables>()).as().db)
const now = Temporal.Instant.from('2026-12-02T00:00:00Z')
const [aino, bertil, cecilia] = ['0295121001', '0295121002', '0295121003']
const officials = [aino, bertil, cecilia].map((number, at) => ({
  ...{ personId: `cccccccc-0000-4000-8000-00000000000${at}`, unitId: null, name: number, phoneKey: phone(number) },
  ...{ consentedFrom: null, from: Temporal.Instant.from('2020-01-01T00:00:00Z'), to: null },
}))

function readReports(source: SourceName, file: string, begun: Temporal.Instant, more: Partial<SourceOptions> = {}) {
  const text = readFileSync(new URL(`../../../test/vectors/feeds/${file}`, import.meta.url), 'utf8')
  const reader = readerOf({ source, fields: {}, zone: 'UTC', ...more })
  const assembler = createCallAssembler({ settleMs: 0 })
  const problems: string[] = []
  for (const read of text
    .trimEnd()
    .split('\n')
    .flatMap((line) => reader.read(line, undefined))) {
    if (read.is === 'record') assembler.add(read.record, now.epochMilliseconds, () => undefined)
    if (read.is === 'problem') problems.push(read.reason)
  }
  const context = { versionAt: (at: Temporal.Instant) => versionAt(versions, at), officials, now }
  const seconds = (at: Temporal.Instant | undefined) =>
    at && Math.floor((at.epochMilliseconds - begun.epochMilliseconds) / 1000)
  const calls = assembler.settled(now.epochMilliseconds + 1).map((call) => classifyCall('feed', call, context))
  return {
    doubtful: calls.flatMap((classified) =>
      classified.is === 'call' && classified.isDoubtful ? [classified.call.caller] : [],
    ),
    problems: [...problems, ...calls.flatMap((classified) => (classified.is === 'problem' ? [classified.reason] : []))],
    calls: calls
      .flatMap((classified) => (classified.is === 'call' ? [classified.call] : []))
      .toSorted((a, b) => Temporal.Instant.compare(a.startedAt, b.startedAt))
      .map(({ caller, numberCalled, segments }) => [
        ...[caller, numberCalled],
        segments.map(({ official, answeredAt, endedAt }) => [official, seconds(answeredAt), seconds(endedAt)]),
      ]),
  }
}

describe('Asterisk 22', () => {
  const begun = Temporal.Instant.from('2026-12-01T08:56:31Z')
  type Talk = [official: string, from: number, until: number]
  /** `queue`: the answer of the queue or the transfer, for detail records that have that as the answer. */
  const calls: [what: string, caller: string, number: string, talks: Talk[], queue?: number[]][] = [
    ['a queue', '+358401234561', '029497000', [[aino, 1, 4]], [0]],
    ['a call that ends in the queue', '+358401234562', '029497000', []],
    [
      'a transfer',
      '+358401234563',
      '029497000',
      [
        [aino, 20, 23],
        [bertil, 24, 29],
      ],
      [18, 23],
    ],
    ['a queue, longer', '+358401234564', '029497000', [[aino, 32, 42]], [31]],
    [
      'a transfer after a consultation (REFER with Replaces)',
      '+358401234565',
      '029497000',
      [
        [aino, 49, 56],
        [bertil, 56, 61],
      ],
      [48, 56],
    ],
    ['a consultation, after which the official comes back', '+358401234566', '029497000', [[aino, 64, 73]], [63]],
    [
      'a conference to which a third person is dialled',
      '+358401234567',
      '029497000',
      [
        [aino, 76, 91],
        [cecilia, 83, 88],
      ],
      [75, 83],
    ],
    [
      'a conference that a third person dials into',
      '+358401234568',
      '029497000',
      [
        [aino, 95, 108],
        [cecilia, 102, 106],
      ],
      [94, 102],
    ],
    [
      'back to the queue',
      '+358401234569',
      '029497000',
      [
        [aino, 112, 115],
        [bertil, 116, 122],
      ],
      [111, 115],
    ],
    ['two who ring at once', '+3584012345610', '029497001', [[bertil, 126, 129]]],
    [
      ...(['consultation, conference and transfer', '+3584012345611', '029497000'] as const),
      [
        [aino, 132, 147],
        [bertil, 143, 147],
        [cecilia, 148, 152],
      ],
      [131, 143, 147],
    ],
  ]
  const names = new Map([['support', '029497000']])

  test('channel events report who spoke with the caller, and when', () => {
    const expected = calls.map(([, caller, number, talks]) => [caller, number, talks])
    expect(readReports('asterisk-cel', 'asterisk/cel.csv', begun)).toMatchObject({
      doubtful: [],
      problems: [],
      calls: expected,
    })
  })

  test('detail records report who spoke with the caller, from the answer of the queue or the transfer on', () => {
    const expected = calls.map(([, caller, number, talks, queue]) => [
      ...[caller, number],
      talks.map(([agent, from, until], at) => [agent, queue?.[at] ?? from, until]),
    ])
    expect(readReports('asterisk-csv', 'asterisk/Master.csv', begun, { names })).toMatchObject({
      problems: [],
      calls: expected,
    })
  })

  test('detail records alone do not report the number called of a transferred call: each such call is a problem', () => {
    const { problems, calls: found } = readReports('asterisk-csv', 'asterisk/Master.csv', begun)
    const transferred = ['+358401234563', '+358401234567', '+358401234568', '+3584012345611']
    expect(found.map(([caller]) => caller)).toEqual(
      calls.map(([, caller]) => caller).filter((caller) => !transferred.includes(caller)),
    )
    // One problem for each transferred call.
    expect(problems).toEqual(transferred.map(() => 'direction-unknown'))
    const byTrunk = readReports('asterisk-csv', 'asterisk/Master.csv', begun, {
      incoming: { field: 'device', values: ['trunk'] },
    })
    expect([byTrunk.problems, byTrunk.calls.map(([caller]) => caller)]).toEqual([[], calls.map(([, caller]) => caller)])
    expect(byTrunk.doubtful.toSorted()).toEqual(transferred.toSorted())
  })

  test('a transfer also changes the context of incoming calls: every such call is reported as a call or as a problem', () => {
    const incoming = { field: 'dcontext', values: ['from-trunk'] }
    const expected = readReports('asterisk-csv', 'asterisk/Master.csv', begun, { names })
    expect(readReports('asterisk-csv', 'asterisk/Master.csv', begun, { names, incoming })).toEqual(expected)
    const { problems, calls: found } = readReports('asterisk-csv', 'asterisk/Master.csv', begun, { incoming })
    expect([problems, problems.length + found.length]).toEqual([problems.map(() => 'direction-unknown'), calls.length])
  })

  test('channel events and detail records both report an attended transfer by keys, detail records from its start', () => {
    const from = Temporal.Instant.from('2026-12-01T09:33:35Z')
    const expected = (requests: number, takes: number) => ({
      problems: [],
      calls: [
        [
          ...['+358401234561', '029497000'],
          [
            [aino, requests, 10],
            [bertil, takes, 20],
          ],
        ],
      ],
    })
    expect(readReports('asterisk-cel', 'asterisk/keys/cel.csv', from)).toMatchObject(expected(2, 16))
    expect(readReports('asterisk-csv', 'asterisk/keys/Master.csv', from, { names })).toMatchObject(expected(0, 10))
  })

  test('queue_log reports whom a queue connected', () => {
    const { problems, calls: found } = readReports('queue-log', 'asterisk/queue_log', begun, { names })
    expect(problems).toEqual([])
    const byQueue = calls.filter(([what]) => what !== 'two who ring at once')
    expect(found.map(([caller, , talks]) => [caller, (talks as Talk[]).map(([agent, from]) => [agent, from])])).toEqual(
      byQueue.map(([what, caller, , talks]) => [
        caller,
        talks.slice(0, what === 'back to the queue' ? 2 : 1).map(([agent, from]) => [agent, from]),
      ]),
    )
  })
})

test('acc of Kamailio 6 reports who answered of several who rang, and both officials of a transfer by REFER, also during a hold', () => {
  const begun = Temporal.Instant.fromEpochMilliseconds(1_796_117_382_000)
  expect(readReports('acc', 'kamailio/acc.txt', begun)).toMatchObject({
    ...{ doubtful: [] },
    problems: [],
    calls: [
      ['+358401234567', '029497000', [[bertil, 0, 3]]],
      ['+358401234568', '029497001', [[bertil, 8, 10]]],
      [
        ...['+358401234569', '029497000'],
        [
          [aino, 15, 24],
          [cecilia, 22, 26],
        ],
      ],
    ],
  })
})
