import { setImmediate } from 'node:timers/promises'
import type { DialogLoss } from '../sip/handler.ts'
import { checkSession } from './machine/check-session.ts'
import { trunkIn } from './reading/read-session.ts'
import type { RequestReader } from './reading/read-requests.ts'
import type { RecorderLimits, RecorderOptions } from './recorder-options.ts'
import type { ResumedSessions } from './recovery/resume-sessions.ts'
import type { RunningSession } from './run-session.ts'

const checkMs = 2_000
/** Sessions checked in one turn of the event loop. */
const sessionsPerTurn = 20

/** Checks sessions periodically for lost end signals and missing packets. */
export function watchSessions(parts: {
  /** Sessions by dialog id. */
  sessions: ReadonlyMap<string, RunningSession>
  limits: RecorderLimits
  reader: RequestReader
  options: Pick<RecorderOptions, 'clock' | 'ports'>
  resumed: ResumedSessions
  /** Ends a session whose call ended `silentMs` ago. */
  end: (session: RunningSession, inferred: boolean, silentMs: number) => Promise<void>
}): {
  /** Returns true if a dialog that was lost at the SIP level belongs to a call in progress. */
  continues(session: RunningSession, reason: DialogLoss): boolean
  stop(): void
} {
  const { sessions, limits, reader, options, resumed, end } = parts

  async function check(): Promise<void> {
    const nowMs = options.clock.monotonicMs()
    resumed.dropSilent(limits.silenceEndsMs)
    for (const [n, [id, session]] of [...sessions].entries()) {
      // Yields to the event loop, because a check of all sessions at once would delay packets and answers too long.
      if (n % sessionsPerTurn === sessionsPerTurn - 1) await setImmediate()
      if (sessions.get(id) !== session) continue
      const found = checkSession(session, nowMs - reader.beganMs(id, nowMs), limits, {
        isScarce: options.ports.isScarce(trunkIn(session.state)),
        isAcknowledged: reader.wasAcknowledged(id),
      })
      if (found.is === 'end') {
        // The call ended with its last packet. If the client refuses our BYE, the session ends too.
        void end(session, true, found.silentMs)
        void session.dialog.bye()
      }
      if (found.is === 'failing') {
        void session.dispatch({ type: 'capture-state', state: 'failing', failure: 'no-media' })
      }
      if (found.is === 'recovered') void session.dispatch({ type: 'capture-state', state: 'recording' })
    }
  }
  const timer = setInterval(() => void check(), checkMs)

  return {
    /**
     * OpenSIPS sends two re-INVITEs at once for a hold, and never acknowledges the answer to the first. If the session ended
     * after 64*T1 without an ACK, the rest of the call would be lost.
     */
    continues({ dialog, media }, reason) {
      if (reason === 'not-acknowledged' && reader.wasAcknowledged(dialog.id)) return true
      return media !== undefined && media.hasReceivedAny() && media.silentMs() < limits.noMediaMs
    },
    stop() {
      clearInterval(timer)
    },
  }
}
