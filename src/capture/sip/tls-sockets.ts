import type { Socket } from 'node:net'
import { connect, createServer, type TLSSocket } from 'node:tls'
import type { FollowedCertificate } from '#platform/certificates/follow-certificate.ts'
import type { StreamSockets } from './listen-stream.ts'

/** Minimum TLS version; TLS 1.3 is used if both sides support it. */
const minVersion = 'TLSv1.2'

export interface TlsSocketsOptions {
  certificate: FollowedCertificate
  /** Timeout of a handshake. */
  handshakeMs: number
  /** Called for every connection that closes before its handshake is finished, without a valid client certificate for instance. */
  onRefused: (reason: string, address: string) => void
}

/** SIP over mutual TLS (RFC 5922). A renewed certificate applies to new connections; open ones continue with theirs. */
export function tlsSockets({ certificate, handshakeMs, onRefused }: TlsSocketsOptions): StreamSockets {
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
      server.on('tlsClientError', (error: Error, socket: TLSSocket) => {
        onRefused(error.message, socket.remoteAddress ?? '')
        // After a handshake timeout Node leaves the connection open.
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
        // Checks the certificate's authority, but no host name: we connect to a known address, and a Contact has no host name.
        checkServerIdentity: () => undefined,
      }),
  }
}

/** Returns the names of a certificate (RFC 5922 section 7.1): its alternative names, or else its common name. */
function certificateName(socket: TLSSocket): string | undefined {
  const { subjectaltname, subject } = socket.getPeerCertificate()
  const name = subjectaltname ?? subject?.CN
  return name === undefined ? undefined : String(name)
}
