// Current URL of a database that moves while this process runs.
import type { Socket } from 'node:net'
import type { Client } from 'pg'

const moved = new Map<string, string>()
const open = new Map<string, Set<Client>>()

/** URL without a server: connecting fails at once, as when the server is down. */
const nowhere = 'postgres://held@localhost/held?host=%2Fnonexistent%2Fseloste-moves'

/** Breaks connections to `url` and makes new ones fail, as when the database is down, until `moveConnections`. */
export function suspendConnections(url: string): void {
  moved.set(url, nowhere)
  for (const client of open.get(url) ?? []) breakConnection(client)
}

/** Fails whatever is running on the connection at once, without waiting for the server. */
export function breakConnection(client: Client): void {
  const { stream } = (client as unknown as { connection: { stream: Socket } }).connection
  stream.destroy()
}

/** Directs new connections for `url` to `to`; pools and listeners reconnect to it. */
export function moveConnections(url: string, to: string): void {
  moved.set(url, to)
}

export function currentUrl(url: string): string {
  return moved.get(url) ?? url
}

/** Breaks a connection to `url`, wherever that is now, when its connections are suspended. */
export function breakOnSuspend(url: string, client: Client): void {
  const clients = open.get(url) ?? new Set()
  open.set(url, clients.add(client))
  client.once('end', () => clients.delete(client))
}
