// Calls over real SIP and RTP. The tests share one whole Seloste, because starting one costs as much as the calls.
import { afterAll, beforeAll, describe } from 'vitest'
import { testCapturedCalls } from './capture-call.ts'
import { testForbiddenCalls } from './forbidden-in-the-call.ts'
import { testShownCalls } from './seen-by-capture.ts'
import { testSimulatedCall } from './simulated-test-call.ts'
import { startSeloste, type RunningSeloste } from './start-seloste.ts'

let seloste: RunningSeloste
beforeAll(async () => {
  seloste = await startSeloste({ isPrepared: true })
}, 300_000)
afterAll(() => seloste.stop())

// The order matters: the first tests count calls, and the last kill capture.
describe('what is shown of calls', () => testShownCalls(() => seloste))
describe('the call of a test line', () => testSimulatedCall(() => seloste))
describe('calls that are captured', () => testCapturedCalls(() => seloste))
describe('calls that are forbidden in progress', () => testForbiddenCalls(() => seloste))
