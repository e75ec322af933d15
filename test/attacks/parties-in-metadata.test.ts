/**
 * Promise: a call is filed under its caller and the official who speaks (R8-R11, R17). The attack: metadata in which
 * the client repeats text of the caller, or the former official, must not be taken for the present parties.
 */
import { setTimeout as wait } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { SegmentFacts } from '#register/admit.ts'
import { walkChunk } from '#register/recordings/recording-log.ts'
import { metadataOf, numberKey, openBench, people, type FlowBench } from '../conformance/flows/recording-client.ts'

let bench: FlowBench
beforeEach(async () => {
  bench = await openBench(14_000, { limits: { silenceEndsMs: 1_500, scarceSilenceMs: 1_500 } })
})
afterEach(() => bench.stop())

const diversion = { Diversion: `<${people.number}>;reason=unconditional` }
const [caller, aino, bertil, stranger] = ['+358401234567', '+358295121001', '+358295121002', '+358509998877']
const session = 'c2Vzc2lvbg=='

/** Returns each recorded segment that has ended: its official, and the number of packets in its recording. */
async function parts() {
  const ended = bench.segments().filter(({ recording }) => recording?.stored)
  return Promise.all(
    ended.map(async (segment) => {
      const { index, openChunk } = await bench.opened(segment)
      let packets = 0
      for (const n of index.chunks.keys()) walkChunk(await openChunk(n), { packet: () => void packets++ })
      return [segment.official?.phone, packets] as const
    }),
  )
}

/** Waits until this many segments are stored. */
async function waitForStored(count: number) {
  await bench.until(() => expect(bench.segments().filter(({ recording }) => recording?.stored)).toHaveLength(count))
  return parts()
}

const times = (id: string, from: number, until?: number) => {
  const at = (minutes: number) => `2027-03-03T08:0${minutes}:00Z`
  const left = until === undefined ? '' : `<disassociate-time>${at(until)}</disassociate-time>`
  return `<participantsessionassoc participant_id="${id}" session_id="${session}"><associate-time>${at(from)}</associate-time>${left}</participantsessionassoc>`
}

const apkt = (inner: string) =>
  `<extensiondata xmlns:apkt="http://acmepacket.com/siprec/extensiondata">${inner}</extensiondata>`
const person = (id: string, aor: string, sends?: string, more = '') =>
  `<participant participant_id="${id}"><nameID aor="sip:${aor}@x"/>${sends ? `<send>${sends}</send>` : ''}${more}</participant>`
const streams = ['1', '2'].map((n) => `<stream stream_id="s${n}" session_id="${session}"><label>${n}</label></stream>`)

/** Metadata with the caller and the dialled number in Oracle's form. */
function oracle(options: {
  calls: string
  isCalled: string
  dialled?: string
  mode?: 'complete' | 'partial'
  more?: string
}): string {
  const { calls, isCalled, dialled, mode = 'complete', more = '' } = options
  const uri = dialled === undefined ? '' : `<apkt:request-uri>${dialled}</apkt:request-uri>`
  return [
    `<recording xmlns="urn:ietf:params:xml:ns:recording"><datamode>${mode}</datamode><session session_id="${session}"/>`,
    more,
    person('caller', calls, 's1', apkt('<apkt:callingParty>true</apkt:callingParty>')),
    person(isCalled, isCalled, 's2', apkt(`<apkt:callingParty>false</apkt:callingParty>${uri}`)),
    ...[...streams, '</recording>'],
  ].join('')
}

