import { expect, test } from 'vitest'
import type { SegmentFacts } from '#register/admit.ts'
import type { Answer, Dialog, IncomingRequest, Invite, SipHandler } from '../../sip/handler.ts'
import { parseMessage } from '../../sip/parse-message.ts'
import type { SipRequest } from '../../sip/message.ts'
import { createCallFlows, type FlowLimits } from './call-flows.ts'

const sdp = 'v=0\r\no=- 1 1 IN IP4 192.0.2.77\r\ns=-\r\nc=IN IP4 192.0.2.77\r\nm=audio 4000 RTP/AVP 8\r\na=sendonly\r\n'
/** Values that must not be in a flow. */
const personal = ['+358401234567', 'Meikäläinen', '192.0.2.77', 'call-1@192.0.2.77', 'sip:']

function request(method: string, body = ''): SipRequest {
  const text = [
    `${method} sip:+358401234567@192.0.2.77 SIP/2.0`,
    'Via: SIP/2.0/UDP 192.0.2.77;branch=z9hG4bK1',
    'From: "Meikäläinen" <sip:+358401234567@192.0.2.77>;tag=a',
    'To: <sip:srs@192.0.2.1>',
    'Call-ID: call-1@192.0.2.77',
    `CSeq: 1 ${method}`,
    'User-Agent: SBC/9.1 +358401234567',
    ...(body ? ['Content-Type: application/sdp'] : []),
    `Content-Length: ${Buffer.byteLength(body)}`,
  ].join('\r\n')
  const message = parseMessage(Buffer.from(`${text}\r\n\r\n${body}`), {
    messageBytes: 65_536,
    lineBytes: 8192,
    headers: 128,
  } as never)
  if (message.kind !== 'request') throw new Error(JSON.stringify(message))
  return message
}

function open(limits?: Partial<FlowLimits>) {
  let nowMs = Date.UTC(2026, 10, 26, 8)
  let made = 0
  const flows = createCallFlows(
    { nowMs: () => nowMs, uuid: () => `flow-${++made}` },
    { maxFlows: 3, maxTroubled: 2, retentionMs: 3_600_000, maxSteps: 6, ...limits },
  )
  const cancels: (() => void)[] = []
  const handler: SipHandler = {
    onInvite: (invite) => void invite.respond(200, { body: sdp.replace('sendonly', 'recvonly') }),
    onReinvite: (invite) => void invite.respond(488, { reason: 'No Usable Media' }),
    onUpdate: (update) => void update.respond(200),
    onAck: () => undefined,
    onBye: () => undefined,
    onDialogLost: () => undefined,
  }
  const watched = flows.watch(handler)
  const dialog = (id: string) => ({ id, source: { transport: 'tls', address: '192.0.2.77', port: 5061 } }) as Dialog
  const incoming = (id: string, method: string, body?: string) => {
    const sent: number[] = []
    const message = {
      ...{ request: request(method, body), dialog: dialog(id), source: dialog(id).source, replaces: undefined },
      get answered() {
        return sent.length > 0
      },
      respond: (status: number, _: Answer = {}) => sent.push(status) === 1,
      onCancel: (run: () => void) => cancels.push(run),
    } satisfies IncomingRequest & Invite
    return { message, sent }
  }
  return {
    ...{ flows, watched, dialog, incoming, cancels },
    later: (ms: number) => (nowMs += ms),
    async session(id: string) {
      await watched.onInvite(incoming(id, 'INVITE', sdp).message)
      await watched.onBye(incoming(id, 'BYE').message)
    },
  }
}

const facts = {
  segmentId: '00000000-0000-4000-8000-000000000001',
  contactId: '00000000-0000-4000-8000-000000000002',
  captureState: 'recording',
  decision: { record: true, reason: 'drawn' },
  marks: [],
  caller: { kind: 'e164', key: '+358401234567', raw: null },
} as unknown as SegmentFacts

