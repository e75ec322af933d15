/**
 * Promise: a recording contains the caller and one official, nobody else (R8, R17; requirements, question 7; L18). The
 * attack: a second official, or an outsider, joins the call and speaks.
 */
import { randomBytes, randomUUID } from 'node:crypto'
import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createPortAllocator } from '#capture/rtp/allocate-ports.ts'
import { createQuotaCounts } from '#capture/session/register/quota-counts.ts'
import { createRecorder } from '#capture/session/recorder.ts'
import { openSpool } from '#capture/session/recovery/spool.ts'
import { readShippedDescription } from '../database/describe-from.ts'
import { generateKeyPair, readAgeHeader } from '#platform/age/age-header.ts'
import { systemClock } from '#platform/clock/clock.ts'
import { openDirectoryStore } from '#platform/objects/directory-store.ts'
import type { SegmentFacts } from '#register/admit.ts'
import { indexRecording } from '#register/recordings/index-recording.ts'
import { headerKey } from '#register/recordings/objects.ts'
import { openRecordingBody } from '#register/recordings/open-recording.ts'
import { walkChunk } from '#register/recordings/recording-log.ts'
import { createTailJournal } from '#register/recordings/tail-journal.ts'
import { createTestServer, toOf, type SipTestServer } from '#test/conformance/sip/sip-test-server.ts'
import { appendAdmitted } from '#test/database/people.ts'
import { openTestObjects } from '#test/objects/test-objects.ts'

const seed = await readShippedDescription()
const description = {
  ...seed,
  recordingPlan: { ...seed.recordingPlan, rules: seed.recordingPlan.rules.map((rule) => ({ ...rule, share: 1 })) },
}
const { recipient, identity } = generateKeyPair()
const from = Temporal.Instant.from('2026-01-01T00:00:00Z')
const officials = ['1001', '1002'].map((personId) => ({
  ...{ personId, unitId: null, name: personId, phoneKey: `+35829512${personId}` as never },
  ...{ consentedFrom: null, from, to: null },
}))

/** A-law bytes that mark the packets of a phase. */
const sound = { alone: 0x11, conference: 0x77, afterwards: 0x22 }
const voices = {
  caller: '+358401234567',
  aino: '+358295121001',
  bertil: '+358295121002',
  stranger: '+358509998877',
  unlisted: '+358295129999',
  hidden: 'anonymous',
}
type Voice = keyof typeof voices

/** Display name sent by the caller's telephone. */
let callersName = ''
let folder = ''
let call: SipTestServer
let socket: Socket
let objects: Awaited<ReturnType<typeof openTestObjects>>
const entered: SegmentFacts[] = []
const close: (() => unknown)[] = []

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'seloste-conference-'))
  entered.length = 0
  callersName = ''
  const spool = await openSpool({
    directory: join(folder, 'calls'),
    admit: appendAdmitted(entered),
    onFault: () => undefined,
  })
  const recordingsFolder = join(folder, 'recordings')
  await openDirectoryStore(recordingsFolder)
  const tail = await createTailJournal({ directory: recordingsFolder, run: randomUUID() })
  objects = await openTestObjects(join(folder, 'objects'))
  const recorder = createRecorder({
    versionAt: () => ({ version: 7, description }),
    drawKey: Buffer.alloc(32),
    quotas: createQuotaCounts(),
    officials: () => officials,
    intakePublicKey: () => recipient,
    clock: systemClock,
    ports: createPortAllocator({ address: '127.0.0.1', firstPort: 11_700, lastPort: 11_759, quarantineMs: 0 }),
    mediaAddress: () => '127.0.0.1',
    ...{ spool, recordingsFolder, tail, objects },
    random: { uuid: randomUUID, uint32: () => randomBytes(4).readUInt32BE() },
    onFault: (error) => {
      throw error
    },
  })
  call = createTestServer(recorder.handler)
  socket = createSocket('udp4').bind(0, '127.0.0.1')
  await once(socket, 'listening')
  close.push(
    () => spool.stop(),
    () => tail.close(),
    () => recorder.stop(),
  )
})
afterEach(async () => {
  socket.close()
  for (const closeNext of close.splice(0).reverse()) await closeNext()
  await rm(folder, { recursive: true })
})