describe('a call that is transferred within its session belongs to each official while they have it', () => {
  const ribbon = (official: string) =>
    metadataOf({
      participants: [
        { id: 'c', aor: people.caller, label: '1' },
        { id: official, aor: `sip:${official}@x`, label: '2' },
      ],
      more: `<callData><fromhdr>&lt;${people.caller}&gt;</fromhdr><tohdr>&lt;sip:${aino}@x&gt;</tohdr></callData>`,
    })
  const first = oracle({ calls: caller, isCalled: aino })
  const leaveTimes = times('caller', 0) + times(aino, 1, 2) + times(bertil, 2)
  test.each([
    [
      'Oracle, a complete snapshot that reports when the first official left',
      first,
      oracle({
        calls: caller,
        isCalled: bertil,
        more: person(aino, aino, undefined, apkt('<apkt:callingParty>false</apkt:callingParty>')) + leaveTimes,
      }),
    ],
    [
      'Oracle, a partial update that reports when the first official left',
      first,
      oracle({ calls: caller, isCalled: bertil, mode: 'partial', more: leaveTimes }),
    ],
    [
      'Oracle, by the number that was dialled',
      oracle({ calls: caller, isCalled: aino, dialled: `sip:${aino}@x` }),
      oracle({ calls: caller, isCalled: bertil, dialled: `sip:${aino}@x` }),
    ],
    ['Ribbon, by the call’s To', ribbon(aino), ribbon(bertil)],
  ])('%s', async (_, before, after) => {
    const call = await bench.call({})
    const { ports } = await call.invite({ sdp: true, metadata: before, headers: diversion })
    await call.speak(ports, 10)
    await call.update({ metadata: after })
    await call.speak(ports, 15)
    await call.bye()
    expect(await waitForStored(2)).toEqual([
      [aino, 20],
      [bertil, 30],
    ])
  })

  test('a transfer to a number missing from the directory is marked for review', async () => {
    const call = await bench.call({})
    await call.invite({ sdp: true, metadata: first, headers: diversion })
    const unlisted = person('x', stranger, 's2')
    await call.update({
      metadata: `<recording><datamode>partial</datamode>${unlisted}${times('caller', 0)}${times(aino, 1, 2)}${times('x', 2)}</recording>`,
    })
    await call.bye()
    await bench.until(() =>
      expect(bench.segments()).toMatchObject([
        { marks: expect.arrayContaining(['needs-review']) as string[], recording: { stored: {} } },
      ]),
    )
  })
})

describe('a caller’s dialled number and name', () => {
  test.each([
    ['another caller and official', stranger, bertil],
    ['an internal call', aino, bertil],
  ])('parameters after the dialled number add no party: %s', async (_, ani, dn) => {
    const dialled = `sip:${numberKey}@x;calluuid=somebodys;dn=${dn};ani=${ani};dnis=${numberKey}`
    for (const calls of [caller, 'genesys']) {
      const call = await bench.call({})
      await call.invite({ sdp: true, metadata: oracle({ calls, isCalled: aino, dialled }) })
      await call.bye()
    }
    await bench.until(() => expect(bench.segments().filter(({ endedAt }) => endedAt)).toHaveLength(2))
    expect(bench.segments()).toMatchObject([
      { caller: { key: caller }, official: { phone: aino }, numberReached: { key: numberKey } },
      { caller: { raw: 'sip:genesys@x' }, official: { phone: aino }, numberReached: { key: numberKey } },
    ])
    expect(bench.segments().flatMap(({ callIds }) => callIds)).not.toContain('genesysUuid:somebodys')
  })

  test('a caller named jambonz does not swap the channels of the two voices', async () => {
    const more = '<extensiondata><direction>inbound</direction><callsid>1</callsid></extensiondata>'
    const participants = [
      { id: 'c', aor: people.caller, label: '1', name: 'jambonz' },
      { id: 'o', aor: people.official, label: '2' },
    ]
    const call = await bench.call({})
    const { ports } = await call.invite({ sdp: true, metadata: metadataOf({ participants, more }), headers: diversion })
    await call.speak(ports, 10)
    await call.bye()
    await waitForStored(1)
    expect(await bench.voices(bench.segments()[0])).toMatchObject({ caller: [100], official: [101] })
  })

  test('a caller named asbce is not treated as a placeholder, whoever answered', async () => {
    const participants = [{ id: 'c', aor: 'sip:asbce@asbce.com', label: '1' }]
    for (const aor of [people.official, 'sip:+358295129999@x']) {
      const call = await bench.call({})
      const metadata = metadataOf({ participants: [...participants, { id: 'o', aor, label: '2' }] })
      await call.invite({ sdp: true, metadata, headers: diversion })
      await call.bye()
    }
    await bench.until(() => expect(bench.segments().filter(({ endedAt }) => endedAt)).toHaveLength(2))
    const answered = bench.segments().map(({ caller: { raw }, answeredAt }) => [raw, answeredAt !== undefined])
    expect(answered).toEqual([
      ['sip:asbce@asbce.com', true],
      ['sip:asbce@asbce.com', true],
    ])
    expect(bench.segments()[0]?.decision.record).toBe(true)
  })
})

