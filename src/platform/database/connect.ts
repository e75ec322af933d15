// A connection pool and the typed query builder on it. Hanging databases and full disks are detected and reported as blockers.
import { Kysely, PostgresDialect, sql, type Transaction } from 'kysely'
import { Client, Pool, type ClientConfig, type PoolClient } from 'pg'
import type { Blockers } from '../blockers/blockers.ts'
import { breakConnection, breakOnSuspend, currentUrl } from './moved-connections.ts'
import { TemporalClient, valueTypes } from './values.ts'
import { createHangDetector, type HangDetector } from './hang-detector.ts'

export type ConnectOptions = {
  url: string
  /** Shown in pg_stat_activity. */
  applicationName: string
  /** Most connections; default 10. */
  size?: number
  /** Connections that stay open while idle; default none. A new connection plans every query again. */
  maxIdle?: number
  /**
   * Milliseconds after which a slow operation triggers a probe, and the probe's own timeout; default 5 s. While the database
   * hangs, every operation fails at once with `database-hangs`.
   */
  answerMs?: number
  /** Statement timeout; default none. */
  statementMs?: number
  /** Receives a database that does not answer or whose disk is full. */
  blockers?: Blockers
  /** Called when an idle connection breaks; the pool replaces it. Must be handled, or the error would end the process. */
  onIdleError: (error: Error) => void
}

export type Database<Tables> = {
  pool: Pool
  db: Kysely<Tables>
  /** Waits for running queries and closes every connection; does not wait if the database hangs. */
  close: () => Promise<void>
}

const connectMs = 10_000
const defaultAnswerMs = 5_000
/** Short: each connection is a PostgreSQL process that keeps its plans in memory. */
const idleMs = 10_000
/** PostgreSQL, appendix A: disk_full. */
const diskFull = '53100'
/** How long a full disk stays reported after each statement that failed because of it. */
const diskFullMs = 60_000

/** Connects at the first query. `timestamptz` is Temporal.Instant both ways; see values.ts. */
export function connectDatabase<Tables>(options: ConnectOptions): Database<Tables> {
  const { blockers, answerMs = defaultAnswerMs } = options
  const watch = createHangDetector({
    ...{ answerMs, probe: (timeoutMs) => probe(options, timeoutMs) },
    onHangs: ({ code }) => blockers?.raise('database', { code }),
    onAnswers: () => blockers?.clear('database'),
  })

  const open = new Set<Client>()

  /** Reads the URL at each connection: the database may have moved. */
  class CurrentClient extends TemporalClient {
    constructor(config?: ClientConfig) {
      super({ ...config, connectionString: currentUrl(options.url) })
      open.add(this)
      this.once('end', () => open.delete(this))
      breakOnSuspend(options.url, this)
      watchOpening(this, watch)
      watchQueries(this, watch, blockers)
    }
  }
  const pool = new Pool({
    application_name: options.applicationName,
    max: options.size ?? 10,
    min: options.maxIdle ?? 0,
    connectionTimeoutMillis: connectMs,
    idleTimeoutMillis: idleMs,
    types: valueTypes,
    // The parsers of values.ts read ISO dates, whatever the server's settings. JIT compilation (on in Debian's packages) would
    // cost a search one second for a few milliseconds of work. The database refuses acts at other isolation levels.
    options: '-c DateStyle=ISO -c TimeZone=UTC -c jit=off -c default_transaction_isolation=read\\ committed',
    ...(options.statementMs !== undefined && { statement_timeout: options.statementMs }),
    Client: CurrentClient,
  })
  watchConnects(pool, watch, blockers)
  pool.on('error', options.onIdleError)
  // The pool handles errors of a connection only while it is idle. If a lent connection breaks, its query fails, or the next
  // one; an unhandled error event would end the process and a capture's calls.
  pool.on('connect', (client) => client.on('error', () => undefined))
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) })
  return {
    pool,
    db,
    async close() {
      await db.destroy()
      // A hanging database would not answer the terminate message.
      if (watch.fault) for (const client of open) breakConnection(client)
      watch.stop()
    },
  }
}

/** Probes over a new connection: the existing ones may be those that hang. */
async function probe({ url, applicationName }: ConnectOptions, timeoutMs: number): Promise<void> {
  const client = new Client({ connectionString: currentUrl(url), application_name: `${applicationName} probe` })
  client.on('error', () => undefined) // The query under way rejects as well.
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => late.reject(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs)
  try {
    await Promise.race([client.connect().then(() => client.query('select 1')), late.promise])
  } finally {
    clearTimeout(timer)
    breakConnection(client)
  }
}

