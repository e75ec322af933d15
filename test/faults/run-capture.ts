/** Runs the real capture with a database connection that can be cut. Returns its address, its log and the connection. */
import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { join } from 'node:path'
import { runCapture } from '#app/capture/capture.ts'
import { seedDescriptionFile } from '#description/read-description.ts'
import { generateKeyPair } from '#platform/age/age-header.ts'
import { readSettings } from '#platform/config/settings.ts'
import { makeLog } from '#platform/log/log.ts'
import { installDescription } from '#safeguards/versions/versions.ts'
import type { RegisterTables } from '#register/tables.ts'
import type { TestDatabase } from '../database/create-test-database.ts'
import { shippedDescriptionText } from '../database/describe-from.ts'
import { objectsUrl, testObjects } from '../objects/test-objects.ts'
import { findPorts, type SelostePorts } from '../whole/free-ports.ts'

export interface CaptureWithCuttableDatabase {
  readonly ports: SelostePorts
  readonly sip: { readonly host: string; readonly port: number }
  /** TLS port, if the environment has certificates. */
  readonly sipsPort: number
  /** Log of the capture, line by line. */
  readonly lines: readonly string[]
  readonly line: CuttableConnection
  stop(): Promise<void>
}

/**
 * Starts capture in this process. Fills the database with the description that the product ships with, and with intake
 * keys.
 */
export async function runCaptureOn(
  database: TestDatabase<RegisterTables>,
  folders: { data: string; objects: string },
  environment: Readonly<Record<string, string>> = {},
  /** Ports and folder of an earlier start, for a capture that restarts in place. */
  ports?: SelostePorts,
): Promise<CaptureWithCuttableDatabase> {
  ports ??= await findPorts()
  const { db, pool } = database.as()
  await installDescription(db, await shippedDescriptionText(), seedDescriptionFile)
  await pool.query(
    `insert into intake_batch (public_keys) select array_fill($1::text, array[64]) from generate_series(1, 64)`,
    [generateKeyPair().recipient],
  )
  const line = await openCuttableConnection(new URL(database.url('seloste_capture')))
  const url = new URL(database.url('seloste_capture'))
  url.searchParams.delete('host')
  url.host = `127.0.0.1:${line.port}`
  const lines: string[] = []
  const settings = readSettings(
    {
      SELOSTE_DATA: folders.data,
      OBJECTS_URL: objectsUrl(await testObjects(folders.objects)),
      SELOSTE_SIP: `127.0.0.1:${ports.sip}`,
      SELOSTE_SIPS: `127.0.0.1:${ports.sips}`,
      SELOSTE_RTP: `127.0.0.1:${ports.firstRtp}-${ports.lastRtp}`,
      ...environment,
    },
    folders.data,
  )
  const log = makeLog({ name: 'capture', pretty: false, write: (one) => void lines.push(one) })
  const capture = await runCapture({ settings, log, databaseUrl: url.href, version: 'test' })
  return {
    ports,
    sip: { host: '127.0.0.1', port: ports.sip },
    sipsPort: ports.sips,
    lines,
    line,
    async stop() {
      await capture.stop()
      await line.close()
    },
  }
}

export interface CuttableConnection {
  readonly port: number
  /** Breaks connections, and accepts no new ones. */
  cut(): Promise<void>
  mend(): Promise<void>
  close(): Promise<void>
}

/**
 * Opens a database connection that can be cut.
 * @param url database at a socket or port of this machine
 */
export async function openCuttableConnection(url: URL): Promise<CuttableConnection> {
  const folder = url.searchParams.get('host')
  const open = new Set<Socket>()
  let server: Server | undefined
  let port = 0

  async function mend(): Promise<void> {
    server = createServer((near) => {
      const upstream =
        folder === null ? connect(Number(url.port), url.hostname) : connect(join(folder, '.s.PGSQL.5432'))
      for (const [one, other] of [
        [near, upstream],
        [upstream, near],
      ] as const) {
        open.add(one)
        one.pipe(other)
        one.on('error', () => undefined)
        one.on('close', () => {
          open.delete(one)
          other.destroy()
        })
      }
    }).listen(port, '127.0.0.1')
    await once(server, 'listening')
    port = (server.address() as AddressInfo).port
  }
  async function cut(): Promise<void> {
    const gone = server && once(server, 'close')
    server?.close()
    server = undefined
    for (const socket of open) socket.destroy()
    await gone
  }

  await mend()
  return { port, cut, mend, close: cut }
}
