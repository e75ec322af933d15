// An operator's view of calls, over real sockets: one-way audio, loss, what the client sends, and the ladder diagram.
import { beforeAll, expect, test } from 'vitest'
import { officialByKey } from '../simulator/people.ts'
import { placeCall, type PlaceCallOptions } from '../simulator/place-call.ts'
import { eventually, signInAt, type Api, type ContactShape } from './api.ts'
import type { RunningSeloste } from './start-seloste.ts'

const testLine = '+35829497099'
const aino = officialByKey('aino')

let seloste: RunningSeloste
let maintenance: Api

interface ReceptionSeen {
  heard?: { lostMs: number; oneWay?: string; isSilent?: true }
  reception?: { client: string; streams: { track: string; expected: number; lost: number; silentShare?: number }[] }
}
type Segment = ContactShape['segments'][number] & ReceptionSeen

const query = 'purpose=MAINTENANCE&reference=VIKA-7'
let caller = 7000

/** Places a call of ten seconds. Returns its segment once its recording is ingested. */
async function call(plan: Partial<PlaceCallOptions>): Promise<Segment> {
  const from = `+35840124${String(caller++)}`
  await placeCall({
    ...{ seed: from, caller: from, number: testLine, official: aino, seconds: 10 },
    ...{ server: seloste.sip, transport: 'tcp' },
    ...plan,
  })
  return eventually(
    async () => {
      const [found] = await maintenance.contacts({ purpose: 'MAINTENANCE', reference: 'VIKA-7', caller: from })
      if (!found?.endedAt || found.segments.some(({ recording }) => recording.state === 'capturing')) return undefined
      const answer = await maintenance.call('GET', `/api/contacts/${found.id}?${query}`)
      return ((await answer.json()) as { segments: Segment[] }).segments[0]
    },
    'the call in the history, its recording kept',
    60_000,
  )
}

async function json<Shape>(path: string): Promise<Shape> {
  const answer = await maintenance.call('GET', path)
  expect(answer.status, path).toBe(200)
  return (await answer.json()) as Shape
}

/** Tests that count calls, so they need a Seloste without earlier calls. */
export function testShownCalls(given: () => RunningSeloste): void {
  beforeAll(async () => {
    seloste = given()
    maintenance = await signInAt(seloste.url, 'matti', seloste.password)
  })

  // Places the calls at the same time, because each takes ten seconds.
  test.concurrent.each(['nothing', 'silence'] as const)(
    'one-way audio is shown in the call, in its hour and in its ladder: the official sends %s',
    async (as) => {
      const segment = await call({ faults: { missing: { who: 'official', as } } })
      expect(segment.heard).toMatchObject({ oneWay: 'official' })
      const official = segment.reception?.streams.find(({ track }) => track === 'official')
      expect(official).toMatchObject(as === 'nothing' ? { expected: 0 } : { silentShare: 1 })
      const { items } = await json<{ items: { id: string; problems: string[] }[] }>(
        `/api/capture/flows?segment=${segment.id}`,
      )
      expect(items).toMatchObject([{ problems: ['one-way'] }])
      const { steps } = await json<{ steps: { what: string }[] }>(`/api/capture/flows/${items[0]!.id}`)
      const order = steps.map(({ what }) => what)
      expect(order.slice(0, 2)).toEqual(['INVITE', 'recording'])
      for (const item of ['200', 'ACK', 'RTP', 'BYE', 'stored']) expect(order).toContain(item)
    },
    90_000,
  )

  test.concurrent(
    'five lost packets in a hundred are shown, with the lost audio, and a good call is shown as good',
    async () => {
      const [lossy, well] = await Promise.all([
        call({ faults: { loss: 0.05, reorder: 0.05, duplicate: 0.05 } }),
        call({ hold: { afterMs: 2000, forMs: 2000 }, faults: { sequenceContinuesInHold: true } }),
      ])
      const [expected, lost] = ['expected', 'lost'].map((name) =>
        lossy.reception!.streams.reduce((sum, stream) => sum + stream[name as 'lost'], 0),
      ) as [number, number]
      expect(lost / expected).toBeGreaterThan(0.02)
      expect(lost / expected).toBeLessThan(0.09)
      expect(lost).toBe(lossy.lostPackets)
      expect(lossy.heard!.lostMs).toBeGreaterThan(100)
      expect(lossy.heard).not.toHaveProperty('oneWay')
      expect(well.heard).toEqual({ lostMs: 0 })
    },
    120_000,
  )

  test('the hour counts all calls, the client is listed with the names of what it sends, and the metrics have the same counts', async () => {
    const to = new Date(Date.now() + 3_600_000).toISOString()
    const from = new Date(Date.now() - 12 * 3_600_000).toISOString()
    const { items } = await json<{ items: { client: string; recordings: number; oneWay: number; lossy: number }[] }>(
      `/api/capture/reception?from=${from}&to=${to}&by=day`,
    )
    const sum = (name: 'recordings' | 'oneWay' | 'lossy') => items.reduce((total, item) => total + item[name], 0)
    expect([sum('recordings'), sum('oneWay')]).toEqual([4, 2])
    expect(sum('lossy')).toBeGreaterThanOrEqual(1)

    const client = await eventually(async () => {
      const { items: seen } = await json<{ items: { id: number; sessions: number }[] }>('/api/capture/clients')
      return seen.find(({ sessions }) => sessions >= 4)
    }, 'the client, once what it sends was kept')
    const { sends } = await json<{ sends: { kind: string; name: string }[] }>(`/api/capture/clients/${client.id}`)
    const names = (kind: string) => sends.filter((one) => one.kind === kind).map(({ name }) => name)
    expect(names('transport')).toEqual(['tcp'])
    expect(names('codec')).toContain('PCMA/8000')
    expect(names('element').join('\n')).toContain('nameID')
    expect(JSON.stringify(sends)).not.toMatch(/4012470\d\d/)

    const metrics = await (await fetch(`${seloste.url}/metrics`)).text()
    expect(metrics).toMatch(/^seloste_capture_troubled_recordings_total\{[^}]*trouble="one-way"[^}]*\} 2$/m)
    expect(metrics).toMatch(/^seloste_capture_stream_loss_ratio_count\S* [78]$/m)
  }, 60_000)
}
