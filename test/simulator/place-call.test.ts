import { setTimeout as wait } from 'node:timers/promises'
import { afterEach, describe, expect, test } from 'vitest'
import { officialByKey } from './people.ts'
import type { CallEvent } from './call-plan.ts'
import { placeCall, type PlaceCallOptions } from './place-call.ts'
import { arrivedSound, type SentStream } from './sent-call.ts'
import { startRecordingClient } from './recording-client.ts'
import { headerValue, isRequest, type SipRequest } from './sip-message.ts'
import { frameSamples } from './sound.ts'
import { startScriptedRecorder, type ScriptedRecorder } from './scripted-recorder.ts'

const recorders: ScriptedRecorder[] = []
afterEach(async () => {
  for (const recorder of recorders.splice(0)) await recorder.close()
})

async function listen(...behaviour: Parameters<typeof startScriptedRecorder>) {
  const recorder = await startScriptedRecorder(...behaviour)
  recorders.push(recorder)
  const call = (options: Partial<PlaceCallOptions> = {}) =>
    placeCall({
      server: recorder.address,
      seed: 7,
      caller: '+358401234567',
      number: '+35829497099',
      official: officialByKey('aino'),
      seconds: 0.4,
      ...options,
    })
  const requests = (method: string) =>
    recorder.received.filter((message): message is SipRequest => isRequest(message) && message.method === method)
  return { recorder, call, requests }
}

const rtp = (packet: Buffer) => ({
  sequence: packet.readUInt16BE(2),
  timestamp: packet.readUInt32BE(4),
  ssrc: packet.readUInt32BE(8),
  payloadType: packet[1]! & 0x7f,
  payload: packet.subarray(12),
})
const sent = (stream: SentStream) => stream.packets.filter(({ copies }) => copies > 0)

describe.each(['udp', 'tcp'] as const)('over %s', (transport) => {
  test('the received packets are those recorded as sent, byte by byte', async () => {
    const { recorder, call, requests } = await listen()
    const { outcome, sessions } = await call({ transport })
    await wait(50)
    expect(outcome).toBe('completed')
    expect(sessions).toHaveLength(1)
    for (const stream of sessions[0]!.streams) {
      const arrived = recorder.packets.get(stream.label)!.map(rtp)
      expect(arrived.length).toBeGreaterThanOrEqual(20)
      expect(arrived.map(({ payload }) => payload.toString('hex'))).toEqual(
        sent(stream).map(({ payload }) => Buffer.from(payload).toString('hex')),
      )
      expect(arrived.map(({ sequence }) => sequence)).toEqual(sent(stream).map(({ sequence }) => sequence & 0xffff))
      expect(arrived.map(({ timestamp }) => timestamp)).toEqual(
        sent(stream).map(({ timestamp }) => timestamp % 2 ** 32),
      )
      expect(new Set(arrived.map(({ ssrc }) => ssrc))).toEqual(new Set([stream.ssrc]))
      const { sound, missing } = arrivedSound(stream)
      expect(Buffer.concat(arrived.map(({ payload }) => payload)).equals(sound)).toBe(true)
      expect(missing).toEqual([])
    }
    expect(requests('INVITE')).toHaveLength(1)
    expect(requests('ACK')).toHaveLength(1)
    expect(requests('BYE')).toHaveLength(1)
  })

  test('hold and resume are two new offers; nothing is sent between them, and the RTP clock continues', async () => {
    const { recorder, call, requests } = await listen()
    const { sessions } = await call({ transport, seconds: 0.5, hold: { afterMs: 200, forMs: 300 } })
    await wait(50)
    const directions = requests('INVITE').map(({ body }) => /a=(sendonly|inactive)/.exec(body.toString())?.[1])
    expect(directions).toEqual(['sendonly', 'inactive', 'sendonly'])
    const [stream] = sessions[0]!.streams
    const { missing } = arrivedSound(stream!)
    expect(missing).toHaveLength(1)
    const [from, to] = missing[0]!
    expect((to - from) / 8).toBeGreaterThanOrEqual(280)
    expect((to - from) / 8).toBeLessThan(500)
    const sequences = recorder.packets.get(stream!.label)!.map((packet) => rtp(packet).sequence)
    expect(sequences.every((value, index) => index === 0 || value === ((sequences[index - 1]! + 1) & 0xffff))).toBe(
      true,
    )
  })

  test('a transferred call is a second session in the same group with the new official', async () => {
    const { call, requests } = await listen()
    const { sessions } = await call({
      transport,
      transferTo: { official: officialByKey('bertil'), afterMs: 200, consultMs: 50, seconds: 0.2 },
    })
    expect(sessions).toHaveLength(2)
    const [first, second] = sessions
    expect(first!.groupId).toBe(second!.groupId)
    expect(first!.callId).not.toBe(second!.callId)
    expect(first!.metadata).toContain('+358295121001')
    expect(second!.metadata).toContain('Bertil Lindqvist')
    expect(second!.metadata).not.toContain('Aino')
    expect(requests('BYE')).toHaveLength(2)
  })

  test('a call that the caller abandons before the answer is cancelled', async () => {
    const { call, requests } = await listen({ ringsForever: true })
    const { outcome, sessions } = await call({ transport, signal: AbortSignal.timeout(150) })
    expect(outcome).toBe('cancelled')
    expect(sessions).toEqual([])
    await wait(50)
    expect(requests('CANCEL')).toHaveLength(1)
    expect(requests('ACK')).toHaveLength(1)
    expect(headerValue(requests('CANCEL')[0]!, 'via')).toBe(headerValue(requests('INVITE')[0]!, 'via'))
  })
})

