// One scrape for all processes.
// In: each process's registry, over a unix socket, or as it came from another machine. Out: one exposition text. Never: a scrape that fails because one
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

/** What a process tells of its numbers. */
export type ToldMetrics = readonly { values?: readonly { labels?: Readonly<Record<string, string | number>> }[] }[]

/**
 * The numbers offered at the sockets that answer, by the name of the process that offers there.
 * @param sockets by the same names
 */
export async function readOffered(sockets: Readonly<Record<string, string>>): Promise<Map<string, ToldMetrics>> {
  const read = new Map<string, ToldMetrics>()
  const reading = Object.entries(sockets).map(async ([process, path]) => {
    const metrics = await ask(path).catch(() => undefined)
    if (metrics) read.set(process, metrics)
  })
  await Promise.all(reading)
  return read
}

/** This process's numbers and those of others as one exposition text. */
export async function writeMetrics(registry: Registry, others: readonly ToldMetrics[]): Promise<string> {
  return AggregatorRegistry.aggregate([await registry.getMetricsAsJSON(), ...others]).metrics()
}

function ask(socketPath: string): Promise<ToldMetrics> {
  return new Promise((resolve, reject) => {
    const asking = request({ socketPath, path: '/', timeout: answerMs }, (answer) => {
      const parts: Buffer[] = []
      answer.on('data', (part: Buffer) => parts.push(part))
      answer.on('error', reject)
      answer.on('end', () => {
        try {
          resolve(JSON.parse(Buffer.concat(parts).toString('utf8')) as ToldMetrics)
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