/** Breaks a connection attempt when the database is found to hang; the pool would wait ten seconds. */
function watchOpening(client: Client, watch: HangDetector): void {
  const connect = client.connect.bind(client) as (callback: (error?: Error) => void) => void
  client.connect = ((callback: (error?: Error) => void) => {
    const operation = watch.begin(() => breakConnection(client))
    connect((error) => {
      operation.done()
      callback(error)
    })
  }) as typeof client.connect
}

/** Watches each query of a connection. Giving up a query closes its connection. */
function watchQueries(client: Client, watch: HangDetector, blockers: Blockers | undefined): void {
  const query = client.query.bind(client) as (...args: unknown[]) => unknown
  client.query = ((...args: unknown[]) => {
    const operation = watch.begin(() => breakConnection(client))
    const end = (error?: unknown) => {
      operation.done()
      if (error === undefined) blockers?.clear('database')
      else if ((error as { code?: string }).code === diskFull)
        blockers?.raise('disk', { code: 'database-disk-full', about: 'database', forMs: diskFullMs })
    }
    const callback = args.at(-1)
    if (typeof callback === 'function') {
      args[args.length - 1] = (error: unknown, result: unknown) => {
        end(error ?? undefined)
        ;(callback as (error: unknown, result: unknown) => void)(error, result)
      }
      return query(...args)
    }
    const results = query(...args)
    if (results instanceof Promise) results.then(() => end(), end)
    // A cursor or COPY: its rows are read on demand.
    else operation.done()
    return results
  }) as typeof client.query
}

/** Gives up waiting for a connection while the database hangs. */
function watchConnects(pool: Pool, watch: HangDetector, blockers: Blockers | undefined): void {
  const connect = pool.connect.bind(pool) as () => Promise<PoolClient>

  function lend(): Promise<PoolClient> {
    if (watch.fault) return Promise.reject(watch.fault)
    const connection = Promise.withResolvers<PoolClient>()
    const operation = watch.begin(connection.reject)
    connect().then(
      (client) => {
        operation.done()
        connection.resolve(client)
        // The connection was ready only after its waiter had been refused.
        connection.promise.catch(() => client.release())
      },
      (error: Error & { code?: string }) => {
        operation.done()
        connection.reject(error)
        // A hanging database is already reported, and its connections are broken on purpose.
        if (!watch.fault && !isOwnLimit(error)) blockers?.raise('database', { code: error.code ?? 'no-answer' })
      },
    )
    return connection.promise
  }

  pool.connect = ((callback?: (error: Error | undefined, client?: PoolClient, release?: unknown) => void) => {
    if (!callback) return lend()
    lend().then(
      (client) => callback(undefined, client, client.release.bind(client)),
      (error: Error) => callback(error),
    )
    return undefined
  }) as typeof pool.connect
}

/** Returns true if the pool itself has no free connection or is closed. */
function isOwnLimit({ message }: Error): boolean {
  return message.startsWith('timeout exceeded') || message.startsWith('Cannot use a pool')
}

/**
 * Runs `work` in one transaction with the settings of `session`, which row-level security reads with current_setting(name,
 * true). Names need a dot: `seloste.session`.
 */
export async function inSession<Tables, Result>(
  db: Kysely<Tables>,
  session: Readonly<Record<string, string>>,
  work: (transaction: Transaction<Tables>) => Promise<Result>,
): Promise<Result> {
  return withTransaction(db, async (transaction) => {
    const settings = Object.entries(session)
    if (settings.length > 0) {
      const calls = settings.map(([name, value]) => sql`set_config(${name}, ${value}, true)`)
      await sql`select ${sql.join(calls)}`.execute(transaction)
    }
    return work(transaction)
  })
}

/** Runs `work` in one transaction: committed when it returns, rolled back when it throws. */
export async function withTransaction<Tables, Result>(
  db: Kysely<Tables>,
  work: (transaction: Transaction<Tables>) => Promise<Result>,
  isolation: 'read committed' | 'repeatable read' | 'serializable' = 'read committed',
): Promise<Result> {
  return db.transaction().setIsolationLevel(isolation).execute(work)
}
