/**
 * What a client reports about a call later is entered in the call's contact, and affects the recording decision that
 * waited for it (RFC 7865 section 6.1; R9, R14).
 */
import { afterEach, beforeEach, expect, test } from 'vitest'
import {
  callerKey,
  expectRecorded,
  metadataOf,
  numberKey,
  officialKey,
  openBench,
  people,
  type FlowBench,
} from './recording-client.ts'

let bench: FlowBench
beforeEach(async () => {
  bench = await openBench(13_100)
})
afterEach(() => bench.stop())

const caller = { id: 'caller', aor: people.caller, label: '1' }
const official = { id: 'official', aor: people.official, label: '2' }
const colleague = { id: 'colleague', aor: people.colleague, label: '1' }
const number = { id: 'number', aor: people.number }
const diversion = { Diversion: `<${people.number}>;reason=unconditional` }
const allMetadata = metadataOf({ participants: [caller, official, number] })
const known = { caller: { key: callerKey }, numberReached: { key: numberKey }, numberCalled: { key: numberKey } }

/** Checks that there is exactly one segment, with all known facts. */
function expectOneSegment(): void {
  expect(bench.segments()).toHaveLength(1)
  expect(bench.segments()[0]).toMatchObject({ ...known, official: { phone: officialKey }, marks: [] })
}

test.each(['UPDATE', 're-INVITE'] as const)(
  'official first, the rest by %s: one segment with caller and number, recorded from then on',
  async (method) => {
    const call = await bench.call({})
    const { ports } = await call.invite({ sdp: true, metadata: metadataOf({ participants: [official] }) })
    await call.speak(ports, 10)
    if (method === 'UPDATE') await call.update({ metadata: allMetadata })
    else expect((await call.reinvite({ sdp: true, metadata: allMetadata })).ports).toEqual(ports)
    await bench.until(() => expect(bench.segments()[0]?.recording).toBeDefined())
    await call.speak(ports, 20)
    await call.bye()
    await expectRecorded(bench, 40)
    expectOneSegment()
    expect(bench.segments()[0]?.decision).toMatchObject({ record: true, reason: 'drawn' })
    // The recorder does not offer media again that the client sends already.
    expect(call.offered).toEqual([])
  },
)

test('SDP only first, and metadata by UPDATE: the recorder sends an offer, and the client then sends media', async () => {
  const call = await bench.call({})
  expect((await call.invite({ sdp: true })).ports).toEqual([])
  expect((await call.update({ metadata: allMetadata })).sdp).toBe('')
  await bench.until(() => expect(call.offered).toHaveLength(1))
  const { ports, sdp } = call.offered[0]!
  expect(ports).toHaveLength(2)
  expect(sdp.match(/^a=label:\d/gm)).toEqual(['a=label:1', 'a=label:2'])
  await call.speak(ports, 20)
  await call.bye()
  await expectRecorded(bench, 40)
  expectOneSegment()
  expect(await bench.voices(bench.segments()[0])).toMatchObject({ caller: [100], official: [101] })
})

test('an answer to the recorder’s offer with metadata beside its SDP, which RFC 7866 does not allow, is read for its SDP', async () => {
  const call = await bench.call({})
  call.answerWith(allMetadata)
  await call.invite({ sdp: true })
  await call.update({ metadata: metadataOf({ participants: [official, number] }) })
  await bench.until(() => expect(call.offered).toHaveLength(1))
  await call.speak(call.offered[0]!.ports, 20)
  await call.bye()
  await expectRecorded(bench, 40)
  expect(bench.segments()).toMatchObject([{ numberReached: { key: numberKey }, official: { phone: officialKey } }])
})

test('a client that refuses every offer keeps its contact, marked, without a recording', async () => {
  const call = await bench.call({})
  call.refuseOffers(488)
  await call.invite({ sdp: true })
  await call.update({ metadata: allMetadata })
  await bench.until(() => expect(bench.segments()[0]).toMatchObject({ ...known, captureState: 'paused' }))
  expect(bench.segments()[0]?.marks).toEqual(['needs-review'])
  // The client's own offer brings the media.
  const { ports } = await call.reinvite({ sdp: true })
  await bench.until(() => expect(bench.segments()[0]?.captureState).toBe('recording'))
  await call.speak(ports, 20)
  await call.bye()
  await expectRecorded(bench, 40)
})

