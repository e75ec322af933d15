import { holdPorts, type HeldPorts } from '../../rtp/hold-ports.ts'
import type { SavedDialog } from '../../sip/handler.ts'
import { readHeldSessions, type HeldSession } from './held-sessions.ts'

/** What the process before this one was recording, and its ports, which are open again. */
export interface HeldCalls {
  readonly sessions: readonly HeldSession[]
  readonly ports: HeldPorts
}

/** Dialogs that are open again: a session's before those of the sessions that belong to it. */
export function heldDialogs({ sessions }: HeldCalls): SavedDialog[] {
  return sessions.flatMap(({ dialog, halves, twins = [] }) => [
    dialog,
    ...[...halves, ...twins].map((one) => one.dialog),
  ])
}

/**
 * The first thing that a capture does: from here on what clients send waits in our sockets, however long the rest of the start
 * takes. A port that another program has now is left out, and its call goes on once its client asks for something.
 */
export async function holdCalls(directory: string, mediaHost: string, nowMs: number): Promise<HeldCalls> {
  const sessions = readHeldSessions(directory, nowMs)
  const dialogs = sessions.flatMap((session) => [session, ...(session.twins ?? [])])
  const ports = dialogs.flatMap((one) => one.ports.map(([, port]) => port))
  return { sessions, ports: await holdPorts(mediaHost, ports) }
}
