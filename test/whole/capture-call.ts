// Calls over real SIP and RTP: their history and their sound. The tests run in a Seloste shared with other tests.
import { beforeAll, describe, expect, test } from 'vitest'
import { officialByKey } from '../simulator/people.ts'
import { placeCall, type PlaceCallOptions } from '../simulator/place-call.ts'
import type { SentCall } from '../simulator/sent-call.ts'
import { eventually, signInAt, type Api, type ContactShape } from './api.ts'
import { findSound, soundOf } from './compare-sound.ts'
import type { RunningSeloste } from './start-seloste.ts'

const testLine = '+35829497099'
const switchboard = '+35829512000'
const aino = officialByKey('aino')
const bertil = officialByKey('bertil')

let seloste: RunningSeloste
let security: Api

let caller = 4000
/**
 * Places a call from its own number, and returns its history entry once it has ended and its recordings are ingested.
 */
async function call(plan: Partial<PlaceCallOptions>): Promise<{ sent: SentCall; contact: ContactShape }> {
  const from = `+35840123${String(caller++)}`
  const sent = await placeCall({
    seed: from,
    caller: from,
    number: testLine,
    official: aino,
    seconds: 2,
    server: seloste.sip,
    transport: 'udp',
    ...plan,
  })
  const search = { purpose: 'CRIME_OR_MISUSE', reference: 'test', caller: plan.withheld ? 'anonymous' : from }
  const contact = await eventually(async () => {
    const [found] = await security.contacts(search)
    if (!found?.endedAt || found.segments.length < sent.sessions.length) return undefined
    const busy = found.segments.some(({ recording }) => recording.state === 'capturing')
    if (busy) return undefined
    const answer = await security.call('GET', `/api/contacts/${found.id}?purpose=CRIME_OR_MISUSE&reference=test`)
    return (await answer.json()) as ContactShape
  }, 'the call in the history, its recordings kept')
  return { sent, contact }
}

async function listen(contact: ContactShape, segment = 0) {
  const listening = await security.call(
    'POST',
    `/api/recordings/${contact.segments[segment]?.recording.id ?? ''}/listenings`,
    {
      purpose: 'CRIME_OR_MISUSE',
      reference: 'test',
    },
  )
  expect(listening.status).toBe(201)
  const { id } = (await listening.json()) as { id: string }
  const audio = await security.call('GET', `/api/listenings/${id}/audio`, undefined, { range: 'bytes=44-' })
  const pcm = Buffer.from(await audio.arrayBuffer())
  const channel = (offset: number) =>
    Int16Array.from({ length: pcm.length / 4 }, (_, i) => pcm.readInt16LE(4 * i + offset))
  const peaks = (await (await security.call('GET', `/api/listenings/${id}/peaks`)).json()) as {
    holds: { kind: string; fromMs: number; toMs: number }[]
  }
  return { peaks, caller: channel(0), official: channel(2) }
}