/**
 * Builds a complete snapshot of the call's participants. The caller, or whoever calls instead, is on the first stream,
 * everybody else on the second.
 */
function metadata(group: string, present: readonly Voice[]): string {
  const calling = present.includes('caller') ? 'caller' : present[0]
  const participants = present.map(
    (user) =>
      `<participant participant_id="${user}"><nameID aor="sip:${voices[user]}@agency.example.fi">` +
      `${user === 'caller' ? `<name>${callersName}</name>` : ''}</nameID></participant>`,
  )
  const links = present.map(
    (user) =>
      `<participantsessionassoc participant_id="${user}" session_id="s"><associate-time>2026-03-03T08:00:00Z</associate-time></participantsessionassoc>` +
      `<participantstreamassoc participant_id="${user}"><send>${user === calling ? 'one' : 'two'}</send></participantstreamassoc>`,
  )
  return [
    '<?xml version="1.0"?><recording xmlns="urn:ietf:params:xml:ns:recording:1"><datamode>complete</datamode>',
    `<group group_id="${group}"/><session session_id="s"><group-ref>${group}</group-ref></session>`,
    '<participant participant_id="number"><nameID aor="tel:+35829497000"/></participant>',
    ...participants,
    '<stream stream_id="one" session_id="s"><label>1</label></stream>',
    '<stream stream_id="two" session_id="s"><label>2</label></stream>',
    ...links,
    '</recording>',
  ].join('')
}

function request(method: string, id: string, to: string, cseq: number, body = '', type = ''): string {
  return [
    `${method} sip:srs@192.0.2.200 SIP/2.0`,
    `Via: SIP/2.0/TCP 192.0.2.10:5060;branch=z9hG4bK${id}${cseq}${method}`,
    `From: <sip:src@192.0.2.10>;tag=${id}`,
    `To: ${to}`,
    `Call-ID: ${id}@192.0.2.10`,
    `CSeq: ${cseq} ${method}`,
    'Max-Forwards: 70',
    'Contact: <sip:src@192.0.2.10:5060>;+sip.src',
    ...(type ? [`Content-Type: ${type}`] : []),
    `Content-Length: ${Buffer.byteLength(body)}`,
    '',
    body,
  ].join('\r\n')
}

async function send(text: string): Promise<string> {
  const before = call.sent.length
  call.send(Buffer.from(text), { address: '192.0.2.10' })
  const answer = () =>
    call.sent.slice(before).find(({ message }) => message.kind === 'response' && message.status >= 200)?.message
  await vi.waitFor(() => expect(answer()).toBeDefined(), { timeout: 20_000, interval: 5 })
  const response = answer()!
  if (response.kind !== 'response') throw new Error('no response')
  expect(response.status).toBe(200)
  return response.body.toString()
}

/** Opens a recording session of a call. */
async function session(id: string, group: string, present: readonly Voice[], { acknowledges = true } = {}) {
  const { port } = socket.address()
  const line = (label: number) =>
    `m=audio ${port} RTP/AVP 8\r\na=rtpmap:8 PCMA/8000\r\na=label:${label}\r\na=sendonly\r\n`
  const sdp = `v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n${line(1)}${line(2)}`
  const xml = metadata(group, present)
  const parts = [
    `Content-Type: application/sdp\r\n\r\n${sdp}`,
    `Content-Type: application/rs-metadata+xml\r\n\r\n${xml}\r\n`,
  ]
  const body = `${parts.map((part) => `--b\r\n${part}`).join('')}--b--\r\n`
  const answer = await send(request('INVITE', id, '<sip:srs@192.0.2.200>', 1, body, 'multipart/mixed;boundary=b'))
  const ports = [...answer.matchAll(/m=audio (\d+)/g)].map((found) => Number(found[1]))
  const to = toOf(call.lastResponse())
  if (acknowledges) call.send(Buffer.from(request('ACK', id, to, 1)), { address: '192.0.2.10' })
  let cseq = 1
  let seq = 0
  return {
    /** Sends ten packets on each stream, faster than real time. */
    async speak(byte: number) {
      for (let n = 0; n < 10; n++, seq++) {
        for (const [stream, to] of ports.entries()) {
          const packet = Buffer.alloc(172, byte)
          packet.set([0x80, 8])
          packet.writeUInt16BE(seq, 2)
          packet.writeUInt32BE(160 * seq, 4)
          packet.writeUInt32BE(77 + stream, 8)
          await new Promise((resolve) => socket.send(packet, to, '127.0.0.1', resolve))
        }
        await wait(20)
      }
      await wait(50)
    },
    reportPresent: (voices: readonly Voice[]) =>
      send(request('UPDATE', id, to, ++cseq, metadata(group, voices), 'application/rs-metadata+xml')),
    hangUp: () => send(request('BYE', id, to, ++cseq)),
  }
}

