/**
 * Less common session descriptions of recording clients: everything that RFC 3264, 4568, 5761, 5888, 8839 and 9143 let
 * a client send, and change during a call. Each voice is recorded, or its absence is reported (R13, R17).
 */
import { isIPv4 } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
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
  bench = await openBench(13_500, { isReachable: isIPv4 })
})
afterEach(() => bench.stop())

const caller = { id: 'caller', aor: people.caller, label: '1' }
const official = { id: 'official', aor: people.official, label: '2' }
const metadata = metadataOf({ participants: [caller, official] })
const headers = { Diversion: `<${people.number}>;reason=unconditional` }
const expectedFacts = {
  caller: { key: callerKey },
  official: { phone: officialKey },
  numberReached: { key: numberKey },
}

type Change = (sdp: string) => string
const onEachLine =
  (lines: string): Change =>
  (sdp) =>
    sdp.replaceAll('a=sendonly', `${lines.replaceAll(' | ', '\r\n')}\r\na=sendonly`)
const inSession =
  (lines: string): Change =>
  (sdp) =>
    sdp.replace('t=0 0', `${lines.replaceAll(' | ', '\r\n')}\r\nt=0 0`)
/** Changes the media line of the official's voice. */
const inSecondLine =
  (from: string | RegExp, to: string): Change =>
  (sdp) => {
    const at = sdp.lastIndexOf('m=audio')
    return sdp.slice(0, at) + sdp.slice(at).replace(from, to)
  }
const key = 'inline:MTIzNDU2Nzg5QUJDREUwMTIzNDU2Nzg5QUJjZGVm'

test.each<[string, Change]>([
  ['lengths of packets', onEachLine('a=ptime:20 | a=maxptime:150')],
  ['bandwidths', (sdp) => onEachLine('b=AS:80 | b=TIAS:64000 | b=RS:0 | b=RR:0')(inSession('b=CT:128')(sdp))],
  ['feedback', (sdp) => onEachLine('a=rtcp-fb:* nack')(sdp).replaceAll('RTP/AVP', 'RTP/AVPF')],
  ['one port for RTP and RTCP, and no other', onEachLine('a=rtcp-mux | a=rtcp-mux-only | a=rtcp-rsize')],
  ['a bundle, which is not accepted', inSession('a=group:BUNDLE 1 2 | a=msid-semantic: WMS *')],
  ['candidates', onEachLine('a=ice-ufrag:abcd | a=candidate:1 1 UDP 2130706431 192.0.2.9 9 typ host')],
  ['a DTLS fingerprint with plain RTP', onEachLine('a=fingerprint:sha-256 AA:BB:CC | a=setup:actpass')],
  ['SRTP keys with plain RTP', onEachLine(`a=crypto:1 AES_CM_128_HMAC_SHA1_80 ${key}|2^20|1:4`)],
  ['two ports for a line', (sdp) => sdp.replaceAll(/(m=audio \d+)/g, '$1/2')],
  [
    'disabled media lines before, between and after',
    (sdp) =>
      `${sdp.replaceAll('m=audio', 'm=audio 0 RTP/AVP 8\r\na=inactive\r\nm=audio')}m=image 0 udptl t38\r\nm=application 0 UDP/DTLS/SCTP webrtc-datachannel\r\n`,
  ],
  ['codec names in lower case, and bare line feeds', (sdp) => sdp.replaceAll('PCMA', 'pcma').replaceAll('\r\n', '\n')],
  ['no direction', (sdp) => sdp.replaceAll('a=sendonly\r\n', '')],
])('an offer with %s is recorded completely', async (_, change) => {
  const call = await bench.call({})
  const { status, ports } = await call.invite({ sdp: change(call.offer()), metadata, headers })
  expect(status).toBe(200)
  await call.speak(
    ports.filter((port) => port > 0),
    10,
  )
  await call.bye()
  await expectRecorded(bench, 20)
  expect(bench.segments()).toMatchObject([{ ...expectedFacts, marks: [] }])
  expect(await bench.voices(bench.segments()[0])).toEqual({ caller: [100], official: [101], mixed: [] })
})

describe('a voice that cannot be recorded', () => {
  const unrecordableOffers: [string, Change][] = [
    ['by IPv6', inSecondLine(/^(m=.*)/, '$1\r\nc=IN IP6 2001:db8::5')],
    ['under keys sent in clear', inSecondLine('RTP/AVP', 'RTP/SAVP')],
    ['under DTLS', inSecondLine('RTP/AVP', 'UDP/TLS/RTP/SAVPF')],
  ]

  test.each(unrecordableOffers)(
    'offered %s beside a voice that can be recorded: the latter is recorded, and the call is marked',
    async (_, change) => {
      const call = await bench.call({})
      const { ports } = await call.invite({ sdp: change(call.offer()), metadata, headers })
      expect(ports[1]).toBe(0)
      await call.speak(ports, 10)
      await call.bye()
      await expectRecorded(bench, 10)
      expect(bench.segments()).toMatchObject([{ ...expectedFacts, marks: ['needs-review'] }])
    },
  )

  test.each(unrecordableOffers)('changed to %s during the call: the call is marked', async (_, change) => {
    const call = await bench.call({})
    const { ports } = await call.invite({ sdp: true, metadata, headers })
    await call.speak(ports, 10)
    expect((await call.reinvite({ sdp: change(call.offer()) })).ports).toEqual([ports[0], 0])
    await call.speak([ports[0]!, 0], 10)
    await call.bye()
    await expectRecorded(bench, 30)
    expect(bench.segments()).toMatchObject([{ ...expectedFacts, marks: ['needs-review'] }])
  })

  test.each(['its official', 'nobody'])(
    'marks the call even if %s is reported first, and the rest by UPDATE',
    async (user) => {
      const call = await bench.call({})
      const sdp = inSecondLine('RTP/AVP', 'RTP/SAVP')(call.offer())
      const first = user === 'nobody' ? {} : { metadata: metadataOf({ participants: [official] }) }
      const { ports } = await call.invite({ sdp, ...first })
      await call.update({ metadata, headers })
      if (ports.length === 0) await bench.until(() => expect(call.offered).toHaveLength(1))
      await call.speak(call.offered[0]?.ports ?? ports, 10)
      await call.bye()
      await bench.until(() => expect(bench.segments()[0]?.recording?.stored).toBeDefined())
      expect(bench.segments()).toMatchObject([{ ...expectedFacts, marks: ['needs-review'] }])
    },
  )

  test('does not mark the call if the client itself closed the media line', async () => {
    const call = await bench.call({})
    const { ports } = await call.invite({
      sdp: inSecondLine(/m=audio \d+/, 'm=audio 0')(call.offer()),
      metadata,
      headers,
    })
    await call.speak(ports, 10)
    await call.bye()
    await expectRecorded(bench, 10)
    expect(bench.segments()).toMatchObject([{ ...expectedFacts, marks: [] }])
  })
})

