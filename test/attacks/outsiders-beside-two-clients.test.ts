// Promise: third parties and consultations are not recorded, or the call is marked (R8, R17). No attacker needed: two recording clients write
// the caller of a call differently, and one of them reports that the official speaks with an outsider.
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { walkChunk } from '#register/recordings/recording-log.ts'
import {
  metadataOf,
  openBench,
  people,
  type ClientCall,
  type FlowBench,
} from '../conformance/flows/recording-client.ts'

let bench: FlowBench
beforeEach(async () => {
  bench = await openBench(20_200)
})
afterEach(() => bench.stop())

const written = {
  'a number': people.caller,
  'a SIP address': 'sip:maija@operator.example',
  'an extension': 'sip:1234567@pbx.local',
  withheld: 'sip:anonymous@anonymous.invalid',
}
type Way = keyof typeof written
const aino = { id: 'a', aor: people.official, label: '2' }
const numbered = 'sip:+358509998877@trunk.example.net'
const nameless = 'sip:ulla@elsewhere.example'
const outsider = (aor: string) => ({ id: 'x', aor, label: '1' })
const conversation = (caller: string) => metadataOf({ participants: [{ id: 'c', aor: caller, label: '1' }, aino] })
const later = {
  waits: (caller: string, other: string) =>
    metadataOf({ participants: [{ id: 'c', aor: caller }, aino, outsider(other)] }),
  'is gone': (_: string, other: string) => metadataOf({ participants: [aino, outsider(other)] }),
}

/** Opens the sessions of two clients, in this order, and speaks 20 packets. */
async function open(ways: readonly Way[]): Promise<{ clients: ClientCall[]; speak: () => Promise<void> }> {
  const headers = { Diversion: `<${people.number}>;reason=unconditional` }
  const clients = [await bench.call({}), await bench.call({ ssrc: 300 })]
  const ports: number[][] = []
  for (const [at, client] of clients.entries())
    ports.push((await client.invite({ sdp: true, metadata: conversation(written[ways[at]!]), headers })).ports)
  const speak = () => clients[0]!.speak(ports[0]!, 10)
  await speak()
  await bench.until(() => expect(bench.segments()).toHaveLength(1))
  return { clients, speak }
}

async function packets(): Promise<number> {
  await bench.until(() => expect(bench.segments()[0]?.recording?.stored).toBeDefined())
  const { index, openChunk } = await bench.opened(bench.segments()[0])
  let count = 0
  for (const n of index.chunks.keys()) walkChunk(await openChunk(n), { packet: () => void count++ })
  return count
}

const cases = (['a SIP address', 'an extension'] as const).flatMap((way) =>
  (['waits', 'is gone'] as const).flatMap((does) => [
    [['a number', way], 1, does] as const,
    [[way, 'a number'], 0, does] as const,
  ]),
)

describe('an outsider with whom the official speaks', () => {
  test.each<readonly [readonly Way[], number, keyof typeof later]>([
    ...cases,
    [['a number', 'withheld'], 0, 'is gone'],
    [['withheld', 'a number'], 1, 'is gone'],
  ])(
    'is not recorded if the caller is %j to the clients, and client %d reports that the caller %s',
    async (ways, by, does) => {
      const { clients, speak } = await open(ways)
      await clients[by]!.update({ metadata: later[does](written[ways[by]!], numbered) })
      await bench.until(() => expect(bench.segments()[0]?.captureState).toBe('paused'))
      await speak()
      for (const client of clients.toReversed()) await client.bye()
      expect(await packets()).toBeLessThanOrEqual(20)
    },
  )

  test.each([0, 1])('marks the call if client %d reports them without a number in the caller’s place', async (by) => {
    const { clients } = await open(['a number', 'a number'])
    await clients[by]!.update({ metadata: later['is gone'](people.caller, nameless) })
    await bench.until(() => expect(bench.segments()[0]?.marks).toContain('needs-review'))
  })
})
