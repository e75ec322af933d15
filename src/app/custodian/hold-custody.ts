/**
 * One custodian for one register. In: the custodian's database URL. Out: a lock of the database, held for as long as the process lives;
 * word when another has it. Never here: two custodians at once, each with a key folder of its own: what one destroyed the other's folder
 * would still open, with a receipt that says it is gone.
 */
import { setTimeout as wait } from 'node:timers/promises'
import { Client } from 'pg'
import { breakConnection, breakWhenHeld, currentUrl } from '#platform/database/moved-connections.ts'
import { Fault } from '#platform/fault.ts'

export interface Custody {
  stop: () => Promise<void>
}

const lockName = 'seloste.custodian'
const askEveryMs = 1_000
/** One that was just ended may be on its way out, and PostgreSQL finds out within half a minute that a machine is gone. */
const patienceMs = 30_000
const aliveMs = 10_000
/** So that the server lets go of the lock of a machine that went away. */
const noticing = '-c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3'

/**
 * Resolves once the lock is held.
 * @param onElsewhere the connection was lost, and another custodian has taken the lock since: this one is to end
 * @throws Fault `custodian-elsewhere`; what connecting throws
 */
export async function holdCustody(options: {
  databaseUrl: string
  onElsewhere: (error: Error) => void
  patienceMs?: number
}): Promise<Custody> {
  const ending = new AbortController()
  const { signal } = ending
  let client = await take(options.databaseUrl, options.patienceMs ?? patienceMs, signal)
  const holding = hold()

  async function hold(): Promise<void> {
    while (!signal.aborted) {
      await untilLost(client, signal)
      if (signal.aborted) return
      try {
        client = await take(options.databaseUrl, 0, signal)
      } catch (error) {
        if (isElsewhere(error)) return options.onElsewhere(error)
        await wait(askEveryMs, undefined, { signal }).catch(() => undefined)
      }
    }
  }

  return {
    async stop() {
      ending.abort()
      await holding
      await client.end().catch(() => undefined)
    },
  }
}

async function take(databaseUrl: string, forMs: number, signal: AbortSignal): Promise<Client> {
  const client = new Client({
    connectionString: currentUrl(databaseUrl),
    application_name: 'seloste-custodian alone',
    keepAlive: true,
    options: noticing,
    connectionTimeoutMillis: aliveMs,
  })
  client.on('error', () => undefined) // What is asked rejects as well.
  breakWhenHeld(databaseUrl, client)
  await client.connect()
  try {
    for (const until = performance.now() + forMs; ;) {
      const { rows } = await client.query<{ held: boolean }>(
        'select pg_try_advisory_lock(hashtextextended($1, 0)) as held',
        [lockName],
      )
      if (rows[0]?.held === true) return client
      if (performance.now() >= until || signal.aborted) throw elsewhere()
      await wait(askEveryMs, undefined, { signal }).catch(() => undefined)
    }
  } catch (error) {
    await client.end().catch(() => undefined)
    throw error
  }
}

function isElsewhere(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && error.code === 'custodian-elsewhere'
}

function elsewhere(): Fault {
  return new Fault(
    'custodian-elsewhere',
    'another custodian works on this register, from another folder or machine: each would keep keys that the other destroys',
  )
}

/** Asks now and then: a way that is cut says nothing. */
async function untilLost(client: Client, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await wait(aliveMs, undefined, { signal }).catch(() => undefined)
    if (signal.aborted) return
    const isThere = await Promise.race([
      client.query('select 1').then(
        () => true,
        () => false,
      ),
      wait(aliveMs, false, { ref: false }),
    ])
    if (!isThere) return breakConnection(client)
  }
}
