/** Serves desks on other machines over TLS 1.3: only clients with a certificate of our authorities that names a desk. */
import type { X509Certificate } from 'node:crypto'
import { createServer } from 'node:https'
import { isIP } from 'node:net'
import { TLSSocket } from 'node:tls'
import { formatEndpoint } from '#platform/config/addresses.ts'
import type { SplitRoleSettings } from '#platform/config/split-roles.ts'
import { limitConnections } from '#platform/connections/limit-connections.ts'
import { closeServer, listenAt } from '#platform/connections/small-server.ts'
import type { Log } from '#platform/log/log.ts'
import { throttleLog } from '#platform/log/throttle-log.ts'
import type { DeskHandler } from './custodian-server.ts'
import { watchLinkCertificate, linkVersion } from './custodian-transport.ts'

export interface CustodianLink {
  /** `https://address:port` of the listener. */
  address: string
  stop: () => Promise<void>
}

interface Dependencies {
  now: () => Temporal.Instant
  log: Pick<Log, 'info' | 'warn' | 'error'>
  /** Interval of checks for changed certificates. */
  checkMs?: number | undefined
}

const handshakeMs = 10_000
const connections = 4096
/** Enough for a desk, and few enough that strangers with a handful of addresses leave some. */
const connectionsPerClient = 512

/** Starts the listener. Returns undefined if SELOSTE_CUSTODIAN_LISTEN is not set. */
export async function serveCustodianLink(
  { custodianListen: listen, desks, linkFiles }: Pick<SplitRoleSettings, 'custodianListen' | 'desks' | 'linkFiles'>,
  answerDesk: DeskHandler,
  dependencies: Dependencies,
): Promise<CustodianLink | undefined> {
  if (!listen || !linkFiles) return undefined
  const { log } = dependencies
  const certificate = await watchLinkCertificate(
    linkFiles,
    dependencies,
    'desks on other machines cannot connect until this is corrected',
  )
  const logRefusal = throttleLog((details, line) => log.warn(details, line))
  const server = createServer(
    {
      ...certificate.inUse,
      minVersion: linkVersion,
      requestCert: true,
      rejectUnauthorized: true,
      handshakeTimeout: handshakeMs,
    },
    (incoming, outgoing) => {
      const { socket } = incoming
      const shown = socket instanceof TLSSocket && socket.authorized ? socket.getPeerX509Certificate() : undefined
      if (shown && isDesk(shown, desks)) {
        answerDesk(incoming, outgoing)
        return
      }
      logRefusal(
        { address: socket.remoteAddress, names: shown?.subjectAltName ?? 'none' },
        'refused a client whose certificate is valid but not listed in SELOSTE_CUSTODIAN_DESKS',
      )
      incoming.resume()
      outgoing.writeHead(403).end()
    },
  )
  server.maxConnections = connections
  limitConnections(server, {
    perClient: connectionsPerClient,
    onRefused: (address) =>
      logRefusal({ address, most: connectionsPerClient }, 'refused a connection to the custodian'),
  })
  server.on('tlsClientError', (error: Error, socket: TLSSocket) => {
    logRefusal(
      { address: socket.remoteAddress, why: error.message },
      'refused a connection to the custodian: no certificate from SELOSTE_LINK_AUTHORITIES, or no TLS 1.3',
    )
    // After a handshake timeout Node leaves the connection open.
    socket.destroy()
  })
  certificate.onChange((changed) => server.setSecureContext({ ...changed, minVersion: linkVersion }))
  try {
    const { address, port } = await listenAt(server, listen)
    return {
      address: `https://${formatEndpoint({ host: address, port })}`,
      async stop() {
        certificate.stop()
        await closeServer(server)
      },
    }
  } catch (error) {
    certificate.stop()
    throw error
  }
}

/** Returns true if a subject alternative name of the certificate is a desk's name. Wildcards do not match: one name is one desk. */
function isDesk(shown: X509Certificate, desks: readonly string[]): boolean {
  return desks.some(
    (name) =>
      (isIP(name) === 0 ? shown.checkHost(name, { subject: 'never', wildcards: false }) : shown.checkIP(name)) !==
      undefined,
  )
}
