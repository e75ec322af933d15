import { setTimeout as wait } from 'node:timers/promises'
import type { Settings } from '#platform/config/settings.ts'
import { Fault } from '#platform/fault.ts'
import { requestCapture, type CaptureState } from '../capture/capture-control.ts'

export interface DrainOptions {
  /** Longest wait for the end; undefined: does not wait. */
  waitSeconds?: number | undefined
  /** Cancels an earlier drain. */
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
  console.log(`no new session is taken; ${describeRemaining(state)}`)
  if (waitSeconds === undefined) return
  const deadline = performance.now() + waitSeconds * 1000
  for (;;) {
    // If it no longer answers, it has ended. If it answers and accepts calls, somebody has cancelled the drain.
    state = await requestCapture(settings)
    if (!state) {
      console.log('capture is drained and has ended')
      return
    }
    if (!state.draining) throw new Fault('drain-called-off', 'the draining was called off: new sessions are taken')
    if (performance.now() > deadline) {
      console.log(`after ${waitSeconds} s ${describeRemaining(state)}; it ends by itself when they have`)
      process.exitCode = 1
      return
    }
    await wait(checkMs)
  }
}

function describeRemaining({ live, storing, waiting }: CaptureState): string {
  const ended = storing > 0 ? `, ended and not stored yet: ${storing}` : ''
  return `going on: ${live}${ended}, waiting for the register: ${waiting}`
}

/** Describes capture on one line, for `seloste status`. */
export function describeCapture(state: CaptureState | undefined): string {
  if (!state) return 'capture does not answer: it is drained and has ended, runs elsewhere, or is being started again'
  if (state.draining) return `capture is draining, no new session is taken; ${describeRemaining(state)}`
  if (state.pressures.length === 0) return `capture takes new sessions; ${describeRemaining(state)}`
  return `capture takes no new session (${state.pressures.join(', ')}: docs/operate/overload.md); ${describeRemaining(state)}`
}
