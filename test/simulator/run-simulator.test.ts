import { expect, test } from 'vitest'
import type { CallEvent } from './call-plan.ts'
import { runSimulator } from './run-simulator.ts'
import { headerValue, isRequest } from './sip-message.ts'
import { startScriptedRecorder } from './scripted-recorder.ts'

test('the simulator places calls until it is stopped, and then hangs up every call', async () => {
  const recorder = await startScriptedRecorder()
  const events: CallEvent[] = []
  const enough = new AbortController()
  const totals = await runSimulator({
    server: recorder.address,
    callsPerMinute: 600,
    seed: 11,
    signal: enough.signal,
    onEvent: (event) => {
      events.push(event)
      if (events.filter(({ kind }) => kind === 'answered').length === 9) enough.abort()
    },
  })
  const callIds = (method: string) =>
    new Set(
      recorder.received
        .filter((each) => isRequest(each) && each.method === method)
        .map((each) => headerValue(each, 'call-id')),
    )
  await recorder.close()
  expect(totals.placed).toBeGreaterThan(8)
  expect(totals.completed + totals.cancelled).toBe(totals.placed)
  expect(callIds('BYE')).toEqual(callIds('INVITE'))
  expect(events.filter(({ kind }) => kind === 'failed')).toEqual([])
})

test('an unreachable server ends calls, but not the simulator', async () => {
  const recorder = await startScriptedRecorder()
  await recorder.close()
  const totals = await runSimulator({
    server: recorder.address,
    callsPerMinute: 1200,
    seed: 12,
    signal: AbortSignal.timeout(600),
    transport: 'tcp',
    onEvent: () => undefined,
  })
  expect(totals.placed).toBeGreaterThan(2)
  expect(totals.unreachable).toBe(totals.placed)
})
