import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import type { Source, TransportKind } from './handler.ts'
import { parseSipUri } from './uri.ts'

export interface Target {
  transport: TransportKind
  address: string
  port: number
}

/**
 * Resolves a URI to transport, address and port (RFC 3263 without NAPTR and SRV, because a Contact has host and port). Returns
 * the source of the dialog's last request if the URI is invalid or its host unknown. Never rejects.
 */
export async function resolveTarget(uri: string, lastSource: Source): Promise<Target> {
  const parsed = parseSipUri(uri)
  if (parsed === undefined) return lastSource
  const named = parsed.parameters.get('transport')?.toLowerCase()
  const transport = named === 'udp' || named === 'tcp' || named === 'tls' ? named : lastSource.transport
  const port = parsed.port ?? (transport === 'tls' || parsed.scheme === 'sips' ? 5061 : 5060)
  if (isIP(parsed.host) !== 0) return { transport, address: parsed.host, port }
  try {
    return { transport, address: (await lookup(parsed.host)).address, port }
  } catch {
    // If the peer's host name does not resolve, uses its source address.
    return lastSource
  }
}
