import { createHash } from 'node:crypto'
import { lstatSync, mkdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Settings } from '#platform/config/settings.ts'
import { Fault } from '#platform/fault.ts'
import type { RoleName } from './role.ts'

/** Sockets of an installation, with their owners. */
const owners = {
  custodian: 'custodian',
  'metrics-custodian': 'custodian',
  'capture-control': 'capture',
  'metrics-capture': 'capture',
  'metrics-feeds': 'feeds',
  // The supervisor's, if there is one.
  moving: 'custodian',
} as const satisfies Record<string, RoleName>

export type SocketName = keyof typeof owners
/** Settings of the socket folder. */
export type SocketSettings = Pick<Settings, 'dataDirectory'> & {
  splitRoles: Pick<Settings['splitRoles'], 'socketsFolder'>
}

const maxPathBytes = 100

/**
 * Returns the path of a unix socket: in its role's folder below SELOSTE_RUN; otherwise in the data folder, or if that path is
 * too long, in a folder of our own below the temporary one.
 * @throws Fault `socket-folder-open` if another user made that folder
 */
export function socketPath({ dataDirectory, splitRoles }: SocketSettings, name: SocketName): string {
  if (splitRoles.socketsFolder !== undefined) return join(splitRoles.socketsFolder, owners[name], `${name}.sock`)
  const inData = join(dataDirectory, `${name}.sock`)
  if (Buffer.byteLength(inData) <= maxPathBytes) return inData
  const hash = createHash('sha256').update(dataDirectory).digest('hex').slice(0, 16)
  const folder = join(tmpdir(), `seloste-${hash}`)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  // Everybody can make folders there: another user's could answer the desk in the custodian's place.
  const found = lstatSync(folder)
  if (!found.isDirectory() || found.uid !== process.getuid?.() || (found.mode & 0o077) !== 0) {
    throw new Fault('socket-folder-open', `${folder} has another owner or is accessible to others; remove it`)
  }
  return join(folder, `${name}.sock`)
}
