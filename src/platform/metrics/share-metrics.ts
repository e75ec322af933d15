// One scrape for all processes of a machine.
// In: each process's registry, over a unix socket. Out: one exposition text. Never: a scrape that fails because one
// process does not answer.
import { createServer, request } from 'node:http'
import { AggregatorRegistry, type Registry } from 'prom-client'
import { closeSocket, listenAtSocket } from '../processes/listen-at-socket.ts'

const answerMs = 1_000

/** Offers this process's numbers to the one that is scraped. */
export async function offerMetrics(registry: Registry, socketPath: string): Promise<{ stop: () => Promise<void> }> {
  const server = createServer((_asked, answer) => {
    registry.getMetricsAsJSON().then(
      (metrics) => answer.end(JSON.stringify(metrics)),
      () => answer.writeHead(500).end(),
    )
  })
  await listenAtSocket(server, socketPath)
  return { stop: () => closeSocket(server) }
}

/**
 * This process's numbers and those offered at the sockets that answer, as one exposition text.
 * @param sockets by the name of the process that offers there
 * @param onAsked which of them answered
 */
export async function gatherMetrics(
  registry: Registry,
  sockets: Readonly<Record<string, string>>,
  onAsked: (process: string, answers: boolean) => void = () => undefined,
): Promise<string> {
  const others = await Promise.all(
    Object.entries(sockets).map(async ([process, path]) => {
      const metrics = await ask(path).catch(() => undefined)
      onAsked(process, metrics !== undefined)
      return metrics
    }),
  )
  const all = [await registry.getMetricsAsJSON(), ...others.filter((metrics) => metrics !== undefined)]
  return AggregatorRegistry.aggregate(all).metrics()
}

function ask(socketPath: string): Promise<object> {
  return new Promise((resolve, reject) => {
    const asking = request({ socketPath, path: '/', timeout: answerMs }, (answer) => {
      const parts: Buffer[] = []
      answer.on('data', (part: Buffer) => parts.push(part))
      answer.on('error', reject)
      answer.on('end', () => {
        try {
          resolve(JSON.parse(Buffer.concat(parts).toString('utf8')) as object)
        } catch (error) {
          reject(error instanceof Error ? error : new Error(String(error)))
        }
      })
    })
    asking.on('timeout', () => asking.destroy(new Error('no answer')))
    asking.on('error', reject)
    asking.end()
  })
}
