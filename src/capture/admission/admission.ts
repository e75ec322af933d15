/**
 * Whether a new session may be taken. In: what was measured of this process and its machine, an operator's word. Out: why
 * none is taken now, or nothing. Never here: a session that goes on, a measurement, the clock.
 */
import type { NotNow } from '../sip/user-agent-server.ts'
import { judgePressure, noPressure, type Measured, type Pressure, type PressureKind } from './judge-pressure.ts'

export interface AdmissionState {
  draining: boolean
  pressures: readonly PressureKind[]
}

export interface Admission {
  /** Nothing while a new session is welcome. */
  refusal(): NotNow | undefined
  /** What was measured in the time since the last look. */
  look(measured: Measured): void
  drain(): void
  /** Takes back `drain`. */
  resume(): void
  readonly state: AdmissionState
}

const pressureRetrySeconds = 10
const drainingRetrySeconds = 120

export interface AdmissionOptions {
  /** Each change, once: for the log. */
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
    look(measured) {
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
