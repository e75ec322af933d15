/**
 * Saves sessions as they change, for the next process, and resumes those that the previous process saved. Sessions run in
 * run-session.ts.
 */
import { setTimeout as wait } from 'node:timers/promises'
import type { SegmentFacts } from '#register/admit.ts'
import type { Dialog } from '../../sip/handler.ts'
import type { SplitDirectionSessions } from '../duplicates/split-direction-session.ts'
import type { RequestReader } from '../reading/read-requests.ts'
import { officialKeyOf, toRememberedSegment, type RecentCalls } from '../duplicates/recent-calls.ts'
import type { RecorderCounters } from '../recorder-counters.ts'
import type { RecorderLimits, RecorderOptions } from '../recorder-options.ts'
import { toDialogStart, toSavedSession, toSavedDuplicate, resumedOffer } from './resume-session.ts'
import type { RunningSession, PreviousSegment } from '../run-session.ts'
import type { Conferences } from '../duplicates/conferences.ts'
import type { DuplicateSessions } from '../duplicates/duplicate-sessions.ts'
import { createSilentSessions, type SilentSession } from './silent-resumed-sessions.ts'

export interface ResumedSessions {
  /** Call this when a dialog of the previous process is open again. */
  open(dialog: Dialog): void
  /** Returns the session of a dialog after a request of the client. Resumes the session if it was waiting. */
  resumeIn(dialogId: string): Promise<RunningSession | undefined>
  /** Returns true if the waiting session of this dialog has duplicates, one of which can replace it. */
  hasDuplicates(dialogId: string): boolean
  /** Drops a session that has ended, or that another session replaces. Returns the facts of one that was waiting. */
  drop(dialogId: string): SegmentFacts | undefined
  /** Drops waiting sessions after this time without a packet or a request. */
  dropSilent(silenceMs: number): void
  /** Saves a session's state. */
  save(session: RunningSession): void
  /** Deletes the saved state of an ended session. */
  forget(dialogId: string): void
  stop(): void
}

