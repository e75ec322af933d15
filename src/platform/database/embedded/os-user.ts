// Finds an operating system user for PostgreSQL, which refuses to run as root.
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
 * Returns the user for the database when this process is root: `seloste` (created if useradd exists), otherwise `nobody`.
 * Returns undefined for an ordinary user: the database then runs as the same user.
 */
export async function databaseOsUser(): Promise<OsUser | undefined> {
  if (process.getuid?.() !== 0) return undefined
  const known = await findUser(ownUser)
  if (known) return known
  const created = await promisify(execFile)('useradd', [
    '--system',
    '--user-group',
    '--no-create-home',
    '--home-dir',
    '/var/lib/seloste',
    '--shell',
    '/usr/sbin/nologin',
    ownUser,
  ]).then(
    () => findUser(ownUser),
    // No useradd, a read-only /etc, or another start just created the user.
    () => findUser(ownUser),
  )
  const user = created ?? (await findUser(fallbackUser))
  if (!user) {
    throw new DatabaseFault(
      'database-start-failed',
      `PostgreSQL does not run as root, and this machine has no user "${ownUser}" or "${fallbackUser}": run Seloste as an ordinary user.`,
    )
  }
  return user
}

/** Returns true if `user` can traverse every folder above `path` and read it; always true for the current user. */
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

async function findUser(name: string): Promise<OsUser | undefined> {
  const passwd = await readFile('/etc/passwd', 'utf8').catch(() => '')
  for (const line of passwd.split('\n')) {
    const [found, , uid, gid] = line.split(':')
    if (found === name && uid && gid) return { name, uid: Number(uid), gid: Number(gid) }
  }
  // macOS stores users elsewhere; `id` finds them all.
  const id = async (flag: string) => Number((await promisify(execFile)('id', [flag, name])).stdout)
  return Promise.all([id('-u'), id('-g')]).then(
    ([uid, gid]) => ({ name, uid, gid }),
    () => undefined,
  )
}
