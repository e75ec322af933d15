/** Describes each place by the settings: kind, address without secrets, whether it may be on another machine. */
import { isIP } from 'node:net'
import { networkInterfaces } from 'node:os'
import { sql } from 'kysely'
import { describePlace, type FolderAddress, type PlaceSetting, type S3Address } from '#platform/config/places.ts'
import { isOnNetworkDrive } from '#platform/objects/network-drive.ts'
import type { SafeguardsDatabase } from '../tables.ts'
import type { ConfiguredPlace } from './registry.ts'

/** Describes a place of backups or of a copy of the ledger. */
export async function describeCopyPlace(kind: 'backup' | 'ledger', setting: PlaceSetting): Promise<ConfiguredPlace> {
  const { at, name, site } = setting
  // If it does not exist, opening it reports that.
  const elsewhere = await isElsewhere(at).catch(() => false)
  return { kind, name, location: describePlace(setting), elsewhere, site }
}

/** Describes the object store. */
export async function describeObjectStore({
  objects: at,
  sites,
}: {
  objects: FolderAddress | S3Address
  sites: { objects?: string }
}): Promise<ConfiguredPlace> {
  const elsewhere = await isElsewhere(at).catch(() => false)
  return { kind: 'objects', name: 'objects', location: describePlace({ at }), elsewhere, site: sites.objects }
}

/** Returns true if it may be on another machine. Throws if a folder does not exist. */
export async function isElsewhere(at: FolderAddress | S3Address): Promise<boolean> {
  if (at.kind === 'folder') return isOnNetworkDrive(at.folder)
  return at.endpoint === undefined || !isThisMachine(new URL(at.endpoint).hostname)
}

/** Describes a witness of the audit log, which stores hashes. */
export function describeWitness({ url, site }: { url: string; site?: string | undefined }): ConfiguredPlace {
  const { host, hostname } = new URL(url)
  return { kind: 'witness', name: host, location: url, elsewhere: !isThisMachine(hostname), site }
}

/** Recognises loopback addresses and names; other names are not resolved. */
export function isThisMachine(host: string): boolean {
  const bare = host.replace(/^\[|\]$/g, '')
  if (bare === 'localhost' || bare === '::1' || (isIP(bare) === 4 && bare.startsWith('127.'))) return true
  return Object.values(networkInterfaces()).some((list) => list?.some((one) => one.address === bare))
}

/** Describes the database, its tablespaces and its replicas. */
export async function describeDatabasePlaces(
  db: SafeguardsDatabase,
  site: string | undefined,
): Promise<ConfiguredPlace[]> {
  const { rows } = await sql<{ server: string | null; tablespaces: string[]; replicas: string[] }>`
    select host(inet_server_addr()) as server, standbys() as replicas,
      (select coalesce(array_agg(spcname::text order by spcname), '{}') from pg_tablespace
       where spcname not in ('pg_default', 'pg_global')) as tablespaces`.execute(db)
  const [{ server, tablespaces, replicas } = { server: null, tablespaces: [], replicas: [] }] = rows
  const elsewhere = server !== null && !isThisMachine(server)
  const location = server === null ? 'localhost' : server
  return [
    { kind: 'database', name: 'database', location, elsewhere, site },
    ...tablespaces.map((name): ConfiguredPlace => ({
      kind: 'tablespace',
      name: `tablespace ${name}`,
      location,
      elsewhere,
      site,
    })),
    // Only the operator knows a replica's site; the database's own site does not apply.
    ...replicas.map((address): ConfiguredPlace => ({
      kind: 'replica',
      name: `replica ${address}`,
      location: address,
      elsewhere: true,
    })),
  ]
}
