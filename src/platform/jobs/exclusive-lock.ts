/** Holds an advisory lock for the life of the process, and reports when another process has taken it. */
import { setTimeout as wait } from 'node:timers/promises'
import { Client } from 'pg'
import { breakConnection, breakOnSuspend, currentUrl } from '../database/moved-connections.ts'

export interface ExclusiveLock {
  stop: () => Promise<void>
}

export interface ExclusiveLockOptions {
  databaseUrl: string
  /** Name of the connection in pg_stat_activity. */
  applicationName: string
  lockName: string
  /** Called when the connection was lost and another process has the lock: this process must end. */
  onElsewhere: () => void
  /** How long to wait for the lock at first; default: half a minute. */
  patienceMs?: number
}

const retryEveryMs = 1_000
/**
 * A process that just ended may still hold the lock, and PostgreSQL needs up to half a minute to notice a machine that is gone.
 */
const acquireTimeoutMs = 30_000
const probeMs = 10_000
/** Makes the server release the lock of a machine that is gone. */
const keepaliveOptions = '-c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3'

/**
 * Resolves once the lock is held; to `elsewhere` if another process has it for longer than `acquireTimeoutMs`.
 * @throws connection errors
 */
export async function holdExclusiveLock(options: ExclusiveLockOptions): Promise<ExclusiveLock | 'elsewhere'> {
  const ending = new AbortController()
  const { signal } = ending
  const first = await acquire(options, options.patienceMs ?? acquireTimeoutMs, signal)
  if (first === 'elsewhere') return first
  let client = first
  const watching = keepLock()

  async function keepLock(): Promise<void> {
    while (!signal.aborted) {
      await untilLost(client, signal)
      if (signal.aborted) return
      try {
        const again = await acquire(options, 0, signal)
        if (again === 'elsewhere') return options.onElsewhere()
        client = again
      } catch {
        await wait(retryEveryMs, undefined, { signal }).catch(() => undefined)
      }
    }
  }

  return {
    async stop() {
      ending.abort()
      await watching
      await client.end().catch(() => undefined)
    },
  }
}

async function acquire(
  options: ExclusiveLockOptions,
  forMs: number,
  signal: AbortSignal,
): Promise<Client | 'elsewhere'> {
  const { databaseUrl, applicationName, lockName } = options
  const client = new Client({
    connectionString: currentUrl(databaseUrl),
    application_name: applicationName,
    keepAlive: true,
    options: keepaliveOptions,
    connectionTimeoutMillis: probeMs,
  })
  client.on('error', () => undefined) // The query under way rejects as well.
  breakOnSuspend(databaseUrl, client)
  await client.connect()
  try {
    for (const until = performance.now() + forMs; ;) {
      const { rows } = await client.query<{ held: boolean }>(
        'select pg_try_advisory_lock(hashtextextended($1, 0)) as held',
        [lockName],
      )
      if (rows[0]?.held === true) return client
      if (performance.now() >= until || signal.aborted) break
      await wait(retryEveryMs, undefined, { signal }).catch(() => undefined)
    }
  } catch (error) {
    await client.end().catch(() => undefined)
    throw error
  }
  await client.end().catch(() => undefined)
  return 'elsewhere'
}

/** Probes the connection: a cut line reports nothing. */
async function untilLost(client: Client, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await wait(probeMs, undefined, { signal }).catch(() => undefined)
    if (signal.aborted) return
    const isAlive = await Promise.race([
      client.query('select 1').then(
        () => true,
        () => false,
      ),
      wait(probeMs, false, { ref: false }),
    ])
    if (!isAlive) return breakConnection(client)
  }
}
