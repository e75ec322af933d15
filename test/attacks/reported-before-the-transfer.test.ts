// Promise: third parties and consultations are not recorded (R8, R17). No attacker needed: of two recording clients of a call, the one that
// sees an outsider reports the outsider before the other one reports the transfer.
import { afterEach, beforeEach, expect, test } from 'vitest'
import { walkChunk } from '#register/recordings/recording-log.ts'
import { metadataOf, openBench, people, type FlowBench } from '../conformance/flows/recording-client.ts'

let bench: FlowBench
beforeEach(async () => {
  bench = await openBench(26_960)
})
afterEach(() => bench.stop())

const caller = { id: 'c', aor: people.caller, label: '1' }
const aino = { id: 'a', aor: people.official, label: '2' }
const bertil = { id: 'b', aor: people.colleague, label: '2' }
const outsider = { id: 'x', aor: 'sip:+358509998877@trunk.example.net', label: '1' }

test.each([
  ['waits', { id: 'c', aor: people.caller }],
  ['speaks', caller],
])('an outsider with whom the next official speaks while the caller %s is not recorded', async (_, callerThen) => {
  const headers = { Diversion: `<${people.number}>;reason=unconditional` }
  const [first, second] = [await bench.call({}), await bench.call({ ssrc: 300 })]
  const metadata = metadataOf({ participants: [caller, aino] })
  const { ports } = await first.invite({ sdp: true, metadata, headers })
  await second.invite({ sdp: true, metadata, headers })
  await first.speak(ports, 10)
  await second.update({ metadata: metadataOf({ participants: [callerThen, bertil, outsider] }) })
  await first.update({ metadata: metadataOf({ participants: [caller, bertil] }) })
  await bench.until(() => expect(bench.segments()).toHaveLength(2))
  await first.speak(ports, 10)
  expect(bench.segments()[1]).toMatchObject({ official: { phone: '+358295121002' }, captureState: 'paused' })
  for (const call of [second, first]) await call.bye()
  await bench.until(() => expect(bench.segments().every(({ recording }) => recording?.stored)).toBe(true))
  const packets: number[] = []
  for (const segment of bench.segments()) {
    const { index, openChunk } = await bench.opened(segment)
    let count = 0
    for (const n of index.chunks.keys()) walkChunk(await openChunk(n), { packet: () => void count++ })
    packets.push(count)
  }
  expect(packets.at(-1)).toBe(0)
})
