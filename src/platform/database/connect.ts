// A pool of connections and the typed query builder on top of it.
// In: a database URL. Out: a pool, Kysely, and their end. Never: a query of our own.
import { Kysely, PostgresDialect, sql, type Transaction } from 'kysely'
import { Client, Pool, type ClientConfig, type PoolClient } from 'pg'
import type { Blockers } from '../blockers/blockers.ts'
import { breakConnection, breakWhenHeld, currentUrl } from './moved-connections.ts'
import { TemporalClient, valueTypes } from './values.ts'
import { watchAnswers, type AnswerWatch } from './watch-answers.ts'

export type ConnectOptions = {
  url: string
  /** Shown in pg_stat_activity: which process this is. */
  applicationName: string
  /** Most connections at once; 10 unless told. */
  size?: number
  /**
   * How long an operation waits before it is found out whether the database hangs, and how long that takes at most; 5 s unless
   * told. While it hangs, every operation fails at once with `database-hangs`.
   */
  answerMs?: number
  /** Most time that the server gives a statement; none unless told. */
  statementMs?: number
  /** Where a database that does not answer, or whose disk is full, is entered. */
  blockers?: Blockers
  /** A connection broke while idle; the pool replaces it by itself. Must be heard: unheard, it would end the process. */
  onIdleError: (error: Error) => void
}

export type Database<Tables> = {
  pool: Pool
  db: Kysely<Tables>
  /** Waits for running queries and closes every connection. Waits for nothing once the database has been found to hang. */
  close: () => Promise<void>
}

const connectMs = 10_000
const defaultAnswerMs = 5_000
/** Not long: each is a process of PostgreSQL, which keeps what it has planned. */
const idleMs = 10_000
/** PostgreSQL, appendix A: disk_full. */
const diskFull = '53100'
/** A full disk is entered for so long after each statement that failed for it. */
const diskFullMs = 60_000

/** Opens nothing yet: the first query connects. `timestamptz` is Temporal.Instant both ways; see values.ts. */
export function connectDatabase<Tables>(options: ConnectOptions): Database<Tables> {
  const { blockers, answerMs = defaultAnswerMs } = options
  const watch = watchAnswers({
    ...{ answerMs, probe: (timeoutMs) => probe(options, timeoutMs) },
    onHangs: ({ code }) => blockers?.raise('database', { code }),
    onAnswers: () => blockers?.clear('database'),
  })

  const open = new Set<Client>()

  /** Asked at each connection: the database may have moved since the last. */
  class CurrentClient extends TemporalClient {
    constructor(config?: ClientConfig) {
      super({ ...config, connectionString: currentUrl(options.url) })
      open.add(this)
      this.once('end', () => open.delete(this))
      breakWhenHeld(options.url, this)
      watchOpening(this, watch)
      watchQueries(this, watch, blockers)
    }
  }
  const pool = new Pool({
    application_name: options.applicationName,
    max: options.size ?? 10,
    connectionTimeoutMillis: connectMs,
    idleTimeoutMillis: idleMs,
    types: valueTypes,
    // The parsers of values.ts read ISO dates; the server's own settings may differ. Where it compiles what it takes for a long
    // query (as Debian's does), a search waits a second for the compiler and a few milliseconds for its rows.
    options: '-c DateStyle=ISO -c TimeZone=UTC -c jit=off',
    ...(options.statementMs !== undefined && { statement_timeout: options.statementMs }),
    Client: CurrentClient,
  })
  watchConnects(pool, watch, blockers)
  pool.on('error', options.onIdleError)
  // The pool hears a connection only while it is idle. One that breaks while it is lent fails the query, or the next one; what
  // nobody hears would end the process, and with it the calls of a capture whose database went away.
  pool.on('connect', (client) => client.on('error', () => undefined))
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) })
  return {
    pool,
    db,
    async close() {
      await db.destroy()
      // A goodbye that a database which hangs does not answer would keep the process.
      if (watch.fault) for (const client of open) breakConnection(client)
      watch.stop()
    },
  }
}

