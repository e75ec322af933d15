import { randomBytes, randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { readShippedDescription } from '#test/database/describe-from.ts'
import { systemClock } from '#platform/clock/clock.ts'
import type { SegmentFacts } from '#register/admit.ts'
import { createTailJournal } from '#register/recordings/tail-journal.ts'
import { createTestServer, request, toOf, type SipTestServer } from '#test/conformance/sip/sip-test-server.ts'
import { appendAdmitted } from '#test/database/people.ts'
import { numbersCalled, officialByKey } from '#test/simulator/people.ts'
import { openTestObjects } from '#test/objects/test-objects.ts'
import { createPortAllocator } from '../rtp/allocate-ports.ts'
import { createQuotaCounts } from './register/quota-counts.ts'
import { createRecorder } from './recorder.ts'
import type { RecorderOptions } from './recorder-options.ts'
import { openSpool } from './recovery/spool.ts'

const seed = { version: 1, description: await readShippedDescription() }
const opened: (() => unknown)[] = []
let folder = ''
const recorded: SegmentFacts[] = []
let call: SipTestServer

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'seloste-recorder-'))
  recorded.length = 0
  await startRecorder()
})
afterEach(async () => {
  for (const close of opened.splice(0)) await close()
  await rm(folder, { recursive: true })
})

async function startRecorder(
  leftBehind: readonly SegmentFacts[] = [],
  formats: RecorderOptions['formats'] = {},
): Promise<void> {
  const spool = await openSpool({
    directory: join(folder, 'calls'),
    admit: appendAdmitted(recorded),
    onFault: () => undefined,
  })
  const tail = await createTailJournal({ directory: folder, run: randomUUID(), onFault: () => undefined })
  const { key, name, phone } = officialByKey('aino')
  const recorder = createRecorder({
    versionAt: () => seed,
    drawKey: Buffer.alloc(32),
    quotas: createQuotaCounts(),
    officials: () => [
      {
        personId: key,
        unitId: null,
        name,
        phoneKey: phone as never,
        consentedFrom: null,
        from: Temporal.Instant.from('2026-01-01T00:00:00Z'),
        to: null,
      },
    ],
    // Without a key nothing is recorded: these tests are about the dialog and the facts.
    intakePublicKey: () => undefined,
    clock: systemClock,
    ports: createPortAllocator({ address: '127.0.0.1', firstPort: 11_000, lastPort: 11_099 }),
    mediaAddress: () => '127.0.0.1',
    spool,
    leftBehind,
    formats,
    recordingsFolder: folder,
    tail,
    objects: await openTestObjects(join(folder, 'objects')),
    random: { uuid: randomUUID, uint32: () => randomBytes(4).readUInt32BE() },
    onFault: (error) => {
      throw error
    },
  })
  opened.push(
    () => recorder.stop(),
    () => tail.close(),
    () => spool.stop(),
  )
  call = createTestServer(recorder.handler)
}

/** Sends a recording client's request with SDP of one stream and OpenSIPS's metadata of caller and callee. */
async function send(
  cseq: string,
  changes: Record<string, string> = {},
  payloadType: number | string = 8,
): Promise<void> {
  const before = call.sent.length
  const body = [
    '--b',
    'Content-Type: application/sdp',
    '',
    'v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0',
    `m=audio 4000 RTP/AVP ${payloadType}\r\na=label:0\r\na=sendonly`,
    '--b',
    'Content-Type: application/rs-metadata+xml',
    '',
    `<recording xmlns='urn:ietf:params:xml:ns:recording:1'><session session_id="s"/>
     <participant participant_id="a"><nameID aor="sip:+358401234567@192.0.2.1"/></participant>
     <participant participant_id="b"><nameID aor="sip:${officialByKey('aino').phone}@192.0.2.1"/></participant>
     <stream stream_id="one" session_id="s"><label>0</label></stream>
     <participantstreamassoc participant_id="a"><send>one</send></participantstreamassoc></recording>`,
    '--b--',
    '',
  ].join('\r\n')
  const type = 'multipart/mixed;boundary=b'
  call.send(request('INVITE', { cseq, 'content-type': type, require: 'siprec', ...changes }, body))
  while (!isAnswered(before)) await wait(5)
}

function isAnswered(start: number): boolean {
  return call.sent.slice(start).some(({ message }) => message.kind === 'response' && message.status >= 200)
}

const countByes = () => call.sent.filter(({ message }) => message.kind === 'request' && message.method === 'BYE').length

const diversionHeader = { diversion: `<sip:${numbersCalled.northern}@192.0.2.1>;reason=unconditional` }
const acknowledge = (cseq: string) => {
  call.send(request('ACK', { cseq, to: toOf(call.lastResponse()), branch: `z9hG4bK-ack-${cseq}` }))
}

describe('a dialog that SIP gives up', () => {
  test('ends its call if the first answer was never acknowledged', async () => {
    await send('1', diversionHeader)
    call.clock.advance(32_000)
    while (!recorded.some(({ endedAt }) => endedAt)) await wait(5)
    expect(recorded.at(-1)).toMatchObject({ endInferred: true })
    expect(countByes()).toBe(1)
  })

  test('continues if a later answer was never acknowledged: OpenSIPS leaves one unacknowledged at each pause', async () => {
    await send('1', diversionHeader)
    acknowledge('1')
    const to = toOf(call.lastResponse())
    await send('2', { to })
    call.clock.advance(64_000)
    await wait(20)
    expect(countByes()).toBe(0)
    expect(recorded.some(({ endedAt }) => endedAt)).toBe(false)
    call.send(request('BYE', { cseq: '3', to }))
    while (!recorded.some(({ endedAt }) => endedAt)) await wait(5)
    expect(recorded.at(-1)).toMatchObject({ endInferred: false })
  })
})

