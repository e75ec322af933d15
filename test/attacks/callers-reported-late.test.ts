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
const callerParty = { id: 'c', aor: people.caller, label: '1' }
const officialParty = { id: 'a', aor: people.official, label: '2' }
const colleagueParty = { id: 'b', aor: people.colleague, label: '2' }
const strangerParty = { id: 'x', aor: `sip:${stranger}@x`, label: '1' }
/** Builds the metadata of a second session of the call. */
const secondMetadata = (...participants: { id: string; aor: string; label: string }[]) =>
  metadataOf({ id: 'o', participants })
const guid = { 'Cisco-Guid': '1-2-3-4', ...diversion }

type Session = Awaited<ReturnType<FlowBench['call']>>
async function speak(rounds: number, ...sessions: [Session, Awaited<ReturnType<Session['invite']>>['ports']][]) {
  for (let n = 0; n < rounds; n++) {
    for (const [session, ports] of sessions) await session.speak(ports, 2)
    await wait(100)
  }
}

/** Ends these sessions, and returns each part's caller and number of recorded packets. */
async function endSessions(...sessions: Session[]) {
  for (const session of sessions) await session.bye()
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
  async function openBoth() {
    const [firstSession, secondSession] = [await bench.call({}), await bench.call({ ssrc: 500 })]
    const first = await firstSession.invite({
      sdp: true,
      metadata: metadataOf({ participants: [callerParty, officialParty] }),
      headers,
    })
    const second = await secondSession.invite({ sdp: true, headers })
    await speak(5, [firstSession, first.ports], [secondSession, second.ports])
    return { firstSession, secondSession, ports: second.ports }
  }

  test('is recorded separately while the first is silent', async () => {
    const { firstSession, secondSession, ports } = await openBoth()
    await secondSession.update({ metadata: secondMetadata(strangerParty, officialParty) })
    await speak(12, [secondSession, secondSession.offered.at(-1)?.ports ?? ports])
    expect((await endSessions(secondSession, firstSession))[0]).toEqual([caller, 20])
    expect(bench.segments()[1]?.caller.key).toBe(stranger)
  })

  test('has a recording of its own once the first has ended', async () => {
    const { firstSession, secondSession, ports } = await openBoth()
    await firstSession.bye()
    await wait(100)
    await secondSession.update({ metadata: secondMetadata(strangerParty, officialParty) })
    await speak(5, [secondSession, ports])
    expect(await endSessions(secondSession)).toEqual([
      [caller, 20],
      [stranger, 20],
    ])
    expect(bench.segments()[1]?.marks).toContain('needs-review')
  })
})

test.each([
  ['its caller', [callerParty]],
  ['no caller', []],
])(
  'a call of two sessions is one contact if it is transferred in the second, which reports %s',
  async (_, reported) => {
    const [firstSession, secondSession] = [await bench.call({}), await bench.call({ ssrc: 500 })]
    const first = await firstSession.invite({
      sdp: true,
      metadata: metadataOf({ participants: [callerParty, officialParty] }),
      headers: guid,
    })
    const second = await secondSession.invite({
      sdp: true,
      metadata: secondMetadata(...reported, officialParty),
      headers: guid,
    })
    await speak(5, [firstSession, first.ports], [secondSession, second.ports])
    await firstSession.bye()
    await wait(100)
    await secondSession.update({ metadata: secondMetadata(...reported, colleagueParty) })
    await speak(5, [secondSession, second.ports])
    expect(await endSessions(secondSession)).toEqual([
      [caller, 20],
      [caller, 20],
    ])
    expect(contacts()).toBe(1)
  },
)

test('a guessed caller that the client confirms stays the caller, whoever is reported afterwards', async () => {
  const call = await bench.call({ from: `<sip:${caller}@127.0.0.1>` })
  const { ports } = await call.invite({
    sdp: true,
    metadata: metadataOf({ participants: [officialParty] }),
    headers: diversion,
  })
  await call.update({ metadata: metadataOf({ participants: [callerParty, officialParty] }) })
  await speak(2, [call, ports])
  await call.update({ metadata: metadataOf({ participants: [strangerParty, callerParty, officialParty] }) })
  await endSessions(call)
  expect(bench.segments().map(({ caller: { key } }) => key)).toEqual([caller])
})