export function testCapturedCalls(given: () => RunningSeloste): void {
  beforeAll(async () => {
    seloste = given()
    security = await signInAt(seloste.url, 'tuula', seloste.password)
  })

  describe('a call to the test line', () => {
    test.each(['udp', 'tcp'] as const)(
      'over %s is in the history with its five fields, and has the sound that was sent',
      async (transport) => {
        const { sent, contact } = await call({ transport, waitedMs: 30_000 })
        const session = sent.sessions[0]
        if (!session) throw new Error('no session')
        expect(contact).toMatchObject({
          caller: { kind: 'e164', number: expect.stringMatching(/^\+358 40 \*\*\* \*\*\d\d$/) as string },
          number: testLine,
          segments: [{ official: { name: 'Aino Virtanen' }, decision: { record: true, reason: 'drawn' }, marks: [] }],
        })
        expect(Date.parse(contact.startedAt)).toBeCloseTo(session.startedAt.getTime(), -3)
        expect(Date.parse(contact.segments[0]?.answeredAt ?? '')).toBeCloseTo(session.answeredAt.getTime(), -3)
        const played = await listen(contact)
        for (const user of ['caller', 'official'] as const) {
          const found = findSound(soundOf(session, user), played[user])
          expect(found).toMatchObject({ different: 0, compared: soundOf(session, user).length })
        }
      },
    )

    test('loses only packets that the network lost, and every late packet is at its position', async () => {
      const { sent, contact } = await call({
        seconds: 4,
        faults: { loss: 0.03, reorder: 0.05, duplicate: 0.02, lateBurst: { everyMs: 1500, holdMs: 120 } },
      })
      const session = sent.sessions[0]
      if (!session) throw new Error('no session')
      const played = await listen(contact)
      for (const user of ['caller', 'official'] as const) {
        expect(findSound(soundOf(session, user), played[user]).different).toBe(0)
      }
      expect(contact.segments[0]?.marks).toContain('packets-lost')
      const lostInside = session.streams.reduce((total, stream) => {
        const arrived = stream.packets.flatMap(({ copies }, i) => (copies > 0 ? [i] : []))
        const [first = 0, last = 0] = [arrived.at(0), arrived.at(-1)]
        return total + stream.packets.filter(({ copies }, i) => copies === 0 && i > first && i < last).length
      }, 0)
      expect(contact.segments[0]?.lostPackets).toBe(lostInside)
    })

    test('has the caller on the left, even with its streams in the other order', async () => {
      const { sent, contact } = await call({ officialFirst: true, codec: 'pcmu' })
      const session = sent.sessions[0]
      if (!session) throw new Error('no session')
      const played = await listen(contact)
      expect(findSound(soundOf(session, 'caller'), played.caller).different).toBe(0)
      expect(findSound(soundOf(session, 'official'), played.official).different).toBe(0)
    })

    test('on hold is silent for the length of the hold, and loses no packet', async () => {
      const { contact } = await call({ seconds: 3, hold: { afterMs: 1000, forMs: 1000 } })
      expect(contact.segments[0]?.lostPackets).toBe(0)
      expect(contact.segments[0]?.durationMs).toBeGreaterThan(3_500)
      const { peaks } = await listen(contact)
      expect(peaks.holds).toHaveLength(1)
      const [{ kind, fromMs, toMs }] = peaks.holds as [(typeof peaks.holds)[number]]
      expect(kind).toBe('hold')
      expect(toMs - fromMs).toBeGreaterThan(800)
      expect(toMs - fromMs).toBeLessThan(1_800)
    })

    test('that is transferred is one contact with a segment and a recording for each official', async () => {
      const { contact } = await call({ transferTo: { official: bertil, afterMs: 1500, seconds: 1.5 } })
      expect(contact.segments.map(({ official }) => official?.name)).toEqual(['Aino Virtanen', 'Bertil Lindqvist'])
      expect(contact.segments.map(({ recording }) => recording.state)).toEqual(['available', 'available'])

      // Each official sees and plays their own segment; the other official's does not exist for them (AC5).
      const own = await signInAt(seloste.url, 'bertil', seloste.password)
      const seen = await own.contact(contact.id, 'QUALITY')
      expect(seen.segments.map(({ official }) => official?.name)).toEqual(['Bertil Lindqvist'])
      const others = await own.call('POST', `/api/recordings/${contact.segments[0]?.recording.id ?? ''}/listenings`, {
        purpose: 'QUALITY',
      })
      expect(others.status).toBe(404)
      const supervisor = await signInAt(seloste.url, 'sari', seloste.password)
      expect((await supervisor.contact(contact.id, 'QUALITY')).segments.map(({ official }) => official?.name)).toEqual([
        'Aino Virtanen',
      ])
    })

    test('from a withheld number stores no number, even if the trunk reports one', async () => {
      const { contact } = await call({ withheld: true })
      expect(contact.caller).toEqual({ kind: 'withheld' })
      const reveal = await security.call('POST', `/api/contacts/${contact.id}/caller`, {
        purpose: 'CRIME_OR_MISUSE',
        reference: 'x',
      })
      expect(reveal.status).toBe(404)
    })

    test('whose official is reported later gets the official', async () => {
      const { contact } = await call({ officialNamedAfterMs: 500 })
      expect(contact.segments[0]?.official?.name).toBe('Aino Virtanen')
    })
  })

  describe('a call that is not recorded', () => {
    test('because the switchboard answered it, is answered with inactive, sends no audio, and is in the history', async () => {
      const { sent, contact } = await call({ number: switchboard })
      expect(sent.sessions[0]?.answer).toBe('declined')
      expect(contact).toMatchObject({
        number: switchboard,
        segments: [{ recording: { state: 'none' }, decision: { record: false, reason: 'switchboard' } }],
      })
    })

    test('because its number is unknown, is in the history, marked for review', async () => {
      const countUnknown = async () => {
        const metrics = await (await fetch(`${seloste.url}/metrics`)).text()
        return Number(/^seloste_unknown_number_calls_total\S* (\d+)$/m.exec(metrics)?.[1])
      }
      const before = await countUnknown()
      const { contact } = await call({ number: '+35829555000' })
      expect(contact.segments[0]).toMatchObject({ decision: { reason: 'unknown-number' } })
      expect(contact.segments[0]?.marks).toContain('unknown-number')
      expect(await countUnknown()).toBe(before + 1)
    })
  })
}