test('parties reported by the first INVITE need not be reported again', async () => {
  await send('1', diversionHeader)
  acknowledge('1')
  const to = toOf(call.lastResponse())
  await send('2', { to })
  acknowledge('2')
  call.send(request('BYE', { cseq: '3', to }))
  while (!recorded.some(({ endedAt }) => endedAt)) await wait(5)
  expect(recorded.at(-1)).toMatchObject({ numberReached: { key: numbersCalled.northern }, marks: [] })
})

test('a call that outlives the process continues as one more segment of the same contact, once its client sends a request', async () => {
  await send('1', diversionHeader)
  acknowledge('1')
  const to = toOf(call.lastResponse())
  while (recorded.length === 0) await wait(5)
  const [before] = recorded
  await startRecorder(recorded.splice(0))
  await send('2', { to })
  expect(call.lastResponse().status).toBe(200)
  expect(toOf(call.lastResponse())).toBe(to)
  while (recorded.length === 0) await wait(5)
  const { contactId, startedAt, caller, numberCalled, numberReached, official } = before!
  expect(recorded[0]).toMatchObject({ contactId, startedAt, caller, numberCalled, numberReached, official, marks: [] })
  expect(recorded[0]?.segmentId).not.toBe(before?.segmentId)
  acknowledge('2')
  await send('3', { to })
  call.send(request('BYE', { cseq: '4', to }))
  while (!recorded.some(({ endedAt }) => endedAt)) await wait(5)
  expect(recorded.at(-1)).toMatchObject({ numberReached, marks: [] })
})

test('characters refused by the database are removed from a client’s names', async () => {
  const body = 'v=0\r\nc=IN IP4 192.0.2.1\r\nm=audio 4000 RTP/AVP 8\r\na=sendonly\r\n'
  const caller = '"Ma\u0000tti" <sip:+35840%00\u00001234567@192.0.2.1>'
  call.send(
    request('INVITE', { ...diversionHeader, 'p-asserted-identity': caller, 'content-type': 'application/sdp' }, body),
  )
  while (recorded.length === 0) await wait(5)
  expect(recorded[0]?.caller.raw).toMatch(/35840/)
  expect(JSON.stringify(recorded)).not.toMatch(/\\u00/)
})

test('a call whose only codec cannot be played is in the history, without sound and marked', async () => {
  const g729 = 18
  await send('1', { diversion: `<sip:${numbersCalled.testLine}@192.0.2.1>` }, g729)
  while (recorded.length === 0) await wait(5)
  expect(recorded[0]).toMatchObject({
    decision: { record: true },
    captureState: 'not-recorded',
    captureFailure: 'no-playable-codec',
    marks: ['needs-review'],
  })
  expect(recorded[0]).not.toHaveProperty('recording')
})

describe('a call whose only codec cannot be played', () => {
  const testLine = { diversion: `<sip:${numbersCalled.testLine}@192.0.2.1>` }

  test('is recorded unchanged if that is configured, and marked', async () => {
    await startRecorder([], { storesUnplayable: true })
    await send('1', testLine, 4)
    // Only the missing intake key keeps it from being recorded.
    while (!recorded.some(({ captureFailure }) => captureFailure === 'no-intake-key')) await wait(5)
    expect(recorded.at(-1)).toMatchObject({ decision: { record: true }, marks: ['needs-review'] })
  })

  test('is refused if that is configured, so that its client transcodes, also during a call', async () => {
    await startRecorder([], { refusesUnplayable: true })
    await send('1', testLine, '18 101')
    expect(call.lastResponse()).toMatchObject({ status: 488, reason: 'No Playable Codec' })
    expect(recorded).toEqual([])
    await send('2', { ...testLine, 'call-id': 'another' }, '18 8')
    expect(call.lastResponse().status).toBe(200)
    const to = toOf(call.lastResponse())
    await send('3', { 'call-id': 'another', to }, 18)
    expect(call.lastResponse().status).toBe(488)
    await send('4', { 'call-id': 'another', to }, '18 8')
    expect(call.lastResponse()).toMatchObject({ status: 200 })
    expect(String((call.lastResponse() as { body: Buffer }).body)).toMatch(/RTP\/AVP 8\r/)
  })

  test('has no mark if G.729 can be played', async () => {
    await startRecorder([], { plays: ['G729'] })
    await send('1', testLine, 18)
    while (!recorded.some(({ captureFailure }) => captureFailure === 'no-intake-key')) await wait(5)
    expect(recorded.at(-1)).toMatchObject({ marks: [] })
  })

  test('is accepted and marked if that codec is offered only during the call', async () => {
    await send('1', testLine)
    while (recorded.length === 0) await wait(5)
    expect(recorded.at(-1)!.marks).toEqual([])
    await send('2', { to: toOf(call.lastResponse()) }, 18)
    expect(call.lastResponse().status).toBe(200)
    while (!recorded.some(({ marks }) => marks.includes('needs-review'))) await wait(5)
  })
})

test.each([
  ['a client that relays by rtpengine', { 'user-agent': 'OpenSIPS (3.6.0)' }, '8 4'],
  ['any other client', { 'user-agent': 'Mediant SBC' }, '8'],
])('%s gets the formats that it accepts in an answer', async (_name, headers, formats) => {
  await send('1', { ...diversionHeader, ...headers }, '4 8')
  expect(String((call.lastResponse() as { body: Buffer }).body)).toMatch(new RegExp(`RTP/AVP ${formats}\\r`))
})