describe('a client that puts its own number into From', () => {
  const from = '<sip:+358931580000@127.0.0.1>'

  test.each([
    ['the official alone', { metadata: secondMetadata(colleagueParty) }],
    ['SDP alone', {}],
  ])('a later session that reports %s before the caller belongs to the same contact', async (_, reported) => {
    const firstSession = await bench.call({ from })
    const first = await firstSession.invite({
      sdp: true,
      metadata: metadataOf({ participants: [callerParty, officialParty] }),
      headers: guid,
    })
    await speak(5, [firstSession, first.ports])
    await firstSession.bye()
    const secondSession = await bench.call({ from, ssrc: 500 })
    const second = await secondSession.invite({ sdp: true, ...reported, headers: guid })
    await speak(5, [secondSession, second.ports])
    await secondSession.update({ metadata: secondMetadata(callerParty, colleagueParty) })
    await secondSession.bye()
    await bench.until(() => expect(bench.segments()).toHaveLength(2))
    expect(contacts()).toBe(1)
  })

  test('a duplicate session that reports the caller later is recorded once', async () => {
    const [firstSession, secondSession] = [await bench.call({ from }), await bench.call({ from, ssrc: 500 })]
    const first = await firstSession.invite({
      sdp: true,
      metadata: metadataOf({ participants: [callerParty, officialParty] }),
      headers: guid,
    })
    const second = await secondSession.invite({ sdp: true, headers: guid })
    await speak(3, [firstSession, first.ports], [secondSession, second.ports])
    await secondSession.update({ metadata: secondMetadata(callerParty, officialParty) })
    await speak(3, [firstSession, first.ports], [secondSession, second.ports])
    expect(await endSessions(secondSession, firstSession)).toEqual([[caller, 24]])
  })

  test.each([
    ['the official alone', { metadata: metadataOf({ participants: [officialParty] }) }],
    ['SDP alone', {}],
  ])(
    'a duplicate session that reports the caller is not a separate call if the first session reported %s',
    async (_, reported) => {
      const [firstSession, secondSession] = [await bench.call({ from }), await bench.call({ from, ssrc: 500 })]
      const first = await firstSession.invite({ sdp: true, ...reported, headers: guid })
      const second = await secondSession.invite({
        sdp: true,
        metadata: secondMetadata(callerParty, officialParty),
        headers: guid,
      })
      await speak(3, [firstSession, first.ports], [secondSession, second.ports])
      await endSessions(secondSession, firstSession)
      expect(bench.segments().map(({ caller: { key } }) => key)).toEqual([caller])
    },
  )

  test('a session with the caller of a continuing session, but another official, belongs to the same contact', async () => {
    const [firstSession, secondSession] = [await bench.call({ from }), await bench.call({ from, ssrc: 500 })]
    const first = await firstSession.invite({
      sdp: true,
      metadata: metadataOf({ participants: [officialParty] }),
      headers: guid,
    })
    await speak(3, [firstSession, first.ports])
    const second = await secondSession.invite({
      sdp: true,
      metadata: secondMetadata(callerParty, colleagueParty),
      headers: guid,
    })
    await speak(3, [secondSession, second.ports])
    await endSessions(firstSession, secondSession)
    expect(contacts()).toBe(1)
    expect(bench.segments().map(({ caller: { key } }) => key)).toEqual([caller, caller])
  })

  test('a session of another caller under the id of a reported caller does not belong to that contact', async () => {
    const [firstSession, secondSession] = [await bench.call({ from }), await bench.call({ from, ssrc: 500 })]
    const first = await firstSession.invite({
      sdp: true,
      metadata: metadataOf({ participants: [officialParty] }),
      headers: guid,
    })
    await firstSession.update({ metadata: metadataOf({ participants: [callerParty, officialParty] }) })
    const second = await secondSession.invite({
      sdp: true,
      metadata: secondMetadata(strangerParty, colleagueParty),
      headers: guid,
    })
    await speak(3, [firstSession, first.ports], [secondSession, second.ports])
    await endSessions(firstSession, secondSession)
    expect(contacts()).toBe(2)
    expect(bench.segments().map(({ caller: { key } }) => key)).toEqual([caller, stranger])
  })

  test('an official missing from the directory who transfers the call is not its caller', async () => {
    const unknownOfficial = { id: 'u', aor: 'sip:+358295129999@x', label: '2' }
    const [firstSession, secondSession] = [await bench.call({ from }), await bench.call({ from, ssrc: 500 })]
    const first = await firstSession.invite({
      sdp: true,
      metadata: metadataOf({ participants: [unknownOfficial] }),
      headers: guid,
    })
    await speak(3, [firstSession, first.ports])
    const shown = bench.segments()[0]?.caller.key
    const second = await secondSession.invite({
      sdp: true,
      metadata: secondMetadata({ ...unknownOfficial, label: '1' }, colleagueParty),
      headers: guid,
    })
    await speak(3, [secondSession, second.ports])
    await endSessions(firstSession, secondSession)
    expect(bench.segments()[0]?.caller.key).toBe(shown)
  })
})

test.each([
  ['both by From alone', [officialParty], [colleagueParty]],
  ['the second by its metadata', [officialParty], [strangerParty, colleagueParty]],
  ['the first by its metadata', [callerParty, officialParty], [strangerParty, colleagueParty]],
])(
  'two callers with one call id, whose client has the caller’s number in From, reported %s, are two contacts',
  async (_, ...reported) => {
    const [firstSession, secondSession] = [
      await bench.call({ from: `<sip:${caller}@127.0.0.1>` }),
      await bench.call({ from: `<sip:${stranger}@127.0.0.1>`, ssrc: 500 }),
    ]
    const first = await firstSession.invite({
      sdp: true,
      metadata: metadataOf({ participants: reported[0] }),
      headers: guid,
    })
    const second = await secondSession.invite({ sdp: true, metadata: secondMetadata(...reported[1]), headers: guid })
    await speak(3, [firstSession, first.ports], [secondSession, second.ports])
    await endSessions(firstSession, secondSession)
    expect(bench.segments().map(({ caller: { key } }) => key)).toEqual([caller, stranger])
    expect(contacts()).toBe(2)
  },
)
