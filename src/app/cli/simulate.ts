import { formatEndpoint } from '#platform/config/addresses.ts'
import { normalisePhoneNumber } from '#description/phone-numbers/normalise-phone-number.ts'
import type { Settings } from '#platform/config/settings.ts'
import { Fault } from '#platform/fault.ts'
import { placeCall } from '#test/simulator/place-call.ts'
import { runSimulator } from '#test/simulator/run-simulator.ts'
import { findEnteredCall, judgeTestCall } from './test-call.ts'

const testSeconds = 10

/**
 * Places one call of ten seconds to a number of the description, a test line for example, as a recording client would. Exit code 1 if
 * nothing was recorded that the description wants recorded, or if it does not list the number.
 * @throws Fault `argument-wrong` if the number cannot be read
 */
export async function simulateOne(settings: Settings, to: string): Promise<void> {
  const number = normalisePhoneNumber(to)
  if (number.kind !== 'e164') throw new Fault('argument-wrong', `--to is "${to}"; it must be a telephone number`)
  console.log(`Calling ${number.display} at ${formatEndpoint(settings.sip)} for ${testSeconds} seconds.`)
  const { outcome, sessions } = await placeCall({
    ...{ seed: 1, caller: number.key, withheld: true, number: number.key, seconds: testSeconds, server: settings.sip },
    official: { name: 'Koe Soittaja', phone: '+358295599999', language: 'fi' },
  })
  const [session] = sessions
  if (outcome !== 'completed' || !session) {
    console.log(`the call was ${outcome}`)
    process.exitCode = 1
    return
  }
  const { message, failed } = judgeTestCall(await findEnteredCall(settings, session.callId), {
    number: number.display,
    isAccepted: session.answer === 'recording',
  })
  console.log(`the call was completed; ${message}`)
  if (failed) process.exitCode = 1
}

/** Places calls to a running Seloste until Ctrl-C. Exit code 1 if capture accepted the audio of none. */
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
    `${totals.placed} calls: ${totals.completed} completed (${totals.recorded} with audio that capture accepted), ${totals.refused} refused, ${totals.cancelled} cancelled, ${totals.unreachable} unanswered`,
  )
  if (totals.completed > 0 && totals.recorded === 0) {
    console.log(
      'nothing was recorded: the simulator calls numbers of the description that comes with Seloste, at its shares',
    )
    process.exitCode = 1
  }
}
