/**
 * Keeps saved sessions of the previous process waiting until their first packet or request. Each then resumes as a new segment
 * of its call. Without a packet or request it gets no segment.
 */
import type { SegmentFacts } from '#register/admit.ts'
import type { HeldPort } from '../../rtp/hold-ports.ts'
import type { Dialog } from '../../sip/handler.ts'
import { readFacts } from './facts-file.ts'
import { dialogIdOf } from '../../sip/dialog-state.ts'
import type { SavedSplitDirection, SavedSession, SavedDuplicate } from './saved-sessions.ts'
import type { PreviousSegment } from '../run-session.ts'
import { createSessionStreams } from '../media/session-streams.ts'
import { sessionStreamsOptions, type RecorderOptions } from '../recorder-options.ts'
import { allPaused } from '../media/accepted-streams.ts'

export interface SilentSession {
  readonly dialog: Dialog
  readonly saved: SavedSession
  readonly facts: SegmentFacts
  /** True for a session without a recording: its segment has no end and continues. */
  readonly continues: boolean
  readonly before: PreviousSegment
  /** Split-direction sessions whose stream is written to this recording, by dialog id. */
  readonly halves: Map<string, { saved: SavedSplitDirection; dialog: Dialog }>
  /** Duplicates of this session, by dialog id. */
  readonly duplicates: Map<string, WaitingDuplicate>
  /** Arrival of the first packet (performance.now()); undefined if there is none yet. */
  readonly firstPacketMs: number | undefined
  /** Calls `run` once a packet has arrived. */
  onReceived(run: () => void): void
  /** Closes the ports, unless a recording has taken them over. */
  close(): void
}

interface WaitingDuplicate {
  readonly saved: SavedDuplicate
  readonly dialog: Dialog
  readonly ports: ReadonlyMap<number, HeldPort>
}

export interface SilentSessions {
  /** Adds the session of a reopened dialog; returns undefined if none of its ports could be bound. */
  add(dialog: Dialog): SilentSession | undefined
  /** Adds the reopened dialog of a split direction; call it after `add` for the first session. False if that is not waiting. */
  addHalf(dialog: Dialog): boolean
  /** Adds the reopened dialog of a duplicate; call it after `add` for its recording session. Undefined if that is not waiting. */
  addDuplicate(dialog: Dialog): WaitingDuplicate | undefined
  /** Returns true if the waiting session of this dialog has duplicates. */
  hasDuplicates(dialogId: string): boolean
  /** Removes and returns the waiting session to which a dialog belongs, because it resumes. */
  take(dialogId: string): SilentSession | undefined
  /** Removes and returns the waiting sessions of a contact that were in a conference with each other. */
  takeShared(contactId: string): SilentSession[]
  /** Drops a session that has ended, or that no client resumes. Returns it. */
  drop(dialogId: string): SilentSession | undefined
  /** Drops all waiting sessions, except those on hold, once this time has passed since the start. */
  dropSilent(silenceMs: number): void
  stop(): void
}

