import { chmod, rm } from 'node:fs/promises'
import { createServer, request } from 'node:http'
import type { AdmissionState } from '#capture/admission/admission.ts'
import type { Settings } from '#platform/config/settings.ts'
import { socketPath } from './sockets.ts'

/** What capture says of itself. */
export interface CaptureState extends AdmissionState {
  /** Sessions that go on, or whose recording is not stored yet. */
  live: number
  /** Segments whose facts wait for the database. */
  waiting: number
}

export type CaptureWish = 'drain' | 'resume'

const answerMs = 5_000
const socketName = 'capture-control'

/** Lets whoever may enter the data folder ask how capture is, and have it drained. */
export async function offerControl(
  settings: Pick<Settings, 'dataDirectory'>,
  state: () => CaptureState,
  obey: (wish: CaptureWish) => void,
): Promise<{ stop: () => Promise<void> }> {
  const path = socketPath(settings, socketName)
  await rm(path, { force: true })
  const server = createServer((asked, answer) => {
    const wish = asked.url?.slice(1)
    if (asked.method === 'POST' && (wish === 'drain' || wish === 'resume')) obey(wish)
    answer.end(JSON.stringify(state()))
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(path, resolve)
  })
  await chmod(path, 0o600)
  return {
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** Asks a running capture how it is, after telling it what is wished. Nothing where none answers. */
export function askCapture(
  settings: Pick<Settings, 'dataDirectory'>,
  wish?: CaptureWish,
): Promise<CaptureState | undefined> {
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
