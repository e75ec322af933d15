// LISTEN with a connection of its own.
// In: a URL and channels. Out: every notification, and word when some may have been missed. Never: a silent gap.
import { setTimeout as wait } from 'node:timers/promises'
import { Client, escapeIdentifier } from 'pg'
import { breakWhenHeld, currentUrl } from './moved-connections.ts'

export type ListenOptions = {
  url: string
  channels: readonly string[]
  onNotification: (channel: string, payload: string) => void
  /** Listening has begun, the first time or again: what happened before was not heard, so look for yourself. */
  onListening?: () => void
  /** The connection broke or could not be made; another try follows by itself. */
  onBroken?: (error: Error) => void
  retryMs?: number
}

export type Listening = { stop: () => Promise<void> }

const defaultRetryMs = 1_000
/** A dead peer (a failed-over server, say) is noticed by asking. */
const aliveCheckMs = 30_000

/** Listens until `stop()`, and comes back by itself when the server restarts. Returns at once. */
export function listen(options: ListenOptions): Listening {
  const ending = new AbortController()
  const loop = listenForever(options, ending.signal)
  return {
    stop: async () => {
      ending.abort()
      await loop
    },
  }
}

async function listenForever(options: ListenOptions, ending: AbortSignal): Promise<void> {
  while (!ending.aborted) {
    try {
      await listenOnce(options, ending)
    } catch (error) {
      if (ending.aborted) return
      options.onBroken?.(error instanceof Error ? error : new Error(String(error)))
      await wait(options.retryMs ?? defaultRetryMs, undefined, { signal: ending }).catch(() => undefined)
    }
  }
}

/** Resolves when `ending` is aborted, rejects when the connection breaks. */
async function listenOnce(options: ListenOptions, ending: AbortSignal): Promise<void> {
  const client = new Client({
    connectionString: currentUrl(options.url),
    application_name: 'seloste listen',
    keepAlive: true,
  })
  breakWhenHeld(options.url, client)
  let timer: NodeJS.Timeout | undefined
  try {
    await new Promise<void>((resolve, reject) => {
      client.on('error', reject)
      client.on('end', () => reject(new Error('The database closed the connection.')))
      client.on('notification', ({ channel, payload }) => options.onNotification(channel, payload ?? ''))
      ending.addEventListener('abort', () => resolve(), { once: true })
      void begin().catch(reject)
    })
  } finally {
    clearInterval(timer)
    client.removeAllListeners()
    client.on('error', () => undefined) // Whatever comes while closing has been reported or is wanted.
    await client.end().catch(() => undefined)
  }

  async function begin(): Promise<void> {
    await client.connect()
    for (const channel of options.channels) await client.query(`listen ${escapeIdentifier(channel)}`)
    if (ending.aborted) return
    options.onListening?.()
    timer = setInterval(() => void client.query('select 1').catch(() => client.emit('end')), aliveCheckMs)
  }
}