describe('the end of a conference', () => {
  const link = (id: string, label: string, from: number, until?: number) => {
    const left = until === undefined ? '' : `<disassociate-time>2027-03-03T08:0${until}:00Z</disassociate-time>`
    return `<participantstreamassoc participant_id="${id}"><associate-time>2027-03-03T08:0${from}:00Z</associate-time>${left}<send>s${label}</send></participantstreamassoc>`
  }
  test.each([
    ['the caller', 'c', '1'],
    ['the official', 'a', '2'],
  ])('a stranger who joins after a hold of %s, signalled by times, is not recorded', async (_, held, label) => {
    const two = [
      { id: 'c', aor: people.caller },
      { id: 'a', aor: people.official },
    ]
    const other = held === 'c' ? link('a', '2', 0) : link('c', '1', 0)
    const call = await bench.call({})
    const reported = (participants: { id: string; aor: string }[], more: string) => ({
      metadata: metadataOf({ participants, more: other + more }),
    })
    const { ports } = await call.invite({ sdp: true, ...reported(two, link(held, label, 0)), headers: diversion })
    await call.speak(ports, 10)
    await call.update(reported(two, link(held, label, 0, 1)))
    await call.update(reported(two, link(held, label, 2)))
    await call.update(
      reported([...two, { id: 'x', aor: `sip:${stranger}@x` }], link(held, label, 2) + link('x', '2', 3)),
    )
    await call.speak(ports, 15)
    await call.bye()
    expect(await waitForStored(1)).toEqual([[aino, 20]])
  })

  const metadataWith = (official: string, caller: string, session = official) =>
    metadataOf({
      id: session,
      participants: [
        { id: 'c', aor: caller, label: '1' },
        { id: official, aor: `sip:${official}@x`, label: '2' },
      ],
    })

  test('a silent session whose BYE was lost ends the conference, and the next official’s recording starts at that moment', async () => {
    const headers = { ...diversion, 'Cisco-Guid': '1-2-3-4' }
    const first = await bench.call({})
    const { ports: lost } = await first.invite({ sdp: true, metadata: metadataWith(aino, people.caller), headers })
    await first.speak(lost, 10)
    await wait(100)
    const next = await bench.call({ ssrc: 200 })
    const { ports } = await next.invite({ sdp: true, metadata: metadataWith(bertil, people.caller), headers })
    await next.speak(ports, 10)
    const ended = () => bench.segments().find(({ official }) => official?.phone === aino)?.endedAt
    const speaking = setInterval(() => void next.speak(ports, 1), 100)
    await bench.until(() => expect(ended()).toBeDefined())
    clearInterval(speaking)
    await next.speak(ports, 20)
    await next.bye()
    const [before, after] = await waitForStored(2)
    expect(before).toEqual([aino, 20])
    expect(after![1]).toBeGreaterThanOrEqual(40)
  })

  test.each([
    ['Session-ID', `${'0'.repeat(32)};remote=${'0'.repeat(32)}`],
    ['Cisco-Guid', '0-0-0-0'],
    ['User-to-User', '00FA080000000000000000;encoding=hex'],
  ])('a %s of zeros joins two calls neither in one contact nor in a conference', async (name, value) => {
    const calls = []
    for (const official of [aino, bertil]) {
      const call = await bench.call({ ssrc: 100 * (calls.length + 1) })
      const metadata = metadataWith(official, 'sip:anonymous@anonymous.invalid').replace(
        /(<session session_id="[^"]*">)/,
        name === 'Session-ID' ? `$1<sipSessionID>${value}</sipSessionID>` : '$1',
      )
      calls.push({ call, ...(await call.invite({ sdp: true, metadata, headers: { ...diversion, [name]: value } })) })
    }
    for (const { call, ports } of calls) await call.speak(ports, 10)
    for (const { call } of calls) await call.bye()
    expect(await waitForStored(2)).toEqual([
      [aino, 20],
      [bertil, 20],
    ])
    expect(new Set(bench.segments().map(({ contactId }) => contactId)).size).toBe(2)
  })

  test('two callers with withheld numbers and the same id are marked for review', async () => {
    const headers = { ...diversion, 'User-to-User': '00FA08000100021A2B3C4D;encoding=hex' }
    for (const official of [aino, bertil]) {
      const call = await bench.call({})
      await call.invite({ sdp: true, metadata: metadataWith(official, 'sip:anonymous@anonymous.invalid'), headers })
    }
    await bench.until(() =>
      expect(bench.segments().map(({ captureState, marks }) => [captureState, marks])).toEqual([
        ['paused', ['needs-review']],
        ['paused', ['needs-review']],
      ]),
    )
  })
})

