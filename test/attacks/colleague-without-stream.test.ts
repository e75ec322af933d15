// Promise: a call is recorded whole, or marked, and a call is among the own calls of those who took part in it (R17, R39). No attacker
// needed: the client reports a colleague whose telephone rings, with no stream.
import { afterEach, beforeEach, expect, test } from 'vitest'
import { metadataOf, openBench, people, type FlowBench } from '../conformance/flows/recording-client.ts'

let bench: FlowBench
beforeEach(async () => {
  bench = await openBench(26_950)
})
afterEach(() => bench.stop())

test('a colleague without a stream beside two who have one gets no part of the call, which is marked for review', async () => {
  const headers = { Diversion: `<${people.number}>;reason=unconditional` }
  const two = [
    { id: 'c', aor: people.caller, label: '1' },
    { id: 'a', aor: 'sip:+358295121001@x', label: '2' },
  ]
  const call = await bench.call({})
  const { ports } = await call.invite({ sdp: true, metadata: metadataOf({ participants: two }), headers })
  await call.speak(ports, 10)
  expect(bench.segments()).toMatchObject([{ marks: [], captureState: 'recording' }])
  const metadata = metadataOf({ participants: [...two, { id: 'b', aor: 'sip:+358295121002@x' }] })
  await call.reinvite({ sdp: true, metadata, headers })
  // Nobody knows whether the colleague speaks in one of the two streams.
  await bench.until(() => expect(bench.segments()).toMatchObject([{ marks: ['needs-review'], captureState: 'paused' }]))
})
