// Where this process finds a database that moves while it runs.
// In: the URL that the process was started with. Out: the one that holds now. Never: a connection to one that is held.

const moved = new Map<string, string>()

/** Nobody listens there: whoever connects is told so at once, as by a server that is away. */
const nowhere = 'postgres://held@localhost/held?host=%2Fnonexistent%2Fseloste-moves'

/** New connections to `url` fail as they do where the database is away, until `moveConnections`. */
export function holdConnections(url: string): void {
  moved.set(url, nowhere)
}

/** New connections to `url` go to `to`; pools and listeners come to it by themselves. */
export function moveConnections(url: string, to: string): void {
  moved.set(url, to)
}

export function currentUrl(url: string): string {
  return moved.get(url) ?? url
}
