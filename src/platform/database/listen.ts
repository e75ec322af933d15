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
  joined: { client: Client; those: Set<ListenOptions> } | undefined
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
  const wire = sharedConnections.get(options.url) ?? openSharedConnection(options.url)
  wire.listeners.add(options)
  // A failed subscription breaks the connection, which is reported.
  if (wire.joined) void join(wire.joined, options, wire).catch(() => undefined)
  return {
    stop: async () => {
      wire.listeners.delete(options)
      if (wire.listeners.size > 0) return
      if (sharedConnections.get(options.url) === wire) sharedConnections.delete(options.url)
      wire.ending.abort()
      await wire.ended
    },
  }
}

function openSharedConnection(url: string): SharedConnection {
  const wire: SharedConnection = {
    ...{ listeners: new Set(), joined: undefined, ending: new AbortController() },
    ended: Promise.resolve(),
  }
  sharedConnections.set(url, wire)
  // Connects after the caller has registered its listener.
  wire.ended = Promise.resolve().then(() => listenForever(url, wire))
  return wire
}

async function listenForever(url: string, wire: SharedConnection): Promise<void> {
  const { signal } = wire.ending
  while (!signal.aborted) {
    try {
      await listenOnce(url, wire)
    } catch (error) {
      if (signal.aborted) return
      const cause = error instanceof Error ? error : new Error(String(error))
      const retryMs = Math.min(...[...wire.listeners].map((one) => one.retryMs ?? defaultRetryMs))
      for (const { onBroken } of wire.listeners) onBroken?.(cause)
      await wait(retryMs, undefined, { signal }).catch(() => undefined)
    }
  }
}

/** Resolves when the wire's listeners have stopped; rejects when the connection breaks. */
async function listenOnce(url: string, wire: SharedConnection): Promise<void> {
  const { signal } = wire.ending
  const client = new Client({ connectionString: currentUrl(url), application_name: 'seloste listen', keepAlive: true })
  breakOnSuspend(url, client)
  let timer: NodeJS.Timeout | undefined
  try {
    await new Promise<void>((resolve, reject) => {
      client.on('error', reject)
      client.on('end', () => reject(new Error('The database closed the connection.')))
      client.on('notification', ({ channel, payload }) => {
        for (const { channels, onNotification } of wire.listeners)
          if (channels.includes(channel)) onNotification(channel, payload ?? '')
      })
      signal.addEventListener('abort', () => resolve(), { once: true })
      void begin().catch(reject)
    })
  } finally {
    wire.joined = undefined
    clearInterval(timer)
    client.removeAllListeners()
    client.on('error', () => undefined) // Errors from here on are consequences of the end.
    await client.end().catch(() => undefined)
  }

  async function begin(): Promise<void> {
    await client.connect()
    const joined = { client, those: new Set<ListenOptions>() }
    wire.joined = joined
    for (const one of wire.listeners) await join(joined, one, wire)
    timer = setInterval(() => void client.query('select 1').catch(() => client.emit('end')), aliveCheckMs)
  }
}

async function join(
  { client, those }: NonNullable<SharedConnection['joined']>,
  options: ListenOptions,
  wire: SharedConnection,
): Promise<void> {
  if (those.has(options)) return
  those.add(options)
  for (const channel of options.channels) await client.query(`listen ${escapeIdentifier(channel)}`)
  if (wire.listeners.has(options)) options.onListening?.()
}
