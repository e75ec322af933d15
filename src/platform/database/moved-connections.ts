// Where this process finds a database that moves while it runs.
// In: the URL that the process was started with. Out: the one that holds now. Never: a connection to one that is held.
import type { Socket } from 'node:net'
import type { Client } from 'pg'

const moved = new Map<string, string>()
const open = new Map<string, Set<Client>>()

/** Nobody listens there: whoever connects is told so at once, as by a server that is away. */
const nowhere = 'postgres://held@localhost/held?host=%2Fnonexistent%2Fseloste-moves'

/** Connections to `url` break, and new ones fail as they do where the database is away, until `moveConnections`. */
export function holdConnections(url: string): void {
  moved.set(url, nowhere)
  for (const client of open.get(url) ?? []) breakConnection(client)
}

/** Whatever is under way on it fails at once, and nothing waits for the server. */
export function breakConnection(client: Client): void {
  const { stream } = (client as unknown as { connection: { stream: Socket } }).connection
  stream.destroy()
}

/** New connections to `url` go to `to`; pools and listeners come to it by themselves. */
export function moveConnections(url: string, to: string): void {
  moved.set(url, to)
}

export function currentUrl(url: string): string {
  return moved.get(url) ?? url
}

/** A connection to `url`, wherever that is now, breaks when it is held. */
export function breakWhenHeld(url: string, client: Client): void {
  const clients = open.get(url) ?? new Set()
  open.set(url, clients.add(client))
  client.once('end', () => clients.delete(client))
}
