// LISTEN over one connection per process and database. Reports reconnections, after which notifications may have been missed.
import { setTimeout as wait } from 'node:timers/promises'
import { Client, escapeIdentifier } from 'pg'
import { breakOnSuspend, currentUrl } from './moved-connections.ts'

export type ListenOptions = {
  url: string
  channels: readonly string[]
  onNotification: (channel: string, payload: string) => void
  /** Called when listening begins or resumes. Notifications before that are lost: check the state yourself. */
  onListening?: () => void
  /** Called when the connection breaks or cannot be made; it is retried. */
  onBroken?: (error: Error) => void
  retryMs?: number
}

export type Listening = { stop: () => Promise<void> }

const defaultRetryMs = 1_000
/** Interval of probes that detect a dead peer, such as a failed-over server. */
const aliveCheckMs = 30_000

/** The connection to one database, shared by all listeners. */
interface SharedConnection {
  listeners: Set<ListenOptions>
  /** The current connection and the listeners whose channels it has subscribed to. */
  joined: { client: Client; subscribed: Set<ListenOptions> } | undefined
  ending: AbortController
  ended: Promise<void>
}

/** By URL. */
const sharedConnections = new Map<string, SharedConnection>()

/**
 * Listens until `stop()` and reconnects when the server restarts. Returns at once. All listeners of a database share a
 * connection, since each connection is a PostgreSQL process.
 */
export function listen(options: ListenOptions): Listening {
  const shared = sharedConnections.get(options.url) ?? openSharedConnection(options.url)
  shared.listeners.add(options)
  // A failed subscription breaks the connection, which is reported.
  if (shared.joined) void join(shared.joined, options, shared).catch(() => undefined)
  return {
    stop: async () => {
      shared.listeners.delete(options)
      if (shared.listeners.size > 0) return
      if (sharedConnections.get(options.url) === shared) sharedConnections.delete(options.url)
      shared.ending.abort()
      await shared.ended
    },
  }
}

function openSharedConnection(url: string): SharedConnection {
  const shared: SharedConnection = {
    ...{ listeners: new Set(), joined: undefined, ending: new AbortController() },
    ended: Promise.resolve(),
  }
  sharedConnections.set(url, shared)
  // Connects after the caller has registered its listener.
  shared.ended = Promise.resolve().then(() => listenForever(url, shared))
  return shared
}

async function listenForever(url: string, shared: SharedConnection): Promise<void> {
  const { signal } = shared.ending
  while (!signal.aborted) {
    try {
      await listenOnce(url, shared)
    } catch (error) {
      if (signal.aborted) return
      const cause = error instanceof Error ? error : new Error(String(error))
      const retryMs = Math.min(...[...shared.listeners].map((one) => one.retryMs ?? defaultRetryMs))
      for (const { onBroken } of shared.listeners) onBroken?.(cause)
      await wait(retryMs, undefined, { signal }).catch(() => undefined)
    }
  }
}

/** Resolves when the connection's listeners have stopped; rejects when the connection breaks. */
async function listenOnce(url: string, shared: SharedConnection): Promise<void> {
  const { signal } = shared.ending
  const client = new Client({ connectionString: currentUrl(url), application_name: 'seloste listen', keepAlive: true })
  breakOnSuspend(url, client)
  let timer: NodeJS.Timeout | undefined
  try {
    await new Promise<void>((resolve, reject) => {
      client.on('error', reject)
      client.on('end', () => reject(new Error('The database closed the connection.')))
      client.on('notification', ({ channel, payload }) => {
        for (const { channels, onNotification } of shared.listeners)
          if (channels.includes(channel)) onNotification(channel, payload ?? '')
      })
      signal.addEventListener('abort', () => resolve(), { once: true })
      void begin().catch(reject)
    })
  } finally {
    shared.joined = undefined
    clearInterval(timer)
    client.removeAllListeners()
    client.on('error', () => undefined) // Errors from here on are consequences of the end.
    await client.end().catch(() => undefined)
  }

  async function begin(): Promise<void> {
    await client.connect()
    const joined = { client, subscribed: new Set<ListenOptions>() }
    shared.joined = joined
    for (const one of shared.listeners) await join(joined, one, shared)
    timer = setInterval(() => void client.query('select 1').catch(() => client.emit('end')), aliveCheckMs)
  }
}

async function join(
  { client, subscribed }: NonNullable<SharedConnection['joined']>,
  options: ListenOptions,
  shared: SharedConnection,
): Promise<void> {
  if (subscribed.has(options)) return
  subscribed.add(options)
  for (const channel of options.channels) await client.query(`listen ${escapeIdentifier(channel)}`)
  if (shared.listeners.has(options)) options.onListening?.()
}
