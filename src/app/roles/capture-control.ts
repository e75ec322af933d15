import { createServer, request } from 'node:http'
import type { AdmissionState } from '#capture/admission/admission.ts'
import { closeSocket, listenAtSocket } from '#platform/processes/listen-at-socket.ts'
import { socketPath, type SocketSettings } from './sockets.ts'

/** What capture says of itself. */
export interface CaptureState extends AdmissionState {
  /** Sessions that go on. */
  live: number
  /** Sessions that have ended and whose recording is not stored yet. */
  storing: number
  /** Segments whose facts wait for the database. */
  waiting: number
}

export type CaptureWish = 'drain' | 'resume'

const answerMs = 5_000
const socketName = 'capture-control'

/** Lets capture's own user, and root, ask how capture is, and have it drained. */
export async function offerControl(
  settings: SocketSettings,
  state: () => CaptureState,
  obey: (wish: CaptureWish) => void,
): Promise<{ stop: () => Promise<void> }> {
  const path = socketPath(settings, socketName)
  const server = createServer((asked, answer) => {
    const wish = asked.url?.slice(1)
    if (asked.method === 'POST' && (wish === 'drain' || wish === 'resume')) obey(wish)
    answer.end(JSON.stringify(state()))
  })
  // Not for the desk: whoever drains capture is its own user, or root.
  await listenAtSocket(server, path, 'owner')
  return { stop: () => closeSocket(server) }
}

/** Asks a running capture how it is, after telling it what is wished. Nothing where none answers. */
export function askCapture(settings: SocketSettings, wish?: CaptureWish): Promise<CaptureState | undefined> {
  return new Promise((resolve) => {
    const asking = request(
      {
        socketPath: socketPath(settings, socketName),
        method: wish ? 'POST' : 'GET',
        path: `/${wish ?? ''}`,
        timeout: answerMs,
      },
      (answer) => {
        const parts: Buffer[] = []
        answer.on('data', (part: Buffer) => parts.push(part))
        answer.on('error', () => resolve(undefined))
        answer.on('end', () => resolve(JSON.parse(Buffer.concat(parts).toString('utf8')) as CaptureState))
      },
    )
    asking.on('timeout', () => asking.destroy())
    asking.on('error', () => resolve(undefined))
    asking.end()
  })
}