describe('a client’s clock', () => {
  const clock = (offsetMs: number) => {
    const ms = Date.now() + offsetMs
    return (seconds: number) => new Date(ms + 1_000 * seconds).toISOString()
  }
  const metadataWith = (official: string, answered: string, end = '') => {
    const joins = `<participantsessionassoc participant_id="${official}" session_id="${session}"><associate-time>${answered}</associate-time></participantsessionassoc>`
    const stop = end && `<session session_id="${session}"><stop-time>${end}</stop-time></session>`
    const participants = [
      { id: 'c', aor: people.caller, label: '1' },
      { id: official, aor: `sip:${official}@x`, label: '2' },
    ]
    return metadataOf({ participants, more: joins + stop })
  }
  const sinceStart = (at: Temporal.Instant | undefined) => {
    const [{ recording }] = bench.segments() as [SegmentFacts]
    return at!.since(recording!.startedAt).total('milliseconds')
  }

  test('that is two hours behind ends no segment before its start: the transfer counts when it is reported', async () => {
    const at = clock(-7_200_000)
    const call = await bench.call({})
    const { ports } = await call.invite({ sdp: true, metadata: metadataWith(aino, at(0)), headers: diversion })
    await call.speak(ports, 10)
    await wait(300)
    await call.update({ metadata: metadataWith(bertil, at(0.3)) })
    await call.bye()
    await waitForStored(2)
    expect(sinceStart(bench.segments()[0]?.endedAt)).toBeGreaterThan(200)
  })

  test('that is days behind ends no call before its start', async () => {
    const at = clock(-3 * 86_400_000)
    const call = await bench.call({})
    const { ports } = await call.invite({ sdp: true, metadata: metadataWith(aino, at(0)), headers: diversion })
    await call.speak(ports, 10)
    await wait(300)
    await call.bye({ metadata: metadataWith(aino, at(0), at(0.3)) })
    expect(await waitForStored(1)).toEqual([[aino, 20]])
    expect(sinceStart(bench.segments()[0]?.endedAt)).toBeGreaterThan(200)
  })

  test('that is ahead does not move the time of the answer when the client repeats it', async () => {
    const at = clock(5_400)
    const call = await bench.call({})
    const { ports } = await call.invite({ sdp: true, metadata: metadataWith(aino, at(0)), headers: diversion })
    await wait(1_000)
    await call.update({ metadata: metadataWith(aino, at(0)) })
    await call.speak(ports, 10)
    await call.bye()
    await waitForStored(1)
    expect(sinceStart(bench.segments()[0]?.answeredAt)).toBeLessThan(500)
  })

  test('that is ahead shortens neither start nor end of a transferred call whose transfer time is not reported', async () => {
    const at = clock(1_500)
    const call = await bench.call({})
    const { ports } = await call.invite({ sdp: true, metadata: metadataWith(aino, at(0)), headers: diversion })
    for (let n = 0; n < 5; n++) {
      await call.speak(ports, 2)
      await wait(500)
    }
    const participants = [
      { id: 'c', aor: people.caller, label: '1' },
      { id: bertil, aor: `sip:${bertil}@x`, label: '2' },
    ]
    await call.update({ metadata: metadataOf({ participants }) })
    await call.bye()
    await bench.until(() => expect(bench.segments().map(({ endedAt }) => endedAt !== undefined)).toEqual([true, true]))
    const [first] = bench.segments()
    expect(sinceStart(first?.answeredAt)).toBeLessThanOrEqual(0)
    expect(sinceStart(first?.endedAt)).toBeGreaterThan(2_300)
  })
})