/** Asks for a sign of life over a connection of its own: those that there are may be those that hang. */
async function probe({ url, applicationName }: ConnectOptions, timeoutMs: number): Promise<void> {
  const client = new Client({ connectionString: currentUrl(url), application_name: `${applicationName} probe` })
  client.on('error', () => undefined) // What is asked rejects as well.
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => late.reject(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs)
  try {
    await Promise.race([client.connect().then(() => client.query('select 1')), late.promise])
  } finally {
    clearTimeout(timer)
    breakConnection(client)
  }
}

/** A connection that is being made breaks when the database is found to hang: the pool would wait ten seconds for it. */
function watchOpening(client: Client, watch: AnswerWatch): void {
  const connect = client.connect.bind(client) as (told: (error?: Error) => void) => void
  client.connect = ((told: (error?: Error) => void) => {
    const operation = watch.begin(() => breakConnection(client))
    connect((error) => {
      operation.done()
      told(error)
    })
  }) as typeof client.connect
}

/** Each query of a connection is watched; one that is given up takes its connection with it. */
function watchQueries(client: Client, watch: AnswerWatch, blockers: Blockers | undefined): void {
  const query = client.query.bind(client) as (...args: unknown[]) => unknown
  client.query = ((...args: unknown[]) => {
    const operation = watch.begin(() => breakConnection(client))
    const end = (error?: unknown) => {
      operation.done()
      if (error === undefined) blockers?.clear('database')
      else if ((error as { code?: string }).code === diskFull)
        blockers?.raise('disk', { code: 'database-disk-full', about: 'database', forMs: diskFullMs })
    }
    const told = args.at(-1)
    if (typeof told === 'function') {
      args[args.length - 1] = (error: unknown, result: unknown) => {
        end(error ?? undefined)
        ;(told as (error: unknown, result: unknown) => void)(error, result)
      }
      return query(...args)
    }
    const asked = query(...args)
    if (asked instanceof Promise) asked.then(() => end(), end)
    // A cursor or a copy: its rows come as they are taken.
    else operation.done()
    return asked
  }) as typeof client.query
}

/** Whoever waits for a connection is given up as well; while the database hangs nobody waits for one. */
function watchConnects(pool: Pool, watch: AnswerWatch, blockers: Blockers | undefined): void {
  const connect = pool.connect.bind(pool) as () => Promise<PoolClient>

  function lend(): Promise<PoolClient> {
    if (watch.fault) return Promise.reject(watch.fault)
    const given = Promise.withResolvers<PoolClient>()
    const operation = watch.begin(given.reject)
    connect().then(
      (client) => {
        operation.done()
        given.resolve(client)
        // It came after whoever waited was told that it does not.
        given.promise.catch(() => client.release())
      },
      (error: Error & { code?: string }) => {
        operation.done()
        given.reject(error)
        // While it hangs that is known, and connections are broken for it.
        if (!watch.fault && !isOwnLimit(error)) blockers?.raise('database', { code: error.code ?? 'no-answer' })
      },
    )
    return given.promise
  }

  pool.connect = ((told?: (error: Error | undefined, client?: PoolClient, release?: unknown) => void) => {
    if (!told) return lend()
    lend().then(
      (client) => told(undefined, client, client.release.bind(client)),
      (error: Error) => told(error),
    )
    return undefined
  }) as typeof pool.connect
}

/** The pool itself has none free, or is closed. */
function isOwnLimit({ message }: Error): boolean {
  return message.startsWith('timeout exceeded') || message.startsWith('Cannot use a pool')
}

/**
 * Runs `work` in one transaction in which the settings of `session` are set (and with it gone again): row-level security
 * reads them with current_setting(name, true). Names need a dot: `seloste.session`.
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
