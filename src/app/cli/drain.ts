import { setTimeout as wait } from 'node:timers/promises'
import type { Settings } from '#platform/config/settings.ts'
import { Fault } from '#platform/fault.ts'
import { requestCapture, type CaptureState } from '../capture/capture-control.ts'

export interface DrainOptions {
  /** Longest wait until capture has ended; undefined: does not wait. */
  waitSeconds?: number | undefined
  /** True cancels an earlier drain. */
  isCancelled?: boolean
}

const checkMs = 500

/**
 * Drains a running capture: it accepts no new sessions and ends when the last one is sealed and its facts are in the register.
 * Exit code 1 if the wait was too short.
 */
export async function drain(settings: Settings, { waitSeconds, isCancelled = false }: DrainOptions): Promise<void> {
  let state = await requestCapture(settings, isCancelled ? 'resume' : 'drain')
  if (!state) throw new Fault('capture-away', 'capture does not answer; is Seloste running on this machine?')
  if (isCancelled) {
    console.log('new sessions are accepted again')
    return
  }
  console.log(`draining: new sessions are refused; ${describeRemaining(state)}`)
  if (waitSeconds === undefined) return
  const deadline = performance.now() + waitSeconds * 1000
  for (;;) {
    // No answer means that capture has exited. If it accepts calls again, somebody has cancelled the drain.
    state = await requestCapture(settings)
    if (!state) {
      console.log('capture has drained and exited')
      return
    }
    if (!state.draining) throw new Fault('drain-called-off', 'the drain was cancelled: new sessions are accepted')
    if (performance.now() > deadline) {
      console.log(`after ${waitSeconds} s ${describeRemaining(state)}; capture exits when they are done`)
      process.exitCode = 1
      return
    }
    await wait(checkMs)
  }
}

function describeRemaining({ live, storing, waiting }: CaptureState): string {
  const ended = storing > 0 ? `, ended but not stored yet: ${storing}` : ''
  return `in progress: ${live}${ended}, waiting for the register: ${waiting}`
}

/** Describes capture on one line, for `seloste status`. */
export function describeCapture(state: CaptureState | undefined): string {
  if (!state) return 'capture does not answer: it has drained and exited, runs elsewhere, or is restarting'
  if (state.draining) return `capture is draining and refuses new sessions; ${describeRemaining(state)}`
  if (state.pressures.length === 0) return `capture accepts new sessions; ${describeRemaining(state)}`
  return `capture refuses new sessions (${state.pressures.join(', ')}: docs/operate/overload.md); ${describeRemaining(state)}`
}
