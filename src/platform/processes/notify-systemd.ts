/**
 * Sends notifications to systemd (sd_notify(3)): one datagram at the socket NOTIFY_SOCKET; does nothing without it. A failure
 * never fails the start.
 */
import koffi from 'koffi'

export interface Systemd {
  /** `READY=1`, `STATUS=...`, `STOPPING=1`. */
  notify(...lines: readonly string[]): void
  /** Sends WATCHDOG=1 at a third of systemd's interval while the event loop runs. */
  sendWatchdog(): void
}

const AF_UNIX = 1
const SOCK_DGRAM = 2
const SOCK_CLOEXEC = 0o2000000
const MSG_NOSIGNAL = 0x4000
const maxPathBytes = 107

/** @param environment `process.env`; NOTIFY_SOCKET and WATCHDOG_USEC are read */
export function findSystemd(environment: Readonly<Record<string, string | undefined>>): Systemd {
  const { NOTIFY_SOCKET: path = '', WATCHDOG_USEC: watchdog, WATCHDOG_PID: watched } = environment
  const isSocket = process.platform === 'linux' && /^[/@]/.test(path) && Buffer.byteLength(path) <= maxPathBytes
  const send = isSocket ? sendTo(path) : () => undefined
  const notify = (...lines: readonly string[]) => send(Buffer.from(lines.join('\n')))
  return {
    notify,
    sendWatchdog() {
      const everyMs = Number(watchdog) / 3_000
      if (!isSocket || !(everyMs > 0) || (watched !== undefined && Number(watched) !== process.pid)) return
      notify('WATCHDOG=1')
      setInterval(() => notify('WATCHDOG=1'), everyMs).unref()
    },
  }
}

/** Referenced for good: koffi unloads an unreferenced library. */
const libc = process.platform === 'linux' ? koffi.load(null) : undefined

function sendTo(path: string): (message: Buffer) => void {
  if (!libc) return () => undefined
  const socket = libc.func('socket', 'int', ['int', 'int', 'int']) as (...args: number[]) => number
  const close = libc.func('close', 'int', ['int']) as (descriptor: number) => number
  const sendto = libc.func('sendto', 'int64', ['int', 'uint8_t *', 'size_t', 'int', 'uint8_t *', 'uint32_t']) as (
    descriptor: number,
    message: Buffer,
    size: number,
    flags: number,
    address: Buffer,
    addressSize: number,
  ) => number
  // sockaddr_un: the family in host order, then the path; an abstract one begins with a zero byte (unix(7)).
  const family = Buffer.from(Uint16Array.of(AF_UNIX).buffer)
  const address = Buffer.concat([family, Buffer.from(path.replace(/^@/, '\0'))])
  return (message) => {
    const descriptor = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)
    if (descriptor < 0) return
    sendto(descriptor, message, message.length, MSG_NOSIGNAL, address, address.length)
    close(descriptor)
  }
}
