// Runs an administrator's PostgreSQL for tests: of the given version, over TCP, with Finnish collation if available,
// and an owner who is not a superuser. Returns how to sign in, and a function that stops the server. The server never
// outlives the process.
import { execFile, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { appendFile, chmod, chown, copyFile, mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { promisify } from 'node:util'
import { Client } from 'pg'
import { startEmbeddedPostgres, type EmbeddedLog, type EmbeddedPostgres } from '#platform/database/embedded.ts'
import { canEnter, databaseOsUser } from '#platform/database/embedded/os-user.ts'
import { databaseSetupSteps } from '#platform/database/database-setup.ts'
import { freePort } from '../whole/free-ports.ts'
import { rolePassword } from './cluster.ts'

/**
 * Returns the folder with the programs of the tests' PostgreSQL (SELOSTE_TEST_DATABASE); undefined for the embedded
 * one.
 */
export function externalBinaries(): string | undefined {
  return process.env['SELOSTE_TEST_DATABASE'] || undefined
}

export interface ExternalServer {
  readonly port: number
  /** URL of the superuser for every database of the server. */
  adminUrl: (database?: string) => string
  urlFor: (role: string, password: string, database: string) => string
  /** Creates a database with an owner, as `seloste create-database` does. @returns the owner's URL */
  makeOwned: (database: string) => Promise<string>
  stop: () => Promise<void>
}

/** Starts a server in a folder: an administrator's if the run asks for it, otherwise the embedded one. */
export async function startTestServer(
  folder: string,
  log: EmbeddedLog = { info: () => undefined, warn: () => undefined },
): Promise<ExternalServer | EmbeddedPostgres> {
  const binaries = externalBinaries()
  return binaries ? startExternalServer(binaries, folder) : startEmbeddedPostgres({ dataDirectory: folder, log })
}

/** Environment like the embedded server's: of this process only PATH, and the library that shifts the clock. */
const environment = { PATH: process.env['PATH'], LC_ALL: 'C.UTF-8', LD_PRELOAD: process.env['LD_PRELOAD'] }

/** Owner of every database made here; not a superuser. */
export const owner = 'seloste'
/** Name of the superuser, also in the embedded server. */
export const superuser = 'postgres'
const readyMs = 60_000

/**
 * Starts the server of a folder, and creates it if it is new; it ends with this process.
 * @param binaries such as `/usr/lib/postgresql/17/bin`
 * @param tls paths of PEM files; with them, connections without TLS are refused
 */
export async function startExternalServer(
  binaries: string,
  folder: string,
  tls?: { certificate: string; key: string },
): Promise<ExternalServer> {
  const user = await databaseOsUser()
  const data = join(folder, 'cluster')
  const owned = user ? { uid: user.uid, gid: user.gid } : {}
  await mkdir(folder, { recursive: true, mode: 0o711 })
  if (!existsSync(join(data, 'PG_VERSION'))) {
    const password = join(folder, 'password')
    await writeFile(password, rolePassword)
    // Makes the folder, usually a test's own, accessible: the server's programs run as another user.
    if (!(await canEnter(folder, user))) await chmod(dirname(folder), 0o711)
    await mkdir(data, { recursive: true, mode: 0o700 })
    if (user) for (const path of [data, password]) await chown(path, user.uid, user.gid)
    const initialise = async (...locale: string[]) =>
      promisify(execFile)(
        join(binaries, 'initdb'),
        [
          `--pgdata=${data}`,
          `--username=${superuser}`,
          `--pwfile=${password}`,
          '--auth=scram-sha-256',
          '-E',
          'UTF8',
          ...locale,
        ],
        { cwd: '/', env: environment, ...owned },
      )
    // A build without ICU sorts by bytes, as the embedded one does.
    await initialise('--locale=C.UTF-8', '--locale-provider=icu', '--icu-locale=fi-FI').catch(async () => {
      await initialise('--locale=C.UTF-8')
    })
    if (tls) {
      const files = { certificate: join(data, 'server.crt'), key: join(data, 'server.key') }
      for (const name of ['certificate', 'key'] as const) {
        await copyFile(tls[name], files[name])
        await chmod(files[name], 0o600)
        if (user) await chown(files[name], user.uid, user.gid)
      }
      await appendFile(join(data, 'postgresql.conf'), '\nssl = on\n')
      await writeFile(join(data, 'pg_hba.conf'), 'hostssl all all 127.0.0.1/32 scram-sha-256\n')
    }
    // Does not sync writes, because nothing of a test run must survive a crash.
    await appendFile(join(data, 'postgresql.conf'), `\nfsync = off\nfull_page_writes = off\nmax_connections = 200\n`)
  }
  const port = await freePort()
  const child = spawn(
    '/bin/sh',
    [
      '-c',
      // Ends the server when its input closes: only this process holds the other end.
      '"$0" "$@" & server=$!; (cat >/dev/null; kill -INT $server) <&3 & wait $server; kill $! 2>/dev/null',
      join(binaries, 'postgres'),
      ...['-D', data, '-p', String(port), '-c', 'listen_addresses=127.0.0.1', '-c', 'unix_socket_directories='],
    ],
    {
      cwd: '/',
      detached: true,
      stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
      env: environment,
      ...owned,
    },
  )
  let lines = ''
  child.stderr?.on('data', (text: Buffer) => (lines = (lines + text.toString()).slice(-4_000)))
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const hold = child.stdio[3]
  hold?.on('error', () => undefined)
  for (const one of [child, child.stderr, hold] as ({ unref?: () => void } | null | undefined)[]) one?.unref?.()

  const tlsParameters = tls ? `?sslmode=verify-full&sslrootcert=${encodeURIComponent(tls.certificate)}` : ''
  const urlFor = (role: string, password: string, database: string) =>
    `postgres://${encodeURIComponent(role)}:${encodeURIComponent(password)}@127.0.0.1:${port}/${encodeURIComponent(database)}${tlsParameters}`
  const adminUrl = (database = 'postgres') => urlFor(superuser, rolePassword, database)
  const deadline = performance.now() + readyMs
  while (!(await answers(adminUrl()))) {
    if (child.exitCode !== null || performance.now() > deadline) {
      hold?.destroy()
      throw new Error(`the PostgreSQL of ${binaries} does not start: ${lines}`)
    }
    await wait(50)
  }
  return {
    port,
    urlFor,
    adminUrl,
    async makeOwned(database) {
      const url = urlFor(owner, rolePassword, database)
      // Uses a server that an earlier run left.
      if (await answers(url)) return url
      await run(adminUrl(), [
        `create role ${owner} login createrole password '${rolePassword}'`,
        `create database ${database} owner ${owner} encoding 'UTF8' template template0`,
      ])
      await revokeFromEverybody(adminUrl(database), database)
      return url
    },
    async stop() {
      child.ref()
      hold?.destroy()
      await ended
    },
  }
}

/** Revokes in a database the grants that only a superuser can revoke, as `seloste create-database` does. */
export async function revokeFromEverybody(url: string, database: string): Promise<void> {
  const inside = databaseSetupSteps(owner, database).filter((step) => step.database === database)
  await run(
    url,
    inside.map(({ statement }) => statement),
  )
}

async function run(url: string, statements: readonly string[]): Promise<void> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    for (const statement of statements) await client.query(statement)
  } finally {
    await client.end()
  }
}

function answers(url: string): Promise<boolean> {
  return run(url, ['select']).then(
    () => true,
    () => false,
  )
}
