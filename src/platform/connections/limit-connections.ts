import type { Server, Socket } from 'node:net'
import { clientKeyOf } from './client-address.ts'

export interface ConnectionLimit {
  /** Most open connections of one client (an IPv4 address, an IPv6 /64). */
  perClient: number
  /** Exempt addresses, such as proxies, which serve many clients. */
  isExempt?: (address: string) => boolean
  onRefused?: (client: string) => void
}

/** Closes connections beyond a client's limit on arrival, before TLS and before anything is read. */
export function limitConnections(server: Server, { perClient, isExempt, onRefused }: ConnectionLimit): void {
  const open = new Map<string, number>()
  server.prependListener('connection', (socket: Socket) => {
    const { remoteAddress } = socket
    // The client is already gone.
    if (remoteAddress === undefined || isExempt?.(remoteAddress) === true) return
    const client = clientKeyOf(remoteAddress)
    const count = open.get(client) ?? 0
    if (count >= perClient) {
      socket.destroy()
      onRefused?.(client)
      return
    }
    open.set(client, count + 1)
    socket.once('close', () => {
      const remaining = open.get(client)! - 1
      if (remaining > 0) open.set(client, remaining)
      else open.delete(client)
    })
  })
}
