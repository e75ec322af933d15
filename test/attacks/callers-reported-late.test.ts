/**
 * Promise: nobody's call reaches the contact or the recording of another caller, and one call is one contact (R9, R17). The
 * attack: two sessions have the same id. One reports its caller late, or reports none, so that the recorder can only infer the
 * caller (docs/decisions/0111).
 */
import { setTimeout as wait } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { metadataOf, openBench, people, type FlowBench } from '../conformance/flows/recording-client.ts'

let bench: FlowBench
beforeEach(async () => {
  bench = await openBench(14_600, { limits: { silenceEndsMs: 3_500, scarceSilenceMs: 3_500 } })
})
afterEach(() => bench.stop())

const diversion = { Diversion: `<${people.number}>;reason=unconditional` }
const [caller, stranger] = ['+358401234567', '+358509998877']
const c = { id: 'c', aor: people.caller, label: '1' }
const a = { id: 'a', aor: people.official, label: '2' }
const b = { id: 'b', aor: people.colleague, label: '2' }
const x = { id: 'x', aor: `sip:${stranger}@x`, label: '1' }
/** Metadata of a second session of the call. */
const beside = (...participants: { id: string; aor: string; label: string }[]) => metadataOf({ id: 'o', participants })
const guid = { 'Cisco-Guid': '1-2-3-4', ...diversion }

type Session = Awaited<ReturnType<FlowBench['call']>>
async function speak(rounds: number, ...talks: [Session, Awaited<ReturnType<Session['invite']>>['ports']][]) {
  for (let n = 0; n < rounds; n++) {
    for (const [talk, ports] of talks) await talk.speak(ports, 2)
    await wait(100)
  }
}

/** Ends these sessions, and returns each part's caller and number of recorded packets. */
async function endSessions(...talks: Session[]) {
  for (const talk of talks) await talk.bye()
  await bench.until(() => expect(bench.segments().every(({ recording }) => recording?.stored)).toBe(true))
  return bench.segments().map(({ caller: { key }, recording }) => [key, recording?.stored?.packetsReceived])
}
const contacts = () => new Set(bench.segments().map(({ contactId }) => contactId)).size

describe.each([
  ['User-to-User', '00FA080001000263F1A2B3;encoding=hex'],
  ['Cisco-Guid', '1-2-3-4'],
  ['X-BroadWorks-Correlation-Info', '1-2-3-4'],
])('a second session with the same id in %s that reports another caller later', (header, value) => {
  const headers = { [header]: value, ...diversion }
  async function both() {
    const [one, two] = [await bench.call({}), await bench.call({ ssrc: 500 })]
    const first = await one.invite({ sdp: true, metadata: metadataOf({ participants: [c, a] }), headers })
    const second = await two.invite({ sdp: true, headers })
    await speak(5, [one, first.ports], [two, second.ports])
    return { one, two, ports: second.ports }
  }

  test('is recorded separately while the first is silent', async () => {
    const { one, two, ports } = await both()
    await two.update({ metadata: beside(x, a) })
    await speak(12, [two, two.offered.at(-1)?.ports ?? ports])
    expect((await endSessions(two, one))[0]).toEqual([caller, 20])
    expect(bench.segments()[1]?.caller.key).toBe(stranger)
  })

  test('has a recording of its own once the first has ended', async () => {
    const { one, two, ports } = await both()
    await one.bye()
    await wait(100)
    await two.update({ metadata: beside(x, a) })
    await speak(5, [two, ports])
    expect(await endSessions(two)).toEqual([
      [caller, 20],
      [stranger, 20],
    ])
    expect(bench.segments()[1]?.marks).toContain('needs-review')
  })
})

test.each([
  ['its caller', [c]],
  ['no caller', []],
])(
  'a call of two sessions is one contact if it is transferred in the second, which reports %s',
  async (_, reported) => {
    const [one, two] = [await bench.call({}), await bench.call({ ssrc: 500 })]
    const first = await one.invite({ sdp: true, metadata: metadataOf({ participants: [c, a] }), headers: guid })
    const second = await two.invite({ sdp: true, metadata: beside(...reported, a), headers: guid })
    await speak(5, [one, first.ports], [two, second.ports])
    await one.bye()
    await wait(100)
    await two.update({ metadata: beside(...reported, b) })
    await speak(5, [two, second.ports])
    expect(await endSessions(two)).toEqual([
      [caller, 20],
      [caller, 20],
    ])
    expect(contacts()).toBe(1)
  },
)

test('a guessed caller that the client confirms stays the caller, whoever is reported afterwards', async () => {
  const call = await bench.call({ from: `<sip:${caller}@127.0.0.1>` })
  const { ports } = await call.invite({ sdp: true, metadata: metadataOf({ participants: [a] }), headers: diversion })
  await call.update({ metadata: metadataOf({ participants: [c, a] }) })
  await speak(2, [call, ports])
  await call.update({ metadata: metadataOf({ participants: [x, c, a] }) })
  await endSessions(call)
  expect(bench.segments().map(({ caller: { key } }) => key)).toEqual([caller])
})

