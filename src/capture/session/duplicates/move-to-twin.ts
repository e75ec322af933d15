/** The segment of a session that ends or falls silent goes on in a twin of it, with its recording (R17). */
import type { SegmentFacts } from '#register/admit.ts'
import type { RequestReader } from '../reading/read-requests.ts'
import type { RunningSession } from '../run-session.ts'
import type { Told, TwinSessions } from './twin-sessions.ts'
import { whoAnswersNow } from '../machine/who-answers-now.ts'

type MoveToTwin = (session: RunningSession, why: 'has-ended' | 'is-silent') => boolean

/** @returns false where there is no twin, or none that lives: then nothing has been done */
export function createMoveToTwin(parts: {
  /** By dialog. */
  sessions: Map<string, RunningSession>
  twins: TwinSessions
  reader: RequestReader
  /** The session is another dialog's. */
  onMoved: (session: RunningSession, facts: SegmentFacts) => void
  /** Nothing is left of this dialog. */
  forget: (dialogId: string) => void
  /** Its client has told meanwhile that another official has the call. */
  passOn: (session: RunningSession, told: Told) => Promise<void>
}): MoveToTwin {
  const { sessions, twins, reader, onMoved, forget, passOn } = parts

  return (session, why) => {
    const heir = session.state?.phase === 'live' ? twins.takeHeir(session) : undefined
    if (!heir) return false
    const beforeId = session.dialog.id
    const { dialog } = heir.leg
    const isNews = heir.toldMs > reader.beganMs(beforeId, 0)
    sessions.delete(beforeId)
    sessions.set(dialog.id, session)
    const hasEnded = why === 'has-ended'
    void session.moveTo(heir.leg, hasEnded).then(async (was) => {
      if (was && !hasEnded) twins.keep(was, session)
      else forget(beforeId)
      const state = session.state?.phase === 'live' ? session.state.session : undefined
      // It came to its end before its turn.
      if (!was) {
        heir.leg.streams?.closeAll()
        forget(dialog.id)
      }
      if (!was || !state) return
      onMoved(session, state.facts)
      const { told } = heir
      if (told && isNews && whoAnswersNow(told.invitation, state.facts.official) === 'passed-on')
        await passOn(session, told)
    })
    return true
  }
}
