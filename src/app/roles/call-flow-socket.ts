/**
 * How calls were signalled, from capture's memory to the desk. In: the flows that capture has. Out: over a unix socket of this
 * installation, the list and one of them. Never here: who may look; the desk asks the database before it asks here.
 */
import { createServer, request } from 'node:http'
import type { CallFlow, CallFlows } from '#capture/session/call-flows.ts'
import { closeSocket, listenAtSocket } from '#platform/processes/listen-at-socket.ts'
import { socketPath, type SocketSettings } from './sockets.ts'

/** A flow without its steps. */
export type FlowHead = Omit<CallFlow, 'steps' | 'leftOut'>
export type ShownFlow = FlowHead & Pick<CallFlow, 'steps' | 'leftOut'>

/** How the desk asks; `no-answer` when capture does not run or does not answer. */
export interface FlowReader {
  list(): Promise<FlowHead[] | 'no-answer'>
  /** Nothing where capture has none of that id any more. */
  read(id: string): Promise<ShownFlow | undefined | 'no-answer'>
}

const answerMs = 5_000
const socketName = 'call-flows'

export async function offerCallFlows(
  settings: SocketSettings,
  flows: CallFlows,
): Promise<{ stop: () => Promise<void> }> {
  const path = socketPath(settings, socketName)
  const server = createServer((asked, answer) => {
    const id = asked.url?.slice(1) ?? ''
    const found = id === '' ? flows.all().map(headOf) : flows.find(id)
    answer.end(JSON.stringify(found && 'steps' in found ? shown(found) : (found ?? null)))
  })
  await listenAtSocket(server, path)
  return { stop: () => closeSocket(server) }
}

export function readCallFlows(settings: SocketSettings): FlowReader {
  return {
    list: async () => ((await ask(settings, '')) as FlowHead[] | undefined) ?? 'no-answer',
    async read(id) {
      const found = await ask(settings, id)
      return found === undefined ? 'no-answer' : ((found as ShownFlow | null) ?? undefined)
    },
  }
}

/** What of a flow is shown: its dialog's id is the client's and stays here. */
function headOf({ id, segments, client, transport, startedAtMs, endedAtMs, problems }: CallFlow): FlowHead {
  return { id, segments, client, transport, startedAtMs, ...(endedAtMs !== undefined && { endedAtMs }), problems }
}

function shown(flow: CallFlow): ShownFlow {
  return { ...headOf(flow), steps: flow.steps, leftOut: flow.leftOut }
}

/** Nothing where nobody answers. */
function ask(settings: SocketSettings, id: string): Promise<unknown> {
  return new Promise((resolve) => {
    const path = `/${encodeURIComponent(id)}`
    const asking = request({ socketPath: socketPath(settings, socketName), path, timeout: answerMs }, (answer) => {
      const parts: Buffer[] = []
      answer.on('data', (part: Buffer) => parts.push(part))
      answer.on('error', () => resolve(undefined))
      answer.on('end', () => {
        try {
          resolve(JSON.parse(Buffer.concat(parts).toString('utf8')))
        } catch {
          resolve(undefined)
        }
      })
    })
    asking.on('timeout', () => asking.destroy())
    asking.on('error', () => resolve(undefined))
    asking.end()
  })
}