test.each<[string, Change]>([
  ['keys in clear', (sdp) => sdp.replaceAll('RTP/AVP', 'RTP/SAVP')],
  ['DTLS', (sdp) => sdp.replaceAll('RTP/AVP', 'UDP/TLS/RTP/SAVPF')],
])(
  'a change of all media to %s is refused, and the session continues unchanged (RFC 3261 section 14.2)',
  async (_, change) => {
    const call = await bench.call({})
    const { ports } = await call.invite({ sdp: true, metadata, headers })
    await call.speak(ports, 10)
    expect((await call.reinvite({ sdp: change(call.offer()) })).status).toBe(488)
    await call.speak(ports, 10)
    await call.bye()
    await expectRecorded(bench, 40)
    expect(bench.segments()).toMatchObject([{ ...expectedFacts, marks: [] }])
  },
)

test('a later offer that omits a media line, against RFC 3264 section 8, is answered, and the call is marked', async () => {
  const call = await bench.call({})
  const { ports } = await call.invite({ sdp: true, metadata, headers })
  await call.speak(ports, 10)
  const short = call.offer()
  expect((await call.reinvite({ sdp: short.slice(0, short.lastIndexOf('m=audio')) })).ports).toEqual([ports[0]])
  await call.speak([ports[0]!, 0], 10)
  await call.bye()
  await expectRecorded(bench, 30)
  expect(bench.segments()).toMatchObject([{ ...expectedFacts, marks: ['needs-review'] }])
})

test('a call whose streams swap voices is marked, because a recording has one voice per stream', async () => {
  const call = await bench.call({})
  const { ports } = await call.invite({ sdp: true, metadata, headers })
  await call.speak(ports, 10)
  const crossed = call.offer().replace(/a=label:(\d)([^]*)a=label:(\d)/, 'a=label:$3$2a=label:$1')
  expect((await call.reinvite({ sdp: crossed })).ports).toEqual(ports)
  await call.speak(ports, 10)
  await call.bye()
  await expectRecorded(bench, 40)
  expect(bench.segments()).toMatchObject([{ ...expectedFacts, marks: ['needs-review'] }])
})

test.each<[string, (call: Awaited<ReturnType<FlowBench['call']>>, ports: number[]) => Promise<number[]>]>([
  ['without SDP, which asks for an offer', async (call, ports) => ((await call.reinvite({})).ports, ports)],
  ['by UPDATE', async (call) => (await call.update({ sdp: true })).ports],
  [
    'to inactive and back, by UPDATE',
    async (call) => {
      await call.update({ sdp: call.offer('inactive') })
      return (await call.update({ sdp: true })).ports
    },
  ],
  [
    'to another codec',
    async (call) => {
      const other = call
        .offer()
        .replaceAll('RTP/AVP 8', 'RTP/AVP 0 8')
        .replaceAll('a=rtpmap:8', 'a=rtpmap:0 PCMU/8000\r\na=rtpmap:8')
      return (await call.reinvite({ sdp: other })).ports
    },
  ],
  [
    'that is broken, and refused',
    async (call, ports) => {
      expect((await call.reinvite({ sdp: 'v=0\r\no=- 1 9 IN IP4 192.0.2.1\r\ns=-\r\nt=0 0\r\n' })).status).toBe(488)
      return ports
    },
  ],
  [
    'that closes both voices, and opens them again',
    async (call) => {
      await call.reinvite({ sdp: call.offer().replaceAll(/m=audio \d+/g, 'm=audio 0') })
      return (await call.reinvite({ sdp: true })).ports
    },
  ],
])('a change %s: media before and after it are recorded', async (_, change) => {
  const call = await bench.call({})
  const { ports } = await call.invite({ sdp: true, metadata, headers })
  await call.speak(ports, 10)
  const next = await change(call, ports)
  expect(next).toHaveLength(2)
  await call.speak(next, 10)
  await call.bye()
  await expectRecorded(bench, 40)
  expect(bench.segments()).toMatchObject([{ ...expectedFacts, marks: [] }])
})

test('a client that requires reliable provisional responses is recorded, because the recorder sends none (RFC 3262 section 3)', async () => {
  const call = await bench.call({})
  const { status, ports } = await call.invite({
    sdp: true,
    metadata,
    headers: { ...headers, Require: 'siprec, 100rel' },
  })
  expect(status).toBe(200)
  await call.speak(ports, 10)
  await call.bye()
  await expectRecorded(bench, 20)
  expect(bench.segments()).toMatchObject([{ ...expectedFacts, marks: [] }])
})
