/**
 * Starts a recorder that resumes the calls left in a folder by the previous one. Its stop leaves the calls in progress
 * to the next recorder.
 */
import { mkdir, mkdtemp } from 'node:fs/promises'
import { join } from 'node:path'
import { readFacts } from '#capture/session/recovery/facts-file.ts'
import { openSavedSessions, type SavedSession } from '#capture/session/recovery/saved-sessions.ts'
import { savedDialogs, savedSessionsFolder, restoreSavedCalls } from '#capture/session/recovery/saved-calls.ts'
import { openWiredRecorder, type WiredRecorder } from './wired-recorder.ts'

interface NextProcess {
  wired: WiredRecorder
  stop(): Promise<void>
}

/** Acts as a new process: it has only the folder of the previous one. */
export async function openNextProcess(
  folder: string,
  options: Parameters<typeof openWiredRecorder>[1],
): Promise<NextProcess> {
  const directory = savedSessionsFolder({ dataDirectory: folder })
  const calls = await restoreSavedCalls({ dataDirectory: folder, rtp: { host: '127.0.0.1' } })
  const onFault = (error: unknown) => {
    throw error
  }
  const held = await openSavedSessions({ directory, known: calls.sessions, nowMs: () => Date.now(), onFault })
  await mkdir(join(folder, 'run'), { recursive: true })
  const isHistory = ({ facts }: SavedSession) => readFacts(facts).recording === undefined
  const resumed = new Set(calls.sessions.filter(isHistory).map(({ segmentId }) => segmentId))
  const wired = await openWiredRecorder(await mkdtemp(join(folder, 'run', 'of-')), {
    ...options,
    saved: { sessions: held, calls, resumed },
  })
  for (const one of savedDialogs(calls)) wired.call.server.resume(one)
  return {
    wired,
    async stop() {
      await wired.stop()
      await held.stop()
    },
  }
}
