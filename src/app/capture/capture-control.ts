import { createServer } from 'node:http'
import { setTimeout as wait } from 'node:timers/promises'
import type { AdmissionState } from '#capture/admission/admission.ts'
import type { Clock } from '#platform/clock/clock.ts'
import { closeServer } from '#platform/connections/small-server.ts'
import { listenAtSocket } from '#platform/processes/listen-at-socket.ts'
import { requestJson } from '#platform/processes/request-json.ts'
import type { FollowedDirectory } from '../roles/follow-directory.ts'
import type { Versions } from '../roles/follow-versions.ts'
import { socketPath, type SocketSettings } from '../roles/sockets.ts'

/** State reported by capture. */
export interface CaptureState extends AdmissionState {
  /** Live sessions. */
  live: number
  /** Ended sessions whose recording is not stored yet. */
  storing: number
  /** Call segments whose data are queued for the database. */
  waiting: number
  /** Version of the description in use, and when the directory was read (milliseconds since the epoch). */
  inUse: { description: number; directoryReadMs: number | null }
}

/** Command to capture. `read`: capture reads the description and the directory again before it answers. */
export type CaptureCommand = 'drain' | 'resume' | 'read'

const answerMs = 5_000
const pollMs = 50
const socketName = 'capture-control'

/** Opens the control socket, where capture's own user and root can query and drain capture. */
export async function listenForControl(
  settings: SocketSettings,
  state: () => CaptureState,
  { execute, read }: { execute: (command: Exclude<CaptureCommand, 'read'>) => void; read: () => Promise<unknown> },
): Promise<{ stop: () => Promise<void> }> {
  const path = socketPath(settings, socketName)
  const server = createServer((request, answer) => {
    const command = request.url?.slice(1)
    if (request.method === 'POST' && (command === 'drain' || command === 'resume')) execute(command)
    const done = request.method === 'POST' && command === 'read' ? read() : Promise.resolve()
    void done.finally(() => answer.end(JSON.stringify(state())))
  })
  // Owner only: the desk must not drain capture.
  await listenAtSocket(server, path, 'owner')
  return { stop: () => closeServer(server) }
}

export function configurationInUse(
  versions: Pick<Versions, 'at'>,
  directory: Pick<FollowedDirectory, 'readAt'>,
  clock: Clock,
): CaptureState['inUse'] {
  const { version: description } = versions.at(clock.now())
  return { description, directoryReadMs: directory.readAt?.epochMilliseconds ?? null }
}

/** Resolves once capture uses the given version of the description, and a directory read at or after the given instant. */
export async function waitUntilCaptureUses(
  settings: SocketSettings,
  wanted: { description: number; directoryAt: Temporal.Instant },
): Promise<void> {
  for (;;) {
    const { inUse } = (await requestCapture(settings, 'read')) ?? {}
    const isRead = (inUse?.directoryReadMs ?? -Infinity) >= wanted.directoryAt.epochMilliseconds
    if (isRead && inUse?.description === wanted.description) return
    await wait(pollMs)
  }
}

/** Sends a command, if any, to a running capture. Returns its state; undefined if none answers. */
export function requestCapture(settings: SocketSettings, command?: CaptureCommand): Promise<CaptureState | undefined> {
  const path = `/${command ?? ''}`
  const at = { socketPath: socketPath(settings, socketName), method: command ? 'POST' : 'GET', path }
  return requestJson(at, answerMs).then(
    (state) => state as CaptureState,
    () => undefined,
  )
}
