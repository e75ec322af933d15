// PostgreSQL refuses to run as root, so root lends it an operating system user of its own.
// In: who runs us. Out: uid and gid for the database, and whether that user can reach a path. Never: a login shell.
import { execFile } from 'node:child_process'
import { stat } from 'node:fs/promises'
import { readFile } from 'node:fs/promises'
import { dirname, parse, resolve } from 'node:path'
import { promisify } from 'node:util'
import { DatabaseFault } from '../faults.ts'

export type OsUser = { name: string; uid: number; gid: number }

const ownUser = 'seloste'
const fallbackUser = 'nobody'

/**
 * The user the database runs as when we are root: `seloste` (made when it is missing and useradd is there), else `nobody`.
 * `undefined` when we are an ordinary user: then the database runs as ourselves.
 */
export async function databaseOsUser(): Promise<OsUser | undefined> {
  if (process.getuid?.() !== 0) return undefined
  const known = await lookUp(ownUser)
  if (known) return known
  const made = await promisify(execFile)('useradd', [
    '--system',
    '--user-group',
    '--no-create-home',
    '--home-dir',
    '/var/lib/seloste',
    '--shell',
    '/usr/sbin/nologin',
    ownUser,
  ]).then(
    () => lookUp(ownUser),
    // No useradd, a read-only /etc, or another start made the user just now.
    () => lookUp(ownUser),
  )
  const user = made ?? (await lookUp(fallbackUser))
  if (!user) {
    throw new DatabaseFault(
      'database-start-failed',
      `PostgreSQL does not run as root and this machine has neither a user "${ownUser}" nor "${fallbackUser}": run Seloste as an ordinary user.`,
    )
  }
  return user
}

/** Whether `user` can go through every folder above `path` and read what is there; ourselves (`undefined`) always can try. */
export async function canEnter(path: string, user: OsUser | undefined): Promise<boolean> {
  if (!user) return true
  const root = parse(resolve(path)).root
  for (let folder = resolve(path); ; folder = dirname(folder)) {
    const { mode, uid, gid } = await stat(folder)
    const shift = uid === user.uid ? 6 : gid === user.gid ? 3 : 0
    if (((mode >> shift) & 0o1) === 0) return false
    if (folder === root) return true
  }
}

async function lookUp(name: string): Promise<OsUser | undefined> {
  const passwd = await readFile('/etc/passwd', 'utf8').catch(() => '')
  for (const line of passwd.split('\n')) {
    const [found, , uid, gid] = line.split(':')
    if (found === name && uid && gid) return { name, uid: Number(uid), gid: Number(gid) }
  }
  // macOS keeps its users elsewhere; `id` knows them all.
  const id = async (flag: string) => Number((await promisify(execFile)('id', [flag, name])).stdout)
  return Promise.all([id('-u'), id('-g')]).then(
    ([uid, gid]) => ({ name, uid, gid }),
    () => undefined,
  )
}
