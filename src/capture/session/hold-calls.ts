import { holdPorts, type HeldPorts } from '../rtp/hold-ports.ts'
import { readHeldSessions, type HeldSession } from './held-sessions.ts'

/** What the process before this one was recording, and its ports, which are open again. */
export interface HeldCalls {
  readonly sessions: readonly HeldSession[]
  readonly ports: HeldPorts
}

/**
 * The first thing that a capture does: from here on what clients send waits in our sockets, however long the rest of the start
 * takes. A port that another program has now is left out, and its call goes on once its client asks for something.
 */
export async function holdCalls(directory: string, mediaHost: string, nowMs: number): Promise<HeldCalls> {
  const sessions = readHeldSessions(directory, nowMs)
  const ports = sessions.flatMap((session) => session.ports.map(([, port]) => port))
  return { sessions, ports: await holdPorts(mediaHost, ports) }
}
