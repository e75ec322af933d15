/**
 * Sessions of the process before this one, until something is heard of them. In: what it wrote down, and its ports. Out: each
 * session once a packet of it comes or its client asks for something, to go on as one more segment of its call. Never here: a
 * segment for a call of which nothing comes any more.
 */
import type { SegmentFacts } from '#register/admit.ts'
import type { PortAllocator } from '../rtp/allocate-ports.ts'
import type { HeldPort } from '../rtp/hold-ports.ts'
import type { Dialog } from '../sip/handler.ts'
import { readFacts } from './facts-file.ts'
import { dialogIdOf } from '../sip/dialog-state.ts'
import type { HeldSession } from './held-sessions.ts'
import type { HeldHalf } from './other-half.ts'
import type { HeldCalls } from './hold-calls.ts'
import type { SegmentBefore } from './run-session.ts'
import { createSessionStreams } from './session-streams.ts'
import { allPaused } from './accepted-streams.ts'

export interface WaitingSession {
  readonly dialog: Dialog
  readonly held: HeldSession
  readonly facts: SegmentFacts
  /** Nothing of it was being recorded, and its segment has no end: it is the same segment still. */
  readonly goesOn: boolean
  readonly before: SegmentBefore
  /** Sessions whose streams come into its recording, and their dialogs. */
  readonly halves: Map<string, { held: HeldHalf; dialog: Dialog }>
  /** When its first packet came, as performance.now() tells; nothing where its client asked for something first. */
  readonly heardMs: number | undefined
  /** Calls once a packet has come. */
  onHeard(run: () => void): void
  /** Closes the ports that nobody has taken over. */
  close(): void
}

export interface WaitingSessions {
  /** Its dialog is open again. Nothing, where none of its ports could be had. */
  add(dialog: Dialog): WaitingSession | undefined
  /** The dialog of another half is open again, after that of its first session. False: that one does not wait. */
  addHalf(dialog: Dialog): boolean
  /** It waits no longer: something of it is heard. */
  take(dialogId: string): WaitingSession | undefined
  /** Its end was told, or nobody comes back to it. */
  drop(dialogId: string): void
  /** Of those of which nothing has come for so long, where something should. */
  dropSilent(silenceMs: number): void
  stop(): void
}

export function createWaitingSessions(options: {
  calls: HeldCalls | undefined
  /** Segments that have no end in the register and need none. */
  goOn: ReadonlySet<string>
  allocator: PortAllocator
  random32: () => number
  nowMs: () => number
  /** Nobody will take it up. */
  onDropped: (dialogId: string) => void
}): WaitingSessions {
  const { calls, goOn, allocator, random32, onDropped } = options
  const waiting = new Map<string, WaitingSession>()
  const sinceMs = options.nowMs()
  const heldById = new Map(calls?.sessions.map((held) => [dialogIdOf(held.dialog.state), held]))

  function wait(held: HeldSession, dialog: Dialog): WaitingSession | undefined {
    const ports = new Map<number, HeldPort>()
    for (const [index, port] of held.ports) {
      const one = calls?.ports.take(port)
      if (one) ports.set(index, one)
    }
    if (held.ports.length > 0 && ports.size === 0) return undefined
    let isTaken = false
    return {
      halves: new Map(),
      ...{ dialog, held, facts: readFacts(held.facts), goesOn: goOn.has(held.segmentId) },
      before: {
        described: held.described,
        sdpSessionId: held.sdpSessionId,
        get hasStreams() {
          return ports.size > 0 && !isTaken
        },
        passOn() {
          isTaken = true
          const streams = createSessionStreams({ allocator, random32 })
          for (const plan of [...held.streams, ...held.joined]) {
            const port = ports.get(plan.index)
            if (port) streams.adopt(plan, port)
          }
          return streams
        },
      },
      get heardMs() {
        const first = [...ports.values()].flatMap(({ firstMs }) => firstMs ?? [])
        return first.length > 0 ? Math.min(...first) : undefined
      },
      onHeard(run) {
        let isTold = false
        const once = () => {
          if (!isTold) run()
          isTold = true
        }
        for (const port of ports.values()) port.onHeard(once)
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
    take(dialogId) {
      const one = waiting.get(dialogId) ?? [...waiting.values()].find(({ halves }) => halves.has(dialogId))
      if (one) waiting.delete(one.dialog.id)
      return one
    },
    drop(dialogId) {
      for (const { halves } of waiting.values()) halves.delete(dialogId)
      const one = waiting.get(dialogId)
      if (!one) return
      for (const { dialog } of one.halves.values()) dialog.forget()
      one.close()
      waiting.delete(dialogId)
      onDropped(dialogId)
    },
    dropSilent(silenceMs) {
      if (options.nowMs() - sinceMs < silenceMs) return
      for (const [dialogId, { dialog, held, close, halves }] of waiting) {
        if (held.ports.length > 0 && allPaused(held.streams)) continue
        close()
        waiting.delete(dialogId)
        onDropped(dialogId)
        for (const half of halves.values()) half.dialog.forget()
        dialog.forget()
      }
    },
    stop() {
      for (const { close } of waiting.values()) close()
      waiting.clear()
    },
  }
}
