// A pool of connections and the typed query builder on top of it.
// In: a database URL. Out: a pool, Kysely, and their end. Never: a query of our own.
import { Kysely, PostgresDialect, sql, type Transaction } from 'kysely'
import { Pool, type ClientConfig } from 'pg'
import { breakWhenHeld, currentUrl } from './moved-connections.ts'
import { TemporalClient, valueTypes } from './values.ts'

export type ConnectOptions = {
  url: string
  /** Shown in pg_stat_activity: which process this is. */
  applicationName: string
  /** Most connections at once; 10 unless told. */
  size?: number
  /** A connection broke while idle; the pool replaces it by itself. Must be heard: unheard, it would end the process. */
  onIdleError: (error: Error) => void
}

export type Database<Tables> = {
  pool: Pool
  db: Kysely<Tables>
  /** Waits for running queries and closes every connection. */
  close: () => Promise<void>
}

const connectMs = 10_000
/** Not long: each is a process of PostgreSQL, which keeps what it has planned. */
const idleMs = 10_000

/** Opens nothing yet: the first query connects. `timestamptz` is Temporal.Instant both ways; see values.ts. */
export function connectDatabase<Tables>(options: ConnectOptions): Database<Tables> {
  /** Asked at each connection: the database may have moved since the last. */
  class CurrentClient extends TemporalClient {
    constructor(config?: ClientConfig) {
      super({ ...config, connectionString: currentUrl(options.url) })
      breakWhenHeld(options.url, this)
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
    Client: CurrentClient,
  })
  pool.on('error', options.onIdleError)
  // The pool hears a connection only while it is idle. One that breaks while it is lent fails the query, or the next one; what
  // nobody hears would end the process, and with it the calls of a capture whose database went away.
  pool.on('connect', (client) => client.on('error', () => undefined))
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) })
  return { pool, db, close: () => db.destroy() }
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
