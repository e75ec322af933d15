import { join } from 'node:path'
import type { Settings } from '#platform/config/settings.ts'
import { holdPorts, type HeldPorts } from '../../rtp/hold-ports.ts'
import type { SavedDialog } from '../../sip/handler.ts'
import { readSavedSessions, type SavedSession } from './saved-sessions.ts'

/** What the process before this one was recording, and its ports, which are open again. */
export interface SavedCalls {
  readonly sessions: readonly SavedSession[]
  readonly ports: HeldPorts
}

/** Dialogs that are open again: a session's before those of the sessions that belong to it. */
export function savedDialogs({ sessions }: SavedCalls): SavedDialog[] {
  return sessions.flatMap(({ dialog, halves, twins: duplicates = [] }) => [
    dialog,
    ...[...halves, ...duplicates].map((one) => one.dialog),
  ])
}

/** Where capture writes down the sessions that go on. */
export function savedSessionsFolder({ dataDirectory }: Pick<Settings, 'dataDirectory'>): string {
  return join(dataDirectory, 'capture', 'sessions')
}

/**
 * The first thing that a capture does, before the rest of the program is read: from here on what clients send waits in our sockets,
 * however long the rest of the start takes (K1). A port that another program has now is left out, and its call goes on once its client
 * asks for something.
 */
export async function restoreSavedCalls(settings: {
  dataDirectory: string
  rtp: Pick<Settings['rtp'], 'host'>
}): Promise<SavedCalls> {
  const sessions = readSavedSessions(savedSessionsFolder(settings), Date.now())
  const dialogs = sessions.flatMap((session) => [session, ...(session.twins ?? [])])
  const ports = dialogs.flatMap((one) => one.ports.map(([, port]) => port))
  return { sessions, ports: await holdPorts(settings.rtp.host, ports) }
}
