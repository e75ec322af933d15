/**
 * Admission control for new sessions, by measured load and an operator's drain. Sessions in progress are never affected. This
 * file takes no measurements and does not read the clock.
 */
import type { TemporaryRefusal } from '../sip/user-agent-server.ts'
import { judgePressure, noPressure, type Measured, type Pressure, type PressureKind } from './judge-pressure.ts'

export interface AdmissionState {
  draining: boolean
  pressures: readonly PressureKind[]
}

export interface Admission {
  /** Returns undefined while new sessions are accepted. */
  refusal(): TemporaryRefusal | undefined
  /** Updates admission with the measurements since the last call. */
  measure(measured: Measured): void
  drain(): void
  /** Reverts `drain`. */
  resume(): void
  readonly state: AdmissionState
}

const pressureRetrySeconds = 10
const drainingRetrySeconds = 120

export interface AdmissionOptions {
  /** Called at each change, for the log. */
  onChange?: (state: AdmissionState, measured: Measured) => void
}

export function createAdmission({ onChange }: AdmissionOptions = {}): Admission {
  let pressure: Pressure = noPressure
  let draining = false

  return {
    refusal() {
      if (draining) return { reason: 'Recorder Is Draining', retryAfterSeconds: drainingRetrySeconds, isDraining: true }
      if (pressure.raised.length === 0) return undefined
      return { reason: 'Recorder Is Busy', retryAfterSeconds: pressureRetrySeconds, isDraining: false }
    },
    measure(measured) {
      const before = pressure.raised
      pressure = judgePressure(pressure, measured)
      const { raised } = pressure
      if (raised.join() !== before.join()) onChange?.({ draining, pressures: raised }, measured)
    },
    drain() {
      draining = true
    },
    resume() {
      draining = false
    },
    get state() {
      return { draining, pressures: pressure.raised }
    },
  }
}
