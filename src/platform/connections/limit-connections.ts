import type { Server, Socket } from 'node:net'
import { clientKeyOf } from './client-address.ts'

export interface ConnectionLimit {
  /** Most open connections of one client (an IPv4 address, an IPv6 /64). */
  perVisitor: number
  /** Exempt addresses, such as proxies, which serve many clients. */
  isExempt?: (address: string) => boolean
  onRefused?: (visitor: string) => void
}

/** Closes connections beyond a client's limit on arrival, before TLS and before anything is read. */
export function limitConnections(server: Server, { perVisitor, isExempt, onRefused }: ConnectionLimit): void {
  const open = new Map<string, number>()
  server.prependListener('connection', (socket: Socket) => {
    const { remoteAddress } = socket
    // The client is already gone.
    if (remoteAddress === undefined || isExempt?.(remoteAddress) === true) return
    const visitor = clientKeyOf(remoteAddress)
    const count = open.get(visitor) ?? 0
    if (count >= perVisitor) {
      socket.destroy()
      onRefused?.(visitor)
      return
    }
    open.set(visitor, count + 1)
    socket.once('close', () => {
      const left = open.get(visitor)! - 1
      if (left > 0) open.set(visitor, left)
      else open.delete(visitor)
    })
  })
}
