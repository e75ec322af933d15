import type { Socket } from 'node:net'
import { clientKeyOf } from '#platform/connections/client-address.ts'

interface Handshakes {
  begin(raw: Socket): void
  /** Call it with the TLS socket of a finished handshake. */
  finish(socket: Socket): void
}

/**
 * Limits unfinished TLS handshakes, separately from connections: clients have not yet authenticated. Beyond a limit the oldest
 * handshake of a source is ended, because a client that has a certificate finishes within moments.
 */
export function limitHandshakes({
  limits,
  onEnded,
}: {
  limits: { handshakes: number; connectionsPerSource: number }
  /** Called before a handshake is ended. The server counts it as refused when its connection closes. */
  onEnded: (reason: string, address: string) => void
}): Handshakes {
  /** By source (an IPv4 address or an IPv6 /64) and peer, the oldest first. */
  const sources = new Map<string, Map<string, Socket>>()
  let unfinished = 0

  function remove(source: string, peer: string): void {
    const ofSource = sources.get(source)
    if (ofSource?.delete(peer) !== true) return
    unfinished--
    if (ofSource.size === 0) sources.delete(source)
  }

  function endOldest(source: string, reason: string): void {
    const [peer, socket] = sources.get(source)!.entries().next().value!
    remove(source, peer)
    onEnded(reason, socket.remoteAddress ?? '')
    socket.destroy()
  }

  return {
    begin(raw) {
      const source = clientKeyOf(raw.remoteAddress ?? '')
      if ((sources.get(source)?.size ?? 0) >= limits.connectionsPerSource)
        endOldest(source, `its source has ${limits.connectionsPerSource} unfinished handshakes`)
      else if (unfinished >= limits.handshakes) endOldest(busiest(sources), `${unfinished} handshakes are unfinished`)
      const peer = peerOf(raw)
      const ofSource = sources.get(source) ?? new Map<string, Socket>()
      sources.set(source, ofSource.set(peer, raw))
      unfinished++
      raw.once('close', () => remove(source, peer))
    },
    finish: (socket) => remove(clientKeyOf(socket.remoteAddress ?? ''), peerOf(socket)),
  }
}

/** Returns the source with the most unfinished handshakes. */
function busiest(sources: ReadonlyMap<string, ReadonlyMap<string, Socket>>): string {
  let [most, found] = [0, '']
  for (const [source, { size }] of sources) if (size > most) [most, found] = [size, source]
  return found
}

/** Returns the addresses and ports of a connection: a TLS socket has those of its raw socket. */
function peerOf({ remoteAddress, remotePort, localAddress, localPort }: Socket): string {
  return `${remoteAddress} ${remotePort} ${localAddress} ${localPort}`
}
