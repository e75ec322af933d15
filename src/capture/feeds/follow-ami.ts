/**
 * Reads detail records from Asterisk's manager interface (AMI) over TCP. The login must have the read permission `cdr`, or
 * `call` for channel events. Each Cdr event, or the needed fields of each CEL event, is stored before the next is read. The
 * only actions sent are Login and Ping. No reported problem contains a secret.
 */
import { connect, type Socket } from 'node:net'
import { storedFields } from './read-cel.ts'

export interface FollowedAmi {
  stop(): void
}

/** State of the connection; `connected` while events arrive. */
export type AmiState = 'connected' | 'login-refused' | 'unreachable'

const retryFirstMs = 1_000
const maxRetryMs = 60_000
/** Sends a ping after this time without data. */
const quietMs = 30_000
const maxMessageLength = 256 * 1024

/**
 * Maintains a connection to the manager; reconnects with increasing delay. Events during an outage are not received; Asterisk's
 * own files have them, and another feed can read these (docs/operate/feeds.md).
 */
export function followAmi(options: {
  host: string
  port: number
  user: string
  secret: string
  /** Events to read: detail records of calls, or channel events, from which only the parties and times are stored. */
  events?: 'cdr' | 'cel'
  /** Stores a record durably. */
  put: (record: unknown) => Promise<void>
  onState: (state: AmiState, detail?: string) => void
  retryMs?: number
}): FollowedAmi {
  const { host, port, user, secret, events = 'cdr', put, onState, retryMs = retryFirstMs } = options
  let stopped = false
  let failures = 0
  let timer: NodeJS.Timeout | undefined
  let socket: Socket | undefined
  let last: AmiState | undefined

  /** Reports the state if it has changed. */
  function reportState(state: AmiState, detail?: string): void {
    if (state !== last) onState(state, detail)
    last = state
  }

  function open(): void {
    const connection = connect({ host, port })
    socket = connection
    let text = ''
    let isLoggedIn = false
    let wasRefused = false
    let working = Promise.resolve()
    connection.setEncoding('utf8')
    connection.setKeepAlive(true, quietMs)
    connection.setTimeout(quietMs, () => {
      if (isLoggedIn) connection.write(message({ Action: 'Ping' }))
      else connection.destroy(new Error('the manager interface does not answer'))
    })
    const wanted = events === 'cel' ? 'call' : 'cdr'
    connection.on('connect', () =>
      connection.write(message({ Action: 'Login', Username: user, Secret: secret, Events: wanted })),
    )
    connection.on('data', (part: string) => {
      text += part
      const ends = text.lastIndexOf('\r\n\r\n')
      if (ends === -1) {
        if (text.length > maxMessageLength)
          connection.destroy(new Error('a message of the manager interface is not terminated'))
        return
      }
      const whole = text.slice(0, ends).split('\r\n\r\n')
      text = text.slice(ends + 4)
      connection.pause()
      working = working
        .then(async () => {
          for (const one of whole) await receive(fieldsOf(one))
        })
        .then(() => void connection.resume())
        .catch((error: unknown) => void connection.destroy(error as Error))
    })
    let reason = ''
    connection.on('error', (error) => (reason = error.message))
    connection.on('close', () => {
      if (stopped) return
      failures++
      if (!wasRefused) reportState('unreachable', reason)
      timer = setTimeout(open, Math.min(retryMs * 2 ** Math.min(failures - 1, 10), maxRetryMs))
    })

    async function receive(fields: Record<string, string>): Promise<void> {
      if (fields['Response'] === 'Success' && !isLoggedIn) {
        isLoggedIn = true
        failures = 0
        reportState('connected')
      }
      if (fields['Response'] === 'Error' && !isLoggedIn) {
        wasRefused = true
        reportState('login-refused', fields['Message'])
        connection.end()
      }
      if (events === 'cdr' && fields['Event'] === 'Cdr') await put(fields)
      const stored = events === 'cel' && fields['Event'] === 'CEL' ? storedFields(fields) : undefined
      if (stored) await put(stored)
    }
  }

  open()
  return {
    stop() {
      stopped = true
      clearTimeout(timer)
      socket?.destroy()
    },
  }
}

/** Parses RFC-822-like lines; the greeting (`Asterisk Call Manager/9.0.0`) precedes the first. */
function fieldsOf(text: string): Record<string, string> {
  return Object.fromEntries(
    text.split('\r\n').flatMap((line) => {
      const at = line.indexOf(':')
      return at <= 0 ? [] : [[line.slice(0, at), line.slice(at + 1).trim()]]
    }),
  )
}

function message(fields: Record<string, string>): string {
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value.replaceAll(/[\r\n]/g, '')}\r\n`)
  return `${lines.join('')}\r\n`
}