describe('a supervisor who listens', () => {
  const [callerParty, officialParty] = [
    { id: 'c', aor: people.caller, label: '1' },
    { id: 'a', aor: people.official, label: '2' },
  ]
  test.each([
    ['before', ['ear', 'voice']],
    ['after', ['voice', 'ear']],
  ])(
    'who also speaks on another leg (reported %s) is a second official: the conference is not recorded',
    async (_, legs) => {
      const call = await bench.call({})
      const { ports } = await call.invite({
        sdp: true,
        metadata: metadataOf({ participants: [callerParty, officialParty] }),
        headers: diversion,
      })
      await call.speak(ports, 10)
      await wait(50)
      const own = legs.map((id) => ({ id, aor: people.colleague, label: id === 'voice' ? '2' : '' }))
      const more = `<participantstreamassoc participant_id="ear"><recv>s1</recv><recv>s2</recv></participantstreamassoc>`
      await call.update({ metadata: metadataOf({ participants: [callerParty, officialParty, ...own], more }) })
      await call.speak(ports, 10)
      await wait(50)
      await call.bye()
      expect(await waitForStored(1)).toEqual([[aino, 20]])
    },
  )

  test('does not become the official of a call for which the client names another', async () => {
    const calls = apkt('<apkt:callingParty>true</apkt:callingParty>')
    const isCalled = apkt(
      `<apkt:callingParty>false</apkt:callingParty><apkt:request-uri>sip:${aino}@x</apkt:request-uri>`,
    )
    const metadata = [
      `<recording xmlns="urn:ietf:params:xml:ns:recording"><datamode>complete</datamode><session session_id="${session}"/>`,
      ...[person('caller', caller, 's1', calls), person('device', '4711', 's2', isCalled)],
      person('b', bertil, undefined, '<recv>s1</recv><recv>s2</recv>'),
      ...[...streams, '</recording>'],
    ].join('')
    const call = await bench.call({})
    const { ports } = await call.invite({ sdp: true, metadata, headers: diversion })
    await call.speak(ports, 10)
    await call.bye()
    await waitForStored(1)
    expect(bench.segments()[0]?.official?.phone).toBe(aino)
  })
})

