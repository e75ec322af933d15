import { createHash } from 'node:crypto'
import { lstatSync, mkdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Settings } from '#platform/config/settings.ts'
import { Fault } from '#platform/fault.ts'
import type { RoleName } from './role.ts'

/** Role that owns each socket. */
const owners = {
  custodian: 'custodian',
  'metrics-custodian': 'custodian',
  'capture-control': 'capture',
  'metrics-capture': 'capture',
  'metrics-feeds': 'feeds',
  // Socket of the supervisor, if there is one.
  moving: 'custodian',
} as const satisfies Record<string, RoleName>

export type SocketName = keyof typeof owners
/** Settings of the socket folder. */
export type SocketSettings = Pick<Settings, 'dataDirectory'> & {
  splitRoles: Pick<Settings['splitRoles'], 'socketsFolder'>
}

const maxPathBytes = 100

/**
 * Returns the path of a unix socket: in its role's folder below SELOSTE_RUN if that is set, otherwise in the data folder, or,
 * if that path is too long, in a private folder below the system's temporary folder.
 * @throws Fault `socket-folder-open` if another user owns the private folder
 */
export function socketPath({ dataDirectory, splitRoles }: SocketSettings, name: SocketName): string {
  if (splitRoles.socketsFolder !== undefined) return join(splitRoles.socketsFolder, owners[name], `${name}.sock`)
  const inData = join(dataDirectory, `${name}.sock`)
  if (Buffer.byteLength(inData) <= maxPathBytes) return inData
  const hash = createHash('sha256').update(dataDirectory).digest('hex').slice(0, 16)
  const folder = join(tmpdir(), `seloste-${hash}`)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  // Any user can create folders there. In another user's folder a fake custodian could answer the desk.
  const found = lstatSync(folder)
  if (!found.isDirectory() || found.uid !== process.getuid?.() || (found.mode & 0o077) !== 0) {
    throw new Fault('socket-folder-open', `${folder} has another owner or is accessible to others; remove it`)
  }
  return join(folder, `${name}.sock`)
}