test('the service number by re-INVITE: the same segment, complete', async () => {
  const call = await bench.call({})
  const { ports } = await call.invite({ sdp: true, metadata: metadataOf({ participants: [caller, official] }) })
  await call.reinvite({ sdp: true, metadata: allMetadata })
  await call.speak(ports, 20)
  await call.bye()
  await expectRecorded(bench, 40)
  expectOneSegment()
})

test('two officials with a Diversion, then the caller: records the caller’s call', async () => {
  const call = await bench.call({})
  const { ports } = await call.invite({
    ...{ sdp: true, headers: diversion },
    metadata: metadataOf({ participants: [colleague, official] }),
  })
  await bench.until(() => expect(bench.segments()).not.toEqual([]))
  await call.update({ metadata: metadataOf({ participants: [caller, official] }) })
  await call.speak(ports, 20)
  await call.bye()
  const findRecorded = () => bench.segments().find(({ recording }) => recording)
  await bench.until(() => expect(findRecorded()?.recording?.stored).toBeDefined())
  expect(findRecorded()).toMatchObject({ ...known, official: { phone: officialKey } })
})

test.each(['first', 'second'] as const)(
  'two recorders of one client, of which only the %s gets the Diversion: one segment, recorded once',
  async (which) => {
    const both = metadataOf({ participants: [caller, official] })
    const one = await bench.call({ ssrc: 100 })
    const other = await bench.call({ ssrc: 200 })
    const first = await one.invite({ sdp: true, metadata: both, ...(which === 'first' && { headers: diversion }) })
    const second = await other.invite({ sdp: true, metadata: both, ...(which === 'second' && { headers: diversion }) })
    await bench.until(() => expect(bench.segments()[0]?.recording).toBeDefined())
    await one.speak(first.ports, 20)
    await other.speak(second.ports, 20)
    await other.bye()
    await one.bye()
    await bench.until(() => expect(bench.segments()[0]?.recording?.stored).toBeDefined())
    expectOneSegment()
    expect(await bench.voices(bench.segments()[0])).toMatchObject({ caller: [100], official: [101] })
  },
)

test('the client’s own address in From is not the caller once the metadata report a caller', async () => {
  const call = await bench.call({ from: '<sip:+358501112222@sbc.example.net>' })
  await call.invite({ sdp: true, headers: diversion, metadata: metadataOf({ participants: [official] }) })
  await bench.until(() => expect(bench.segments()[0]?.caller.key).toBe('+358501112222'))
  await call.update({ metadata: metadataOf({ participants: [caller, official] }) })
  await bench.until(() => expect(bench.segments()[0]?.caller.key).toBe(callerKey))
  expect(bench.segments()[0]?.marks).toEqual([])
  await call.bye()
})

test('a call between officials that a customer joins by UPDATE: the recorder had asked the client to send nothing, and offers the session again', async () => {
  const call = await bench.call({})
  expect(
    (await call.invite({ sdp: true, metadata: metadataOf({ participants: [colleague, official] }) })).ports,
  ).toEqual([])
  await call.update({ metadata: allMetadata })
  await bench.until(() => expect(call.offered).toHaveLength(1))
  await call.speak(call.offered[0]!.ports, 20)
  await call.bye()
  await expectRecorded(bench, 40)
  expectOneSegment()
})

const originating = `<extensiondata><metaswitchRecordingMetadata><callType>originating</callType>
  <callingPartyNumber>${officialKey}</callingPartyNumber><dialedDigits>${callerKey}</dialedDigits>
  </metaswitchRecordingMetadata></extensiondata>`
const outgoing = metadataOf({ participants: [official, caller], more: originating })
const among = metadataOf({ participants: [colleague, official] })