describe('a call that its caller has left', () => {
  const [callerParty, officialParty] = [
    { id: 'c', aor: people.caller, label: '1' },
    { id: 'a', aor: people.official, label: '2' },
  ]
  const colleagueParty = { id: 'b', aor: people.colleague, label: '2' }
  const strangerParty = { id: 'x', aor: `sip:${stranger}@x`, label: '1' }
  test.each([
    ['is no longer reported', metadataOf({ participants: [officialParty, strangerParty] })],
    [
      'is reported to have left',
      metadataOf({ participants: [{ ...callerParty, label: '' }, officialParty, strangerParty] }).replace(
        /<participantsessionassoc participant_id="c".*?<.participantsessionassoc>/,
        times('c', 0, 1),
      ),
    ],
    [
      'is reported to have left, by a partial update',
      metadataOf({ mode: 'partial', participants: [strangerParty], more: times('c', 0, 1) }),
    ],
    [
      'has another number under the same id',
      metadataOf({ participants: [{ ...strangerParty, id: 'c' }, officialParty] }),
    ],
    [
      'has another number under the same id, by a partial update',
      metadataOf({ mode: 'partial', participants: [{ ...strangerParty, id: 'c' }] }),
    ],
  ])(
    'if a caller %s, the official’s conversation with somebody else is in no recording of the caller, and is marked for review',
    async (_, request) => {
      const call = await bench.call({})
      const { ports } = await call.invite({
        sdp: true,
        metadata: metadataOf({ participants: [callerParty, officialParty] }),
        headers: diversion,
      })
      await call.speak(ports, 10)
      await wait(50)
      for (const reported of [{ metadata: request }, { sdp: true }, { metadata: request }]) {
        await call.reinvite(reported)
        await call.speak(ports, 10)
      }
      await call.reinvite({ metadata: metadataOf({ participants: [callerParty, officialParty] }) })
      await call.speak(ports, 15)
      await call.bye()
      expect(await waitForStored(1)).toEqual([[aino, 50]])
      expect(bench.segments()).toMatchObject([{ caller: { key: caller }, marks: ['needs-review'] }])
    },
  )

  test.each([
    ['withholds the number', 'sip:anonymous@anonymous.invalid', 'x'],
    ['has a SIP address', 'sip:somebody@elsewhere.example', 'x'],
    ['withholds the number, under the caller’s id,', 'sip:anonymous@anonymous.invalid', 'c'],
    ['has a SIP address, under the caller’s id,', 'sip:somebody@elsewhere.example', 'c'],
  ])('a talk with somebody who %s is marked for review', async (_, aor, id) => {
    const call = await bench.call({})
    const { ports } = await call.invite({
      sdp: true,
      metadata: metadataOf({ participants: [callerParty, officialParty] }),
      headers: diversion,
    })
    await call.speak(ports, 10)
    await call.reinvite({ metadata: metadataOf({ participants: [officialParty, { id, aor, label: '1' }] }) })
    await call.speak(ports, 10)
    await call.bye()
    await waitForStored(1)
    expect(bench.segments()).toMatchObject([{ caller: { key: caller }, marks: ['needs-review'] }])
  })

  test.each([
    ['is transferred', [[callerParty, colleagueParty]]],
    ['is on hold, alone,', [[callerParty], [callerParty, officialParty]]],
    ['is reported in another form', [[{ ...callerParty, id: 'again', aor: '0401234567' }, officialParty]]],
    [
      'is reported in another form under the same id',
      [[{ ...callerParty, aor: 'tel:040-1234567;ext=12' }, officialParty]],
    ],
    ['is reported with a second number', [[{ ...callerParty, aor: [people.caller, '4567'] }, officialParty]]],
    [
      'is reported by the extension of the number',
      [
        [{ ...callerParty, aor: '34567' }, officialParty],
        [callerParty, officialParty],
      ],
    ],
    [
      'is reported without a number',
      [
        [{ ...callerParty, aor: [] }, officialParty],
        [callerParty, officialParty],
      ],
    ],
  ])('a caller who %s causes no review', async (_, later) => {
    const call = await bench.call({})
    const { ports } = await call.invite({
      sdp: true,
      metadata: metadataOf({ participants: [callerParty, officialParty] }),
      headers: diversion,
    })
    await call.speak(ports, 10)
    for (const participants of later) await call.reinvite({ metadata: metadataOf({ participants }) })
    await call.speak(ports, 10)
    await call.bye()
    await bench.until(() => expect(bench.segments().every(({ endedAt }) => endedAt)).toBe(true))
    expect(bench.segments().flatMap(({ marks }) => marks)).toEqual([])
  })

  test.each([
    ['withheld', 'sip:anonymous@anonymous.invalid', 'withheld'],
    ['not a number', 'sip:+358@x', 'unparsed'],
    ['an extension of the later number', 'sip:34567@x', 'extension'],
  ])('recording continues without review if the caller’s number is %s at first', async (_, aor, kind) => {
    const call = await bench.call({})
    const { ports } = await call.invite({
      sdp: true,
      metadata: metadataOf({ participants: [{ ...callerParty, aor }, officialParty] }),
      headers: diversion,
    })
    expect(bench.segments()[0]?.caller.kind).toBe(kind)
    await call.speak(ports, 10)
    await call.reinvite({ metadata: metadataOf({ participants: [callerParty, officialParty] }) })
    await call.speak(ports, 10)
    await call.bye()
    expect(await waitForStored(1)).toEqual([[aino, 40]])
    expect(bench.segments()[0]?.marks).toEqual([])
  })

  test('a call whose caller has a SIP address first and a number later is marked for review', async () => {
    const call = await bench.call({})
    const { ports } = await call.invite({
      sdp: true,
      metadata: metadataOf({
        participants: [{ ...callerParty, aor: 'sip:somebody@elsewhere.example' }, officialParty],
      }),
      headers: diversion,
    })
    await call.speak(ports, 10)
    await call.reinvite({ metadata: metadataOf({ participants: [callerParty, officialParty] }) })
    await call.speak(ports, 10)
    await call.bye()
    await waitForStored(1)
    expect(bench.segments()[0]?.marks).toEqual(['needs-review'])
  })

  test.each([
    ['c', 'at once', []],
    ['c', 'after a request without a number', [[{ ...callerParty, aor: [] }]]],
    ['c', 'after being alone', [[{ ...strangerParty, id: 'c' }]]],
    ['x', 'at once', []],
  ])(
    'if somebody else (id %s) has the caller’s place before the answer, %s, the talk is withheld and marked',
    async (id, _, between) => {
      const call = await bench.call({})
      const { ports } = await call.invite({
        sdp: true,
        metadata: metadataOf({ participants: [callerParty] }),
        headers: diversion,
      })
      await wait(50)
      for (const participants of between) await call.update({ metadata: metadataOf({ participants }) })
      await call.update({ metadata: metadataOf({ participants: [{ ...strangerParty, id }, officialParty] }) })
      await call.speak(ports, 10)
      await call.bye()
      await bench.until(() => expect(bench.segments().every(({ endedAt }) => endedAt)).toBe(true))
      expect(bench.segments()).toMatchObject([{ caller: { key: caller }, marks: ['needs-review'] }])
      expect((await parts()).reduce((sum, [, packets]) => sum + packets, 0)).toBe(0)
    },
  )

  test.each([
    ['in another form', { id: 'again', aor: '0401234567', label: '1' }],
    ['without a number', { id: 'again', aor: 'sip:anonymous@anonymous.invalid', label: '1' }],
  ])('recording continues for a caller who comes back %s under another id', async (_, again) => {
    const call = await bench.call({})
    const { ports } = await call.invite({
      sdp: true,
      metadata: metadataOf({ participants: [callerParty, officialParty] }),
      headers: diversion,
    })
    await call.speak(ports, 10)
    await call.reinvite({ metadata: metadataOf({ participants: [again, officialParty] }) })
    await call.speak(ports, 10)
    await call.bye()
    expect(await waitForStored(1)).toEqual([[aino, 40]])
  })
})

