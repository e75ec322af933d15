import { createHash } from 'node:crypto'
import { lstatSync, mkdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Settings } from '#platform/config/settings.ts'
import { Fault } from '#platform/fault.ts'
import type { RoleName } from './role.ts'

/** The sockets of an installation, and whose each is. */
const owners = {
  custodian: 'custodian',
  'metrics-custodian': 'custodian',
  'capture-control': 'capture',
  'metrics-capture': 'capture',
  'metrics-feeds': 'feeds',
  // Of the supervisor, where there is one.
  moving: 'custodian',
} as const satisfies Record<string, RoleName>

export type SocketName = keyof typeof owners
/** Settings that say where sockets lie. */
export type SocketSettings = Pick<Settings, 'dataDirectory'> & { apart: Pick<Settings['apart'], 'socketsFolder'> }

const longestPathBytes = 100

/**
 * Path of a unix socket of this installation: in its role's folder below SELOSTE_RUN; without that in the data folder, or where
 * that is too long a path, in a folder of our own below the temporary one.
 * @throws Fault `socket-folder-open` when somebody else has made that folder
 */
export function socketPath({ dataDirectory, apart }: SocketSettings, name: SocketName): string {
  if (apart.socketsFolder !== undefined) return join(apart.socketsFolder, owners[name], `${name}.sock`)
  const inData = join(dataDirectory, `${name}.sock`)
  if (Buffer.byteLength(inData) <= longestPathBytes) return inData
  const hash = createHash('sha256').update(dataDirectory).digest('hex').slice(0, 16)
  const folder = join(tmpdir(), `seloste-${hash}`)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  // Anybody can make folders there: one of somebody else's could answer the desk in the custodian's place.
  const found = lstatSync(folder)
  if (!found.isDirectory() || found.uid !== process.getuid?.() || (found.mode & 0o077) !== 0) {
    throw new Fault('socket-folder-open', `${folder} belongs to somebody else or can be entered by others; remove it`)
  }
  return join(folder, `${name}.sock`)
}
