import type { Socket } from 'node:net'
import { connect, createServer, type TLSSocket } from 'node:tls'
import type { FollowedCertificate } from '#platform/certificates/follow-certificate.ts'
import type { StreamSockets } from './listen-stream.ts'

/** As in RFC 5630: no older than 1.2, and TLS 1.3 where both can. */
const minVersion = 'TLSv1.2'

export interface TlsSocketsOptions {
  certificate: FollowedCertificate
  /** How long a handshake may take. */
  handshakeMs: number
  /** Sockets at the same time, those in their handshake among them. */
  connections: number
  /** A client without a certificate of our authorities, or something that speaks no TLS. */
  onRefused: (error: Error, address: string) => void
}

/**
 * SIP over TLS in which both sides show a certificate (RFC 5922). A renewed one is for the connections that come: those that
 * are open go on under the one they began with.
 */
export function tlsSockets({ certificate, handshakeMs, connections, onRefused }: TlsSocketsOptions): StreamSockets {
  const names = new WeakMap<Socket, string | undefined>()
  return {
    kind: 'tls',
    peerName(socket) {
      if (!names.has(socket)) names.set(socket, certificateName(socket as TLSSocket))
      return names.get(socket)
    },
    accept(onSocket) {
      const server = createServer(
        {
          ...certificate.inUse,
          minVersion,
          requestCert: true,
          rejectUnauthorized: true,
          handshakeTimeout: handshakeMs,
          noDelay: true,
        },
        onSocket,
      )
      server.maxConnections = connections
      server.on('tlsClientError', (error: Error, socket: TLSSocket) => {
        onRefused(error, socket.remoteAddress ?? '')
        // Node tells of a handshake that takes too long and leaves its connection open.
        socket.destroy()
      })
      certificate.onChange((changed) => server.setSecureContext({ ...changed, minVersion }))
      return server
    },
    connect: (host, port) =>
      connect({
        ...certificate.inUse,
        host,
        port,
        minVersion,
        // The client's authorities vouch for it; by its address it is known already, and names are not told in a Contact.
        checkServerIdentity: () => undefined,
      }),
  }
}

/** The names of a certificate (RFC 5922 section 7.1): its alternative names, or else its common name. */
function certificateName(socket: TLSSocket): string | undefined {
  const { subjectaltname, subject } = socket.getPeerCertificate()
  const name = subjectaltname ?? subject?.CN
  return name === undefined ? undefined : String(name)
}