test.each([
  ['a colleague', 'a', 40],
  ['the official', 'b', 20],
] as const)(
  'while %s only receives, the conversation with the caller belongs to the other official alone',
  async (_, speaks, remaining) => {
    const two = [
      { id: 'c', aor: people.caller, label: '1' },
      { id: 'a', aor: people.official, label: speaks === 'a' ? '2' : '' },
    ]
    const colleague = { id: 'b', aor: people.colleague, label: speaks === 'b' ? '2' : '' }
    const listens = `<participantstreamassoc participant_id="${speaks === 'a' ? 'b' : 'a'}"><recv>s1</recv><recv>s2</recv></participantstreamassoc>`
    const call = await bench.call({})
    const { ports } = await call.invite({
      ...{ sdp: true, headers: diversion },
      metadata: metadataOf({ participants: two, more: speaks === 'b' ? listens : '' }),
    })
    await call.speak(ports, 10)
    await wait(50)
    await call.update({ metadata: metadataOf({ participants: [...two, colleague], more: times('b', 3) + listens }) })
    await call.speak(ports, 10)
    await call.bye()
    expect(await waitForStored(1)).toEqual([[aino, remaining]])
    expect(bench.segments()[0]?.marks).toContain('needs-review')
  },
)

describe('after more metadata than the limits allow', () => {
  const callerParty = { id: 'c', aor: people.caller, label: '1' }
  const official = (n: number) => ({ id: `a${n}`, aor: people.official, label: '2' })
  const strangerParty = { id: 'x', aor: `sip:${stranger}@x`, label: '2' }
  const renamed = (xml: string, n: number) => xml.replaceAll(/(?<=[">])(s[12])(?=["<])/g, `$1-${n}`)
  /** Metadata of a client that renames streams, or the official, in each update; and of an outsider who joins at the end. */
  const clients: [string, (n: number) => string, string][] = [
    [
      'new stream ids in 300 snapshots',
      (n) => renamed(metadataOf({ participants: [callerParty, official(0)] }), n),
      renamed(metadataOf({ participants: [callerParty, official(0), strangerParty] }), 300),
    ],
    [
      'new ids of the official in 70 partial updates',
      (n) => metadataOf({ mode: 'partial', participants: [official(n + 1)], more: times(`a${n}`, 0, 1) }),
      metadataOf({ mode: 'partial', participants: [strangerParty] }),
    ],
    [
      'new ids of the official in 70 snapshots',
      (n) => metadataOf({ participants: [callerParty, official(n + 1)] }),
      metadataOf({ participants: [{ ...strangerParty, label: '1' }, official(80)] }),
    ],
  ]
  test.each(clients)(
    '%s: an outsider who speaks then is not recorded',
    async (name, update, joins) => {
      const call = await bench.call({})
      const { ports } = await call.invite({
        ...{ sdp: true, headers: diversion },
        metadata: metadataOf({ participants: [callerParty, official(0)] }),
      })
      await call.speak(ports, 10)
      await wait(50)
      const updates = Number(/\d+/.exec(name)![0])
      for (let n = 0; n < updates; n++) {
        // Keeps the session from ending as silent.
        if (n % 10 === 0) await call.speak(ports, 1)
        expect(await call.update({ metadata: update(n) })).toMatchObject({ status: 200 })
      }
      await wait(50)
      expect(await call.update({ metadata: joins })).toMatchObject({ status: 200 })
      await call.speak(ports, 10)
      await call.bye()
      expect(await waitForStored(1)).toEqual([[aino, 20 + updates / 5]])
    },
    60_000,
  )
})