const segments = () => [...new Map(entered.map((facts) => [facts.segmentId, facts])).values()]

/** Counts the packets of a segment's recording by their sound. Returns the counts, and the gaps shown to a listener. */
async function recorded(find: () => SegmentFacts | undefined) {
  await vi.waitFor(() => expect(find()?.recording?.stored).toBeDefined(), { timeout: 20_000, interval: 5 })
  const { id } = find()!.recording!
  const header = await objects.readRange(headerKey(id), 0, await objects.sizeBytes(headerKey(id)))
  const opened = await openRecordingBody(objects, id, readAgeHeader(header, identity))
  const counts = new Map<number, number>()
  for (let n = 0; n < opened.chunks; n++) {
    const chunk = await opened.openChunk(n)
    walkChunk(chunk, {
      packet({ start }) {
        counts.set(chunk[start]!, (counts.get(chunk[start]!) ?? 0) + 1)
      },
    })
  }
  const { gaps } = await indexRecording(opened)
  return { countOf: (byte: number) => counts.get(byte) ?? 0, gaps: gaps.map(({ kind }) => kind) }
}

describe('while somebody joins a call between a caller and an official', () => {
  test.each<[string, Voice]>([
    ['a second official', 'bertil'],
    ['a third party from outside', 'stranger'],
  ])('records nothing until %s has left, then continues, and the gap shows the reason', async (_, joining) => {
    const recordingSession = await session('a', randomUUID(), ['caller', 'aino'])
    await recordingSession.speak(sound.alone)
    await recordingSession.reportPresent(['caller', 'aino', joining])
    await recordingSession.speak(sound.conference)
    await recordingSession.reportPresent(['caller', 'aino'])
    await recordingSession.speak(sound.afterwards)
    await recordingSession.hangUp()
    const { countOf, gaps } = await recorded(() => segments()[0])
    expect(countOf(sound.conference)).toBe(0)
    expect([countOf(sound.alone), countOf(sound.afterwards)]).toEqual([20, 20])
    expect(gaps).toContain('conference')
  })

  test('shows the second official in the contact with a segment from joining to leaving, without a recording', async () => {
    const recordingSession = await session('a', randomUUID(), ['caller', 'aino'])
    await recordingSession.reportPresent(['caller', 'aino', 'bertil'])
    await recordingSession.reportPresent(['caller', 'aino'])
    await recordingSession.hangUp()
    await vi.waitFor(() => expect(segments()[0]?.recording?.stored).toBeDefined(), { timeout: 20_000 })
    const [aino, bertil] = segments()
    expect(segments()).toHaveLength(2)
    expect(bertil).toMatchObject({
      ...{ contactId: aino!.contactId, official: { personId: '1002' }, captureState: 'not-recorded' },
      decision: { record: false, reason: 'conference' },
    })
    expect(bertil?.recording).toBeUndefined()
    expect(Temporal.Instant.compare(bertil!.endedAt!, aino!.endedAt!)).toBe(-1)
  })

  test('records a call that starts as a conference only once the conference has ended', async () => {
    const recordingSession = await session('a', randomUUID(), ['caller', 'aino', 'stranger'])
    await recordingSession.speak(sound.conference)
    await recordingSession.reportPresent(['caller', 'aino'])
    await recordingSession.speak(sound.afterwards)
    await recordingSession.hangUp()
    const { countOf } = await recorded(() => segments()[0])
    expect([countOf(sound.conference), countOf(sound.afterwards)]).toEqual([0, 20])
  })

  test('records the conference in neither recording if each official has a session of their own', async () => {
    const group = randomUUID()
    const aino = await session('a', group, ['caller', 'aino'])
    await aino.speak(sound.alone)
    const bertil = await session('b', group, ['caller', 'bertil'])
    await bertil.speak(sound.conference)
    await aino.speak(sound.conference)
    await aino.hangUp()
    await bertil.speak(sound.afterwards)
    await bertil.hangUp()
    const segmentOf = (personId: string) => () => segments().find(({ official }) => official?.personId === personId)
    const [first, second] = [await recorded(segmentOf('1001')), await recorded(segmentOf('1002'))]
    expect([first.countOf(sound.alone), first.countOf(sound.conference)]).toEqual([20, 0])
    expect([second.countOf(sound.conference), second.countOf(sound.afterwards)]).toEqual([0, 20])
    expect(segments()).toHaveLength(2)
  })

  test('a session that is never acknowledged, as from a spoofed address, stops no other recording', async () => {
    const group = randomUUID()
    const aino = await session('a', group, ['caller', 'aino'])
    await session('b', group, ['caller', 'bertil'], { acknowledges: false })
    await session('c', group, ['caller', 'bertil', 'stranger'], { acknowledges: false })
    await aino.speak(sound.alone)
    await aino.hangUp()
    const { countOf } = await recorded(() => segments().find(({ official }) => official?.personId === '1001'))
    expect(countOf(sound.alone)).toBe(20)
  })

  test('starts a recording of the second official when the first leaves and the second takes over the call', async () => {
    const recordingSession = await session('a', randomUUID(), ['caller', 'aino'])
    await recordingSession.speak(sound.alone)
    await recordingSession.reportPresent(['caller', 'aino', 'bertil'])
    await recordingSession.speak(sound.conference)
    await recordingSession.reportPresent(['caller', 'bertil'])
    await recordingSession.speak(sound.afterwards)
    await recordingSession.hangUp()
    const recordings = () => segments().filter(({ recording }) => recording)
    const [first, second] = [await recorded(() => recordings()[0]), await recorded(() => recordings()[1])]
    expect(recordings().map(({ official }) => official?.personId)).toEqual(['1001', '1002'])
    expect([first.countOf(sound.alone), first.countOf(sound.conference), first.countOf(sound.afterwards)]).toEqual([
      20, 0, 0,
    ])
    expect([second.countOf(sound.conference), second.countOf(sound.afterwards)]).toEqual([0, 20])
  })
})

