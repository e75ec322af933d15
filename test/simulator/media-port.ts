import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'

export type MediaPort = { readonly socket: Socket; readonly port: number }

/** Opens an even port, as RTP prefers (RFC 3550 section 11). */
export async function openMediaPort(host: string): Promise<MediaPort> {
  for (let attempt = 0; ; attempt++) {
    const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4')
    socket.bind(0, host)
    await once(socket, 'listening')
    const { port } = socket.address()
    if (port % 2 === 0 || attempt === 20) {
      // Ignores port unreachable, which means that the recorder is gone: a sender does not care.
      socket.on('error', () => undefined)
      return { socket, port }
    }
    await new Promise<void>((resolve) => socket.close(() => resolve()))
  }
}
