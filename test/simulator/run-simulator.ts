/** Places calls to a recording server, as a telephone service would have them, until it is stopped. */
import { setMaxListeners } from 'node:events'
import { setTimeout as wait } from 'node:timers/promises'
import { callPattern } from './call-pattern.ts'
import type { Address, Transport } from './connection.ts'
import { startPacer } from './pacer.ts'
import type { CallEvent } from './call-plan.ts'
import { placeCall } from './place-call.ts'
import { seedRandom } from './random.ts'
import { startRecordingClient, type RecordingClient } from './recording-client.ts'

/** Timeout of a request: shorter than RFC 3261's 32 s, so that a demo with an unreachable recorder ends soon. */
const timeoutMs = 8_000

export type SimulatorTotals = {
  placed: number
  completed: number
  /** Completed calls whose audio the server accepted, all of it or a part. */
  recorded: number
  refused: number
  cancelled: number
  unreachable: number
}

/**
 * Places calls until `signal` is aborted. Resolves with the totals once every call has been ended properly. A server
 * that cannot be reached ends a call, but never the simulator: the next call tries again.
 */
export async function runSimulator(options: {
  server: Address
  /** Average rate. Gaps vary as those of independent callers do; the first call is placed at once. */
  callsPerMinute: number
  seed: number
  signal: AbortSignal
  onEvent: (event: CallEvent) => void
  /** `mixed` (the default): most calls over UDP, some over TCP, because real telephone systems differ. */
  transport?: Transport | 'mixed'
  /** Maximum of simultaneous calls; when it is reached, the next caller waits. */
  maxCalls?: number
}): Promise<SimulatorTotals> {
  const { server, signal, transport = 'mixed', maxCalls = 40 } = options
  const random = seedRandom(`simulator ${options.seed}`)
  const pacer = startPacer()
  // Every call in progress listens to this signal.
  setMaxListeners(0, signal)
  const totals: SimulatorTotals = { placed: 0, completed: 0, recorded: 0, refused: 0, cancelled: 0, unreachable: 0 }
  const calls = new Set<Promise<void>>()
  // UDP sessions share one socket, as those of one session border controller do; each TCP call has its own connection.
  let shared: RecordingClient | undefined

  for (const plan of callPattern(options.seed)) {
    if (signal.aborted) break
    if (calls.size >= maxCalls) await Promise.race(calls)
    if (signal.aborted) break
    const over = transport === 'mixed' ? (random.chance(0.25) ? 'tcp' : 'udp') : transport
    if (over === 'udp') shared ??= await startRecordingClient({ server, transport: 'udp', timeoutMs })
    totals.placed++
    const call = placeCall({
      ...plan,
      server,
      transport: over,
      ...(over === 'udp' && shared ? { client: shared } : {}),
      pacer,
      record: 'hash',
      timeoutMs,
      signal,
      onEvent: options.onEvent,
    }).then(({ outcome, sessions }) => {
      totals[outcome]++
      if (outcome === 'completed' && sessions.some(({ answer }) => answer === 'recording')) totals.recorded++
      calls.delete(call)
    })
    calls.add(call)
    const gapMs = Math.min(4, -Math.log(1 - random.next())) * (60_000 / options.callsPerMinute)
    await wait(gapMs, undefined, { signal }).catch(() => undefined)
  }
  await Promise.all(calls)
  await shared?.close()
  return totals
}