describe('a client that puts its own number into From', () => {
  const from = '<sip:+358931580000@127.0.0.1>'

  test.each([
    ['the official alone', { metadata: beside(b) }],
    ['SDP alone', {}],
  ])('a later session that reports %s before the caller belongs to the same contact', async (_, reported) => {
    const one = await bench.call({ from })
    const first = await one.invite({ sdp: true, metadata: metadataOf({ participants: [c, a] }), headers: guid })
    await speak(5, [one, first.ports])
    await one.bye()
    const two = await bench.call({ from, ssrc: 500 })
    const second = await two.invite({ sdp: true, ...reported, headers: guid })
    await speak(5, [two, second.ports])
    await two.update({ metadata: beside(c, b) })
    await two.bye()
    await bench.until(() => expect(bench.segments()).toHaveLength(2))
    expect(contacts()).toBe(1)
  })

  test('a duplicate session that reports the caller later is recorded once', async () => {
    const [one, two] = [await bench.call({ from }), await bench.call({ from, ssrc: 500 })]
    const first = await one.invite({ sdp: true, metadata: metadataOf({ participants: [c, a] }), headers: guid })
    const second = await two.invite({ sdp: true, headers: guid })
    await speak(3, [one, first.ports], [two, second.ports])
    await two.update({ metadata: beside(c, a) })
    await speak(3, [one, first.ports], [two, second.ports])
    expect(await endSessions(two, one)).toEqual([[caller, 24]])
  })

  test.each([
    ['the official alone', { metadata: metadataOf({ participants: [a] }) }],
    ['SDP alone', {}],
  ])(
    'a duplicate session that reports the caller is not a separate call if the first session reported %s',
    async (_, told) => {
      const [one, two] = [await bench.call({ from }), await bench.call({ from, ssrc: 500 })]
      const first = await one.invite({ sdp: true, ...told, headers: guid })
      const second = await two.invite({ sdp: true, metadata: beside(c, a), headers: guid })
      await speak(3, [one, first.ports], [two, second.ports])
      await endSessions(two, one)
      expect(bench.segments().map(({ caller: { key } }) => key)).toEqual([caller])
    },
  )

  test('a session with the caller of a continuing session, but another official, belongs to the same contact', async () => {
    const [one, two] = [await bench.call({ from }), await bench.call({ from, ssrc: 500 })]
    const first = await one.invite({ sdp: true, metadata: metadataOf({ participants: [a] }), headers: guid })
    await speak(3, [one, first.ports])
    const second = await two.invite({ sdp: true, metadata: beside(c, b), headers: guid })
    await speak(3, [two, second.ports])
    await endSessions(one, two)
    expect(contacts()).toBe(1)
    expect(bench.segments().map(({ caller: { key } }) => key)).toEqual([caller, caller])
  })

  test('a session of another caller under the id of a reported caller does not belong to that contact', async () => {
    const [one, two] = [await bench.call({ from }), await bench.call({ from, ssrc: 500 })]
    const first = await one.invite({ sdp: true, metadata: metadataOf({ participants: [a] }), headers: guid })
    await one.update({ metadata: metadataOf({ participants: [c, a] }) })
    const second = await two.invite({ sdp: true, metadata: beside(x, b), headers: guid })
    await speak(3, [one, first.ports], [two, second.ports])
    await endSessions(one, two)
    expect(contacts()).toBe(2)
    expect(bench.segments().map(({ caller: { key } }) => key)).toEqual([caller, stranger])
  })

  test('an official missing from the directory who transfers the call is not its caller', async () => {
    const u = { id: 'u', aor: 'sip:+358295129999@x', label: '2' }
    const [one, two] = [await bench.call({ from }), await bench.call({ from, ssrc: 500 })]
    const first = await one.invite({ sdp: true, metadata: metadataOf({ participants: [u] }), headers: guid })
    await speak(3, [one, first.ports])
    const shown = bench.segments()[0]?.caller.key
    const second = await two.invite({ sdp: true, metadata: beside({ ...u, label: '1' }, b), headers: guid })
    await speak(3, [two, second.ports])
    await endSessions(one, two)
    expect(bench.segments()[0]?.caller.key).toBe(shown)
  })
})

test.each([
  ['both by From alone', [a], [b]],
  ['the second by its metadata', [a], [x, b]],
  ['the first by its metadata', [c, a], [x, b]],
])(
  'two callers with one call id, whose client has the caller’s number in From, reported %s, are two contacts',
  async (_, ...told) => {
    const [one, two] = [
      await bench.call({ from: `<sip:${caller}@127.0.0.1>` }),
      await bench.call({ from: `<sip:${stranger}@127.0.0.1>`, ssrc: 500 }),
    ]
    const first = await one.invite({ sdp: true, metadata: metadataOf({ participants: told[0] }), headers: guid })
    const second = await two.invite({ sdp: true, metadata: beside(...told[1]), headers: guid })
    await speak(3, [one, first.ports], [two, second.ports])
    await endSessions(one, two)
    expect(bench.segments().map(({ caller: { key } }) => key)).toEqual([caller, stranger])
    expect(contacts()).toBe(2)
  },
)