/** @param onDropped called for a dialog whose session will not be resumed */
export function createSilentSessions(
  options: Pick<RecorderOptions, 'saved' | 'ports' | 'random' | 'latchesOf' | 'clock'>,
  onDropped: (dialogId: string) => void,
): SilentSessions {
  const { saved: { calls, resumed } = {}, clock } = options
  const waiting = new Map<string, SilentSession>()
  const sinceMs = clock.monotonicMs()
  const savedById = new Map(calls?.sessions.map((saved) => [dialogIdOf(saved.dialog.state), saved]))

  function portsOf(saved: Pick<SavedDuplicate, 'ports'>): Map<number, HeldPort> {
    const ports = new Map<number, HeldPort>()
    for (const [index, port] of saved.ports) {
      const one = calls?.ports.take(port)
      if (one) ports.set(index, one)
    }
    return ports
  }

  function closeDuplicate({ ports, dialog }: WaitingDuplicate): void {
    for (const one of ports.values()) one.close()
    dialog.forget()
  }

  function wait(saved: SavedSession, dialog: Dialog): SilentSession | undefined {
    const ports = portsOf(saved)
    if (saved.ports.length > 0 && ports.size === 0) return undefined
    let isTakenOver = false
    return {
      ...{ halves: new Map(), duplicates: new Map() },
      ...{ dialog, saved, facts: readFacts(saved.facts), continues: resumed?.has(saved.segmentId) === true },
      before: {
        described: saved.described,
        sdpSessionId: saved.sdpSessionId,
        get hasStreams() {
          return ports.size > 0 && !isTakenOver
        },
        detachStreams() {
          isTakenOver = true
          const { trunk } = readFacts(saved.facts)
          const streams = createSessionStreams(sessionStreamsOptions(options, trunk))
          for (const plan of [...saved.streams, ...saved.joined]) {
            const port = ports.get(plan.index)
            if (port) streams.adopt(plan, port)
          }
          return streams
        },
      },
      get firstPacketMs() {
        const first = [...ports.values()].flatMap(({ firstMs }) => firstMs ?? [])
        return first.length > 0 ? Math.min(...first) : undefined
      },
      onReceived(run) {
        let isReported = false
        const once = () => {
          if (!isReported) run()
          isReported = true
        }
        for (const port of ports.values()) port.onReceived(once)
      },
      close() {
        if (!isTakenOver) for (const one of ports.values()) one.close()
        isTakenOver = true
      },
    }
  }

  return {
    add(dialog) {
      const saved = savedById.get(dialog.id)
      if (!saved) return undefined
      const one = wait(saved, dialog)
      if (one) waiting.set(dialog.id, one)
      else onDropped(dialog.id)
      return one
    },
    addHalf(dialog) {
      for (const one of waiting.values()) {
        const saved = one.saved.halves.find((half) => dialogIdOf(half.dialog.state) === dialog.id)
        if (saved) one.halves.set(dialog.id, { saved, dialog })
        if (saved) return true
      }
      return false
    },
    addDuplicate(dialog) {
      for (const one of waiting.values()) {
        const saved = one.saved.twins?.find((duplicate) => dialogIdOf(duplicate.dialog.state) === dialog.id)
        if (!saved) continue
        const duplicate = { saved, dialog, ports: portsOf(saved) }
        one.duplicates.set(dialog.id, duplicate)
        return duplicate
      }
      return undefined
    },
    hasDuplicates: (dialogId) => (waiting.get(dialogId)?.duplicates.size ?? 0) > 0,
    take(dialogId) {
      const belongsTo = ({ halves, duplicates }: SilentSession) => halves.has(dialogId) || duplicates.has(dialogId)
      const one = waiting.get(dialogId) ?? [...waiting.values()].find(belongsTo)
      if (one) waiting.delete(one.dialog.id)
      return one
    },
    takeShared(contactId) {
      const shared = [...waiting.values()].filter(
        ({ saved, facts }) => saved.sharedWith && facts.contactId === contactId,
      )
      for (const { dialog } of shared) waiting.delete(dialog.id)
      return shared
    },
    drop(dialogId) {
      for (const { halves, duplicates } of waiting.values()) {
        halves.delete(dialogId)
        const duplicate = duplicates.get(dialogId)
        if (duplicate) closeDuplicate(duplicate)
        duplicates.delete(dialogId)
      }
      const one = waiting.get(dialogId)
      if (!one) return undefined
      for (const { dialog } of one.halves.values()) dialog.forget()
      for (const duplicate of one.duplicates.values()) closeDuplicate(duplicate)
      one.close()
      waiting.delete(dialogId)
      onDropped(dialogId)
      return one
    },
    dropSilent(silenceMs) {
      if (clock.monotonicMs() - sinceMs < silenceMs) return
      for (const [dialogId, { dialog, saved, close, halves, duplicates }] of waiting) {
        if (saved.ports.length > 0 && allPaused(saved.streams)) continue
        close()
        waiting.delete(dialogId)
        onDropped(dialogId)
        for (const half of halves.values()) half.dialog.forget()
        for (const duplicate of duplicates.values()) closeDuplicate(duplicate)
        dialog.forget()
      }
    },
    stop() {
      for (const { close, duplicates } of waiting.values()) {
        close()
        for (const { ports } of duplicates.values()) for (const one of ports.values()) one.close()
      }
      waiting.clear()
    },
  }
}