export function createResumedSessions(parts: {
  options: Pick<
    RecorderOptions,
    'saved' | 'ports' | 'random' | 'clock' | 'quotas' | 'onFault' | 'intakePublicKey' | 'latchesOf'
  >
  limits: RecorderLimits
  /** Sessions by dialog id. */
  sessions: ReadonlyMap<string, RunningSession>
  reader: RequestReader
  recent: RecentCalls
  related: { halves: SplitDirectionSessions; duplicates: DuplicateSessions }
  /** Sessions that have failed over to a duplicate. */
  inherited: WeakSet<RunningSession>
  conferences: Pick<Conferences, 'resume' | 'isWithOtherCapture'>
  counters: RecorderCounters
  /** Starts a session with these facts. `beganMs`: arrival of the first waiting packet, with which the recording begins. */
  start: (facts: SegmentFacts, dialog: Dialog, before: PreviousSegment, beganMs: number | undefined) => RunningSession
  end: (session: RunningSession, inferred: boolean) => Promise<void>
}): ResumedSessions {
  const { options, limits, sessions, reader, recent, related, inherited } = parts
  const { clock, saved, random } = options
  const clockReadings = () => ({ epochMs: clock.now().epochMilliseconds, monotonicMs: clock.monotonicMs() })
  const forget = (dialogId: string) => saved?.sessions.forget(dialogId)
  let stopped = false
  const waiting = createSilentSessions(options, forget)

  async function resume(waited: SilentSession): Promise<RunningSession> {
    const { dialog, before, facts, continues, firstPacketMs } = waited
    const lateMs = firstPacketMs === undefined ? 0 : Math.max(0, Math.round(clock.monotonicMs() - firstPacketMs))
    const at = clock.now().subtract({ milliseconds: lateMs })
    const offer = resumedOffer(waited, {
      ids: { segmentId: random.uuid(), recordingId: random.uuid() },
      at,
      intakeDay: at.toZonedDateTimeISO('UTC').toPlainDate(),
      intakePublicKey: options.intakePublicKey,
      isForbidden:
        waited.saved.isForbidden || recent.isForbidden({ ...facts, official: officialKeyOf(facts.official) }),
    })
    if (!continues) options.quotas.count(offer.facts)
    parts.counters.resumed++
    const session = parts.start(offer.facts, dialog, before, firstPacketMs)
    if (waited.saved.isInherited) inherited.add(session)
    if (waited.saved.sharedWith === 'elsewhere') parts.conferences.resume(offer.facts.segmentId)
    for (const half of waited.halves.values()) related.halves.resume(half.saved, half.dialog, session)
    // The sessions of a conference resume together: none of them may be taken for the only one.
    const others = waited.saved.sharedWith ? waiting.takeShared(facts.contactId) : []
    for (const other of others)
      resume(other).catch((error: unknown) => options.onFault(error, { segment: other.saved.segmentId }))
    await session.dispatch({ type: 'offered', offer })
    for (const { saved: duplicate, dialog, ports } of waited.duplicates.values()) {
      const { place, described, sdpSessionId } = duplicate
      related.duplicates.resume({ dialog, place, described, sdpSessionId }, ports, session)
    }
    waited.close()
    save(session)
    if (continues) void checkDialog(session)
    return session
  }

  /**
   * Asks the client if an unrecorded call is still in progress: there is no audio to show it, and the BYE may have arrived while
   * no process ran. Used if there is no session timer. Only the response 481 ends the call (RFC 5057 section 5.1). Repeated,
   * because the client may be unreachable at first, or the dialog may move to another recorder, which then receives the BYE.
   */
  async function checkDialog(session: RunningSession): Promise<void> {
    const { dialog } = session
    const isCurrent = () => !stopped && session.dialog === dialog && sessions.get(dialog.id) === session
    while (isCurrent() && dialog.saved().expiresSeconds === undefined) {
      if ((await dialog.sendOptions()) === 481) return isCurrent() ? void parts.end(session, true) : undefined
      await wait(limits.retryMs, undefined, { ref: false })
    }
  }

  function save(session: RunningSession): void {
    const { dialog } = session
    const beginning = reader.beginningOf(dialog.id)
    // After a transfer meanwhile, the dialog belongs to another segment.
    if (stopped || !beginning || sessions.get(dialog.id) !== session) return
    const now = clockReadings()
    const duplicates = related.duplicates.legsOf(session).flatMap((leg) => {
      const began = reader.beginningOf(leg.dialog.id)
      return (began && toSavedDuplicate(leg, began, now)) ?? []
    })
    const halves = related.halves.savedOf(session)
    const isInherited = inherited.has(session) && ({ isInherited: true } as const)
    const isSharedElsewhere = parts.conferences.isWithOtherCapture(session)
    const written = toSavedSession(session, beginning, now, { halves, duplicates, isSharedElsewhere, ...isInherited })
    if (written) saved?.sessions.save(dialog.id, written)
    else forget(dialog.id)
  }

  function resumeIn(dialogId: string): Promise<RunningSession | undefined> {
    const waited = waiting.take(dialogId)
    return waited ? resume(waited) : Promise.resolve(sessions.get(dialogId))
  }

  return {
    open(dialog) {
      if (waiting.addHalf(dialog)) return
      const duplicate = waiting.addDuplicate(dialog)
      if (duplicate) {
        reader.resume(dialog.id, toDialogStart(duplicate.saved, clockReadings()))
        const resumeSession = () => void resumeIn(dialog.id).catch((error: unknown) => options.onFault(error, {}))
        for (const port of duplicate.ports.values()) port.onReceived(resumeSession)
        return
      }
      const waited = waiting.add(dialog)
      if (!waited) return dialog.forget()
      reader.resume(dialog.id, toDialogStart(waited.saved, clockReadings()))
      const resumeSession = () => {
        const resumable = waiting.take(dialog.id)
        if (resumable)
          resume(resumable).catch((error: unknown) => options.onFault(error, { segment: resumable.saved.segmentId }))
      }
      // An unrecorded session resumes at once, but only after its duplicates and split directions are open.
      if (waited.continues) queueMicrotask(resumeSession)
      else waited.onReceived(resumeSession)
    },
    resumeIn,
    hasDuplicates: (dialogId) => waiting.hasDuplicates(dialogId),
    drop(dialogId) {
      const { facts, saved } = waiting.drop(dialogId) ?? {}
      if (!facts) return undefined
      const segment = toRememberedSegment(facts, false)
      recent.remember(facts.callIds, { ...segment, forbidden: segment.forbidden || saved?.isForbidden === true })
      return facts
    },
    dropSilent: (silenceMs) => waiting.dropSilent(silenceMs),
    save,
    // Kept while this process stops, so that the next process resumes the session.
    forget: (dialogId) => {
      if (!stopped) forget(dialogId)
    },
    stop() {
      stopped = true
      waiting.stop()
    },
  }
}
