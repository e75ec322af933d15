// What the HTTP servers beside the API share: those of feeds, decisions, the witness, the custodian and control sockets.
import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage, Server as HttpServer } from 'node:http'
import type { AddressInfo, Server } from 'node:net'
import type { Endpoint } from '../config/addresses.ts'

/** Starts listening and returns the address. */
export async function listenAt(server: Server, { host, port }: Endpoint): Promise<AddressInfo> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, resolve)
  })
  return server.address() as AddressInfo
}

/** Stops listening, and ends the requests under way. */
export function closeServer(server: HttpServer): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}

/** Returns the body of a request, or undefined if it has more than `maxBytes`; it is then read to its end and not kept. */
export async function readBody(request: IncomingMessage, maxBytes: number): Promise<string | undefined> {
  const parts: Buffer[] = []
  let bytes = 0
  for await (const part of request as AsyncIterable<Buffer>) {
    bytes += part.length
    if (bytes <= maxBytes) parts.push(part)
  }
  return bytes > maxBytes ? undefined : Buffer.concat(parts).toString('utf8')
}

/** Compares secrets; the time it takes tells nothing about either. */
export function isSameSecret(given: string, secret: string): boolean {
  const [a, b] = [given, secret].map((one) => createHash('sha256').update(one).digest())
  return timingSafeEqual(a!, b!)
}