describe('a caller whose display name is a telephone number of the agency', () => {
  test.each<[string, string, Voice[], string | undefined]>([
    ['another official’s', '0295121002', ['caller', 'aino'], '1001'],
    ['another official’s', '0295121002', ['aino', 'caller'], '1001'],
    ['another service number', '029497010', ['caller', 'aino'], '1001'],
    ['an official’s, where the client reports no official', '0295121002', ['caller'], undefined],
  ])('stays the caller and is recorded: %s, %s, %j', async (_, name, present, official) => {
    callersName = name
    const recordingSession = await session('a', randomUUID(), present)
    await recordingSession.speak(sound.alone)
    await recordingSession.hangUp()
    const { countOf } = await recorded(() => segments()[0])
    expect(segments()).toMatchObject([
      { caller: { key: voices.caller }, numberReached: { key: '+35829497000' }, decision: { reason: 'drawn' } },
    ])
    expect(segments()[0]?.official?.personId).toBe(official)
    expect(countOf(sound.alone)).toBe(20)
  })
})

describe('a session with the id of another caller’s call', () => {
  const contacts = () => segments().map(({ contactId }) => contactId)
  const marked = () => segments().map(({ caller, marks }) => [caller.key, marks.includes('needs-review')])

  async function waitForEnd(at: number) {
    await vi.waitFor(() => expect(segments()[at]?.endedAt).toBeDefined(), { timeout: 20_000 })
  }

  test('gets a contact of its own for review, and a transferred segment of either call stays in that call’s contact', async () => {
    const group = randomUUID()
    const calls = [
      ['caller', 'aino'],
      ['caller', 'bertil'],
      ['stranger', 'aino'],
      ['caller', 'aino'],
      ['stranger', 'bertil'],
    ] as const
    for (const [at, present] of calls.entries()) {
      const recordingSession = await session(`s${at}`, group, present)
      await recordingSession.hangUp()
      await waitForEnd(at)
    }
    const [first, second, strange, third, strangeToo] = contacts()
    expect([second, third, strangeToo]).toEqual([first, first, strange])
    expect(strange).not.toBe(first)
    expect(segments()[2]?.startedAt).not.toEqual(segments()[0]?.startedAt)
    expect(marked()).toEqual([
      [voices.caller, false],
      [voices.caller, false],
      [voices.stranger, true],
      [voices.caller, false],
      [voices.stranger, false],
    ])
  })

  // One that withholds the number and begins together, with the same official, is the same call (one-client-withholds.test.ts).
  test.each([
    ['stranger', 'aino'],
    ['hidden', 'bertil'],
  ] as const)(
    'is another call even if it runs at the same time: neither recording has the other’s sound, even while its own is silent (%s)',
    async (other, official) => {
      const group = randomUUID()
      const recordingSession = await session('v', group, ['caller', 'aino'])
      await recordingSession.speak(sound.alone)
      const strange = await session('x', group, [other, official])
      for (let n = 0; n < 4; n++) await strange.speak(sound.conference)
      await recordingSession.speak(sound.afterwards)
      await strange.hangUp()
      await recordingSession.hangUp()
      const [own, others] = [await recorded(() => segments()[0]), await recorded(() => segments()[1])]
      const each = [sound.alone, sound.conference, sound.afterwards]
      expect(each.map(own.countOf)).toEqual([20, 0, 20])
      expect(each.map(others.countOf)).toEqual([0, 80, 0])
      expect(new Set(contacts()).size).toBe(2)
      expect(segments()[1]?.marks).toContain('needs-review')
    },
  )

  test('does not make a conference if its official is another', async () => {
    const group = randomUUID()
    const recordingSession = await session('v', group, ['caller', 'aino'])
    const strange = await session('x', group, ['stranger', 'bertil'])
    await recordingSession.speak(sound.alone)
    await strange.speak(sound.conference)
    await strange.hangUp()
    await recordingSession.hangUp()
    const [own, others] = [await recorded(() => segments()[0]), await recorded(() => segments()[1])]
    expect([own.countOf(sound.alone), others.countOf(sound.conference)]).toEqual([20, 20])
    expect(new Set(contacts()).size).toBe(2)
  })

  test('whose caller is reported late is in no other contact until then, and does not become a conference afterwards', async () => {
    const group = randomUUID()
    const recordingSession = await session('v', group, ['caller', 'aino'])
    const strange = await session('x', group, ['bertil'])
    await strange.speak(sound.conference)
    expect(segments()).toHaveLength(1)
    await strange.reportPresent(['stranger', 'bertil'])
    await strange.speak(sound.afterwards)
    await recordingSession.speak(sound.alone)
    await strange.hangUp()
    await recordingSession.hangUp()
    const [own, others] = [await recorded(() => segments()[0]), await recorded(() => segments()[1])]
    expect([own.countOf(sound.alone), others.countOf(sound.afterwards)]).toEqual([20, 20])
    const reported = entered.filter(({ segmentId }) => segmentId === segments()[1]?.segmentId)
    expect(new Set(reported.map(({ contactId }) => contactId))).toEqual(new Set([contacts()[1]]))
    expect(contacts()[1]).not.toBe(contacts()[0])
    expect(marked()).toEqual([
      [voices.caller, false],
      [voices.stranger, true],
    ])
    // The stranger's call is transferred.
    const passedOn = await session('y', group, ['stranger', 'aino'])
    await passedOn.hangUp()
    await waitForEnd(2)
    expect(contacts()[2]).toBe(contacts()[1])
  })

  test.each([
    ['reports the same caller later', ['caller', 'bertil']],
    ['never reports its caller', undefined],
  ] as const)('belongs to the call’s contact if it %s', async (_, later) => {
    const group = randomUUID()
    const recordingSession = await session('v', group, ['caller', 'aino'])
    await recordingSession.hangUp()
    await waitForEnd(0)
    const passedOn = await session('t', group, ['bertil'])
    if (later) await passedOn.reportPresent(later)
    await passedOn.hangUp()
    await waitForEnd(1)
    expect(contacts()[1]).toBe(contacts()[0])
    expect(segments()[1]).toMatchObject({ startedAt: segments()[0]?.startedAt, official: { personId: '1002' } })
  })

  test('and the same official, which reports another caller later, is recorded separately', async () => {
    const group = randomUUID()
    const recordingSession = await session('v', group, ['caller', 'aino'])
    const strange = await session('x', group, ['aino'])
    expect(segments()).toHaveLength(1)
    await recordingSession.speak(sound.alone)
    await strange.reportPresent(['stranger', 'aino'])
    await vi.waitFor(() => expect(segments()).toHaveLength(2), { timeout: 20_000 })
    await strange.hangUp()
    await waitForEnd(1)
    await recordingSession.speak(sound.afterwards)
    await recordingSession.hangUp()
    const own = await recorded(() => segments()[0])
    expect([own.countOf(sound.alone), own.countOf(sound.afterwards)]).toEqual([20, 20])
    expect(contacts()[1]).not.toBe(contacts()[0])
    expect(marked()[1]).toEqual([voices.stranger, true])
  })

  test('whose reported caller is the call’s former official, missing from the directory, belongs to the call’s contact, for review', async () => {
    const group = randomUUID()
    const recordingSession = await session('v', group, ['caller', 'unlisted'])
    await recordingSession.hangUp()
    await waitForEnd(0)
    const passedOn = await session('t', group, ['unlisted', 'bertil'])
    await passedOn.hangUp()
    await waitForEnd(1)
    expect(new Set(contacts()).size).toBe(1)
    expect(marked()[1]).toEqual([voices.unlisted, true])
  })

  test.each([
    [
      'shows the number of the call’s official, who is missing from the directory',
      ['caller', 'unlisted'],
      ['unlisted'],
    ],
    ['reports somebody else before its caller', ['caller', 'aino'], ['stranger', 'caller']],
  ] as const)('is not recorded as part of the call if it runs in parallel and %s', async (_, own, other) => {
    const group = randomUUID()
    const recordingSession = await session('v', group, [...own])
    await recordingSession.speak(sound.alone)
    const strange = await session('x', group, [...other])
    for (let n = 0; n < 8; n++) await strange.speak(sound.afterwards)
    await recordingSession.hangUp()
    await strange.hangUp()
    const { countOf } = await recorded(() => segments()[0])
    expect([countOf(sound.alone), countOf(sound.afterwards)]).toEqual([20, 0])
    await waitForEnd(1)
    expect(segments()[1]?.marks).toContain('needs-review')
  })

  test('that reports another person before the caller belongs to the call’s contact, for review', async () => {
    const group = randomUUID()
    const recordingSession = await session('v', group, ['caller', 'aino'])
    await recordingSession.hangUp()
    await waitForEnd(0)
    const three = await session('t', group, ['stranger', 'caller', 'bertil'])
    await three.hangUp()
    await waitForEnd(1)
    expect(new Set(contacts()).size).toBe(1)
    expect(segments()[1]?.marks).toContain('needs-review')
  })
})
