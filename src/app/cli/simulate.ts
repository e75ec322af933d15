import { formatEndpoint } from '#platform/config/addresses.ts'
import type { Settings } from '#platform/config/settings.ts'
import { runSimulator } from '#test/simulator/run-simulator.ts'

/** Places calls to a running Seloste until Ctrl-C. */
export async function simulate(settings: Settings, options: { callsPerMinute: number; seed: number }): Promise<void> {
  const ending = new AbortController()
  process.once('SIGINT', () => {
    ending.abort()
  })
  process.once('SIGTERM', () => {
    ending.abort()
  })
  console.log(`Calling ${formatEndpoint(settings.sip)}; Ctrl-C ends the calls.`)
  const totals = await runSimulator({
    ...options,
    server: settings.sip,
    signal: ending.signal,
    onEvent: (event) => {
      const who = `${event.plan.official.name}, ${event.plan.number}`
      console.log(event.kind === 'failed' ? `failed: ${event.reason}` : `${event.kind}: ${who}`)
    },
  })
  console.log(
    `${totals.placed} calls: ${totals.completed} completed, ${totals.refused} refused, ${totals.cancelled} cancelled, ${totals.unreachable} unanswered`,
  )
}
