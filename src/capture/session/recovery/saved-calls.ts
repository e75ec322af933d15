import { join } from 'node:path'
import type { Settings } from '#platform/config/settings.ts'
import { holdPorts, type HeldPorts } from '../../rtp/hold-ports.ts'
import type { SavedDialog } from '../../sip/handler.ts'
import { readSavedSessions, type SavedSession } from './saved-sessions.ts'

/** Calls that the previous process was recording, with their ports reopened. */
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

/** Folder in which capture saves its live sessions. */
export function savedSessionsFolder({ dataDirectory }: Pick<Settings, 'dataDirectory'>): string {
  return join(dataDirectory, 'capture', 'sessions')
}

/**
 * Reopens the ports of saved calls. Runs first in a capture, before the rest of the program is loaded, so that packets wait in
 * our sockets however long the start takes (K1). A port taken by another program is left out; its call resumes at its client's
 * next request.
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