test.each([
  ['SDP alone at first, an outgoing call by UPDATE', {}, 'UPDATE', outgoing],
  ['SDP alone at first, an outgoing call by re-INVITE', {}, 're-INVITE', outgoing],
  ['SDP alone at first, an outgoing call in the BYE', {}, 'BYE', outgoing],
  ['SDP alone at first, a call between officials by UPDATE', {}, 'UPDATE', among],
  ['the official alone at first, an outgoing call by UPDATE', { participants: [official] }, 'UPDATE', outgoing],
  ['both parties at first, an outgoing call by UPDATE', { participants: [official, caller] }, 'UPDATE', outgoing],
] as const)('%s: it is neither entered nor kept on disk', async (_, first, method, reported) => {
  const call = await bench.call({})
  const metadata = 'participants' in first ? metadataOf(first) : undefined
  const { ports } = await call.invite({ sdp: true, ...(metadata && { metadata }) })
  await call.speak(ports, 10)
  await bench.until(() => expect(bench.written()).toHaveLength(1))
  if (method === 'UPDATE') expect((await call.update({ metadata: reported })).status).toBe(200)
  if (method === 're-INVITE') {
    const answered = await call.reinvite({ sdp: true, metadata: reported })
    expect(answered).toMatchObject({ status: 200, ports: [] })
    expect(answered.sdp).toContain('a=inactive')
  }
  expect((await call.bye(method === 'BYE' ? { metadata: reported } : {})).status).toBe(200)
  await bench.until(() => expect(bench.recorder.live).toBe(0))
  expect(bench.segments()).toEqual([])
  expect(bench.written()).toEqual([])
})

test('a Diversion from a number of the register makes a call a customer’s, also if it is later reported as outgoing, and nothing reported after that is kept', async () => {
  const call = await bench.call({})
  const { ports } = await call.invite({ sdp: true, headers: diversion })
  expect(ports).toHaveLength(2)
  await call.speak(ports, 10)
  await bench.until(() => expect(bench.segments()[0]?.recording).toBeDefined())
  await call.update({ metadata: outgoing })
  await call.speak(ports, 10)
  await call.bye()
  await bench.until(() => expect(bench.segments()[0]?.recording?.stored).toBeDefined())
  expect(bench.segments()).toMatchObject([{ numberReached: { key: numberKey } }])
  const { tracks } = (await bench.opened(bench.segments()[0])).index
  expect(tracks.reduce((sum, { packetsReceived }) => sum + packetsReceived, 0)).toBe(20)
})

test('a second recorder that reports an outgoing call deletes what the first recorder has reported', async () => {
  const headers = { 'X-BroadWorks-Correlation-Info': 'outgoing-of-two' }
  const [one, other] = [await bench.call({}), await bench.call({ ssrc: 200 })]
  await one.invite({ sdp: true, headers })
  await other.invite({ sdp: true, headers, metadata: outgoing })
  await bench.until(() => expect(bench.written()).toEqual([]))
  expect((await one.reinvite({ sdp: true })).status).toBe(200)
  await one.bye()
  await other.bye()
  expect(bench.segments()).toEqual([])
})

test('a client that never reports more than SDP: its call is entered when it has ended, and at once if its number is reported', async () => {
  const call = await bench.call({})
  await call.invite({ sdp: true })
  await bench.until(() => expect(bench.written()).toHaveLength(1))
  expect(bench.segments()).toEqual([])
  await call.bye()
  await bench.until(() => expect(bench.segments()[0]?.endedAt).toBeDefined())
  expect(bench.segments()).toMatchObject([
    { marks: ['unknown-number', 'needs-review'], numberReached: { key: 'unknown' } },
  ])

  const reported = await bench.call({})
  await reported.invite({ sdp: true, headers: diversion })
  await bench.until(() => expect(bench.segments()[1]?.numberReached.key).toBe(numberKey))
  expect(bench.segments()[1]?.endedAt).toBeUndefined()
  await reported.bye()
})

test('stopping the recorder ends no call that may belong to the register', async () => {
  const call = await bench.call({})
  await call.invite({ sdp: true })
  await bench.until(() => expect(bench.written()).toHaveLength(1))
  await bench.recorder.stop()
  expect(bench.segments()).toEqual([])
  expect(bench.written()).toMatchObject([{ numberReached: { key: 'unknown' } }])
})