test('a request lost over UDP is sent again', async () => {
  const { call, requests } = await listen({ deafTo: { INVITE: 1, BYE: 1 } })
  const { outcome, sessions } = await call()
  expect(outcome).toBe('completed')
  expect(sessions[0]!.endedBy).toBe('us')
  expect(requests('INVITE')).toHaveLength(1)
})

test('the INVITE is SIPREC: two labelled sendonly streams, metadata, Require and +sip.src', async () => {
  const { call, requests } = await listen()
  await call()
  const [invite] = requests('INVITE')
  expect(headerValue(invite!, 'require')).toBe('siprec')
  expect(headerValue(invite!, 'contact')).toMatch(/^<sip:[^>]+>;\+sip\.src$/)
  expect(headerValue(invite!, 'content-type')).toMatch(/^multipart\/mixed;boundary=/)
  const body = invite!.body.toString()
  expect([...body.matchAll(/^a=label:(\d)\r$/gm)].map(([, label]) => label)).toEqual(['1', '2'])
  expect(body.match(/^a=sendonly\r$/gm)).toHaveLength(2)
  expect(body).toContain('Content-Type: application/rs-metadata+xml')
  expect([...body.matchAll(/aor="sip:(\+\d+)@/g)].map(([, number]) => number)).toEqual([
    '+358401234567',
    '+358295121001',
    '+35829497099',
  ])
  expect(body).toMatch(/<name xml:lang="fi">Aino Virtanen<\/name>/)
})

test('a withheld number is only in the trunk’s asserted identity, with Privacy: id', async () => {
  const { call, requests } = await listen()
  await call({ withheld: true })
  const [invite] = requests('INVITE')
  expect(headerValue(invite!, 'privacy')).toBe('id')
  expect(headerValue(invite!, 'p-asserted-identity')).toContain('+358401234567')
  expect(invite!.body.toString()).toContain('sip:anonymous@anonymous.invalid')
  expect(invite!.body.toString()).not.toContain('+358401234567')
})

test.each([{ direction: 'inactive' as const }, { refuse: true }])(
  'sends nothing to a recorder that answers %o',
  async (behaviour) => {
    const { recorder, call } = await listen(behaviour)
    const { sessions } = await call()
    expect(sessions[0]!.answer).toBe('declined')
    expect([...recorder.packets.values()].flat()).toEqual([])
    expect(sessions[0]!.streams.every(({ counts }) => counts.packets === 0)).toBe(true)
  },
)

test('a refusal and an unreachable server are outcomes, not exceptions', async () => {
  const { call } = await listen({ status: 503 })
  expect(await call()).toEqual({ outcome: 'refused', status: 503, sessions: [] })
  const gone = await startScriptedRecorder()
  await gone.close()
  expect((await call({ server: gone.address, transport: 'tcp' })).outcome).toBe('unreachable')
  expect((await call({ server: gone.address, timeoutMs: 200 })).outcome).toBe('unreachable')
})

test('the simulator obeys a recorder that hangs up or asks for silence', async () => {
  const { recorder, call } = await listen()
  const hangUp = (event: CallEvent) => {
    if (event.kind === 'answered') setTimeout(() => recorder.request(event.callId, 'BYE'), 100)
  }
  const ended = await call({ seconds: 5, onEvent: hangUp })
  expect(ended.sessions[0]!.endedBy).toBe('recorder')
  expect(ended.sessions[0]!.streams[0]!.counts.packets).toBeLessThan(200)

  const stop = 'v=0\r\nc=IN IP4 127.0.0.1\r\nm=audio 9 RTP/AVP 8\r\na=inactive\r\nm=audio 9 RTP/AVP 8\r\na=inactive\r\n'
  const silence = (event: CallEvent) => {
    if (event.kind === 'answered') setTimeout(() => recorder.request(event.callId, 'INVITE', stop), 100)
  }
  const silenced = await call({ seconds: 2, onEvent: silence })
  expect(silenced.sessions[0]!.endedBy).toBe('us')
  expect(silenced.sessions[0]!.streams[0]!.counts.packets).toBeLessThan(75)
})

test('a recorder that asks whether a call continues gets 200 during the call and 481 after it', async () => {
  const { recorder, call } = await listen()
  const client = await startRecordingClient({ server: recorder.address, transport: 'udp' })
  const request = async (callId: string) => {
    const reported = () =>
      recorder.received.find((each) => !isRequest(each) && headerValue(each, 'cseq').endsWith('OPTIONS'))
    recorder.received.splice(0)
    recorder.request(callId, 'OPTIONS')
    await expect.poll(reported).toBeDefined()
    return reported()
  }
  let during: ReturnType<typeof request> | undefined
  const onEvent = (event: CallEvent) => {
    if (event.kind === 'answered') during = request(event.callId)
  }
  const { sessions } = await call({ client, onEvent })
  expect(await during).toMatchObject({ status: 200 })
  expect(await request(sessions[0]!.callId)).toMatchObject({ status: 481 })
  await client.close()
})

test('an official who is named later is reported by an UPDATE with metadata only', async () => {
  const { call, requests } = await listen()
  await call({ officialNamedAfterMs: 100 })
  expect(requests('INVITE')[0]!.body.toString()).not.toContain('Aino')
  const [update] = requests('UPDATE')
  expect(headerValue(update!, 'content-type')).toBe('application/rs-metadata+xml')
  expect(update!.body.toString()).toMatch(/^<\?xml[\s\S]*Aino Virtanen/)
})

test('a prohibition during the call is reported to the demo', async () => {
  const { call } = await listen()
  const events: CallEvent[] = []
  await call({ forbid: { afterMs: 100, by: 'caller' }, onEvent: (event) => events.push(event) })
  expect(events.map(({ kind }) => kind)).toEqual(['answered', 'forbidden', 'ended'])
})

test('faults are recorded: lost packets are not sent, the others are, and the same seed repeats the faults', async () => {
  const { recorder, call } = await listen()
  const faults = { loss: 0.1, reorder: 0.1, duplicate: 0.1, keys: [{ who: 'caller' as const, atMs: 200, key: '5' }] }
  const first = await call({ seconds: 2, faults })
  await wait(50)
  const [stream] = first.sessions[0]!.streams
  const { counts } = stream!
  expect(counts.lost).toBeGreaterThan(0)
  expect(counts.reordered).toBeGreaterThan(0)
  expect(counts.keys).toBeGreaterThan(0)
  const arrived = recorder.packets.get('1')!.map(rtp)
  expect(arrived).toHaveLength(counts.packets + counts.duplicated)
  const lost = stream!.packets.filter(({ copies }) => copies === 0).map(({ sequence }) => sequence & 0xffff)
  expect(arrived.filter(({ sequence }) => lost.includes(sequence))).toEqual([])
  const { sound } = arrivedSound(stream!)
  for (const { timestamp, payload, payloadType } of arrived) {
    if (payloadType !== 8) continue
    const at = (timestamp - stream!.firstTimestamp + 2 ** 32) % 2 ** 32
    expect(payload.equals(sound.subarray(at, at + frameSamples))).toBe(true)
  }
  const again = await call({ seconds: 2, faults })
  const outcomesOf = (each: SentStream) => each.packets.slice(0, 90).map(({ copies, kind }) => `${kind} ${copies}`)
  expect(outcomesOf(again.sessions[0]!.streams[0]!)).toEqual(outcomesOf(stream!))
})

test('packets are never sent early, and do not drift: at the end they are still sent at their due time', async () => {
  const { call } = await listen()
  const { sessions } = await call({ seconds: 3 })
  const lateMs = sessions[0]!.streams[0]!.packets.map(({ sentMs }, index) => sentMs! - index * 20)
  expect(Math.min(...lateMs)).toBeGreaterThanOrEqual(0)
  // Checks the smallest delay of the last second, because other work on the machine may delay any single packet.
  expect(Math.min(...lateMs.slice(-50))).toBeLessThan(8)
})
