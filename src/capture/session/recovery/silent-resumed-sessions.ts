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
  readonly held: SavedSession
  readonly facts: SegmentFacts
  /** True for a session without a recording: its segment has no end and continues. */
  readonly continues: boolean
  readonly before: PreviousSegment
  /** Split-direction sessions whose stream is written to this recording, by dialog id. */
  readonly halves: Map<string, { held: SavedSplitDirection; dialog: Dialog }>
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
  readonly held: SavedDuplicate
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
  options: Pick<RecorderOptions, 'held' | 'ports' | 'random' | 'latchesOf' | 'clock'>,
  onDropped: (dialogId: string) => void,
): SilentSessions {
  const { held: { calls, resumed } = {}, clock } = options
  const waiting = new Map<string, SilentSession>()
  const sinceMs = clock.monotonicMs()
  const heldById = new Map(calls?.sessions.map((held) => [dialogIdOf(held.dialog.state), held]))

  function portsOf(held: Pick<SavedDuplicate, 'ports'>): Map<number, HeldPort> {
    const ports = new Map<number, HeldPort>()
    for (const [index, port] of held.ports) {
      const one = calls?.ports.take(port)
      if (one) ports.set(index, one)
    }
    return ports
  }

  function closeDuplicate({ ports, dialog }: WaitingDuplicate): void {
    for (const one of ports.values()) one.close()
    dialog.forget()
  }

  function wait(held: SavedSession, dialog: Dialog): SilentSession | undefined {
    const ports = portsOf(held)
    if (held.ports.length > 0 && ports.size === 0) return undefined
    let isTaken = false
    return {
      ...{ halves: new Map(), duplicates: new Map() },
      ...{ dialog, held, facts: readFacts(held.facts), continues: resumed?.has(held.segmentId) === true },
      before: {
        described: held.described,
        sdpSessionId: held.sdpSessionId,
        get hasStreams() {
          return ports.size > 0 && !isTaken
        },
        passOn() {
          isTaken = true
          const { trunk } = readFacts(held.facts)
          const streams = createSessionStreams(sessionStreamsOptions(options, trunk))
          for (const plan of [...held.streams, ...held.joined]) {
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
        if (!isTaken) for (const one of ports.values()) one.close()
        isTaken = true
      },
    }
  }

  return {
    add(dialog) {
      const held = heldById.get(dialog.id)
      if (!held) return undefined
      const one = wait(held, dialog)
      if (one) waiting.set(dialog.id, one)
      else onDropped(dialog.id)
      return one
    },
    addHalf(dialog) {
      for (const one of waiting.values()) {
        const held = one.held.halves.find((half) => dialogIdOf(half.dialog.state) === dialog.id)
        if (held) one.halves.set(dialog.id, { held, dialog })
        if (held) return true
      }
      return false
    },
    addDuplicate(dialog) {
      for (const one of waiting.values()) {
        const held = one.held.twins?.find((duplicate) => dialogIdOf(duplicate.dialog.state) === dialog.id)
        if (!held) continue
        const duplicate = { held, dialog, ports: portsOf(held) }
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
      const shared = [...waiting.values()].filter(({ held, facts }) => held.sharedWith && facts.contactId === contactId)
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
      for (const [dialogId, { dialog, held, close, halves, duplicates }] of waiting) {
        if (held.ports.length > 0 && allPaused(held.streams)) continue
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