test('a session is a ladder of requests, answers and their results, without values sent by the client', async () => {
  const { flows, watched, dialog, incoming, later } = open({ maxSteps: 50 })
  const invite = incoming('d1', 'INVITE', sdp)
  await watched.onInvite(invite.message)
  expect(invite.sent).toEqual([200])
  flows.record('d1', facts)
  flows.record('d1', facts)
  later(20)
  await watched.onAck(dialog('d1'), request('ACK'))
  await watched.onReinvite(incoming('d1', 'INVITE', sdp.replace('sendonly', 'inactive')).message)
  later(1000)
  const bye = incoming('d1', 'BYE')
  await watched.onBye(bye.message)
  expect(bye.sent).toEqual([200])

  const [flow] = flows.all()
  expect(flow!.steps.map(({ by, what, with: words }) => [by, what, ...words])).toEqual([
    ['client', 'INVITE', 'sdp', 'sendonly'],
    ['recorder', '200', 'sdp', 'recvonly'],
    ['capture', 'recording'],
    ['client', 'ACK'],
    ['client', 're-INVITE', 'sdp', 'inactive'],
    ['recorder', '488', 'No Usable Media'],
    ['client', 'BYE'],
    ['recorder', '200'],
  ])
  expect(flow).toMatchObject({
    client: 'SBC/9.1 +',
    transport: 'tls',
    problems: ['refused'],
    endedAtMs: Date.UTC(2026, 10, 26, 8) + 1020,
  })
  const { dialogId: _, readyMs: __, ...shown } = flow as unknown as Record<string, unknown>
  for (const value of personal) expect(JSON.stringify(shown)).not.toContain(value)
  expect(flows.find(flow!.id)).toBe(flow)
})

test('events of the reception are in the ladder at their times, and faults of the reception are problems', async () => {
  const { flows, watched, incoming, later } = open({ maxSteps: 50 })
  await watched.onInvite(incoming('d1', 'INVITE', sdp).message)
  const startedAt = Temporal.Instant.fromEpochMilliseconds(Date.UTC(2026, 10, 26, 8))
  const stream = { track: 'caller', codec: 'PCMA', expected: 100, lost: 5, firstMs: 40, lastMs: 2000, senderReports: 2 }
  const recording = { id: 'r', startedAt }
  flows.record('d1', { ...facts, recording } as unknown as SegmentFacts)
  later(3000)
  const missing = { ...stream, track: 'official', expected: 0, lost: 0, firstMs: -1, lastMs: -1, senderReports: 0 }
  const stored = { packetsReceived: 95, reception: { streams: [stream, missing], oneWay: 'official', lostMs: 100 } }
  flows.record('d1', { ...facts, endedAt: startedAt, recording: { ...recording, stored } } as unknown as SegmentFacts)
  const [flow] = flows.all()
  expect(flow!.problems).toEqual(['one-way', 'lossy'])
  const media = flow!.steps.filter(({ what }) => what.startsWith('RT') || what === 'no-media')
  expect(media.map(({ atMs, what, with: words }) => [atMs - flow!.startedAtMs, what, ...words])).toEqual([
    [40, 'RTP', 'caller', 'PCMA'],
    [2000, 'RTP-ends', 'caller'],
    [2000, 'RTCP', 'caller', '2'],
    [3000, 'no-media', 'official'],
  ])
})

test('the last flows and those with a problem are kept for a while, with a limited size', async () => {
  const { flows, watched, incoming, session, later } = open()
  await watched.onInvite(incoming('live', 'INVITE', sdp).message)
  for (let n = 0; n < 10; n++) await watched.onUpdate(incoming('live', 'UPDATE').message)
  for (let n = 0; n < 5; n++) {
    await session(`plain ${n}`)
    await watched.onReinvite(incoming(`troubled ${n}`, 'INVITE', sdp).message)
    await watched.onBye(incoming(`troubled ${n}`, 'BYE').message)
  }
  await session('last')
  const stored = flows.all()
  // One above the limit, until the next session begins.
  expect(stored.filter(({ problems }) => problems.length > 0).length).toBeLessThanOrEqual(2)
  expect(stored.filter(({ problems, endedAtMs }) => problems.length === 0 && endedAtMs).length).toBeLessThanOrEqual(3)
  const live = stored.find(({ endedAtMs }) => endedAtMs === undefined)
  expect(live).toMatchObject({ leftOut: 16 })
  expect(live!.steps).toHaveLength(6)
  later(3_600_001)
  expect(flows.all().map(({ id }) => id)).toEqual([live!.id])
})

test('an INVITE that is cancelled before the answer is the problem `cancelled`', async () => {
  const { flows, watched, incoming, cancels } = open()
  await watched.onInvite(incoming('d1', 'INVITE', sdp).message)
  for (const run of cancels) run()
  expect(flows.all()[0]).toMatchObject({ problems: ['cancelled'] })
})
