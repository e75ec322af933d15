import { join } from 'node:path'
import type { Settings } from '#platform/config/settings.ts'
import { holdPorts, type HeldPorts } from '../../rtp/hold-ports.ts'
import type { SavedDialog } from '../../sip/handler.ts'
import { readSavedSessions, type SavedSession } from './saved-sessions.ts'

/** Sessions that the previous process has saved, with their ports bound again. */
export interface SavedCalls {
  readonly sessions: readonly SavedSession[]
  readonly ports: HeldPorts
}

/** Returns the dialogs to reopen: first that of a session, then those of its split directions and duplicates. */
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
 * Reads the saved sessions and binds their ports. Capture runs this before it loads the rest of the program, so that packets
 * wait in the sockets during the start (K1). If another program uses a port, the call resumes only at its client's next
 * request.
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
