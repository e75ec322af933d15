// Chooses the location of an embedded cluster: a folder that the database's user can use and others cannot read.
import { createHash, randomBytes } from 'node:crypto'
import { chmod, chown, mkdir, mkdtemp, readFile, readdir, rename, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { DatabaseFault } from '../faults.ts'
import { canEnter, type OsUser } from './os-user.ts'

/** Files and folders of an embedded cluster, all below `root`. */
export type ClusterPaths = {
  root: string
  cluster: string
  unfinishedCluster: string
  passwordFile: string
  ownerFile: string
  logFile: string
}

/** Location of what root's database user must reach. */
export const sharedRoot = '/var/lib/seloste'

/** sockaddr_un.sun_path holds 108 bytes on Linux and 104 on macOS, including the terminating zero. */
const maxSocketPathLength = 103
const socketName = '.s.PGSQL.5432'

/**
 * Finds or creates the location of the cluster of `dataDirectory`. If `user` cannot enter that folder (for example below
 * /root), the cluster is in `/var/lib/seloste/<hash>-<random>`, recorded in the file `location` in `dataDirectory`. The random
 * part keeps a re-created data folder from finding the old database, whose keys are gone.
 */
export async function findClusterPaths(
  dataDirectory: string,
  user: OsUser | undefined,
): Promise<{ paths: ClusterPaths; orphaned: string[] }> {
  const chosen = resolve(dataDirectory)
  await mkdir(chosen, { recursive: true, mode: user ? 0o711 : 0o700 })
  const locationFile = join(chosen, 'location')
  const recorded = (await readIfExists(locationFile))?.trim()
  if (recorded) {
    await stat(recorded).catch((cause: unknown) => {
      throw new DatabaseFault(
        'database-start-failed',
        `According to ${locationFile} the database is in ${recorded}, but that folder cannot be opened.`,
        cause,
      )
    })
    return { paths: clusterPathsIn(recorded), orphaned: [] }
  }
  if (await canEnter(chosen, user)) return { paths: clusterPathsIn(chosen), orphaned: [] }

  await mkdir(sharedRoot, { recursive: true })
  // Set again: the umask may have removed it.
  await chmod(sharedRoot, 0o755)
  const hash = createHash('sha256').update(chosen).digest('hex').slice(0, 8)
  const orphaned = (await readdir(sharedRoot)).filter((name) => name.startsWith(`${hash}-`))
  const moved = join(sharedRoot, `${hash}-${randomBytes(3).toString('hex')}`)
  await mkdir(moved)
  await chmod(moved, 0o711)
  await writeFile(`${locationFile}.new`, `${moved}\n`, { flush: true })
  await rename(`${locationFile}.new`, locationFile)
  return { paths: clusterPathsIn(moved), orphaned: orphaned.map((name) => join(sharedRoot, name)) }
}

/** Returns the location of an existing cluster, without creating anything. */
export async function existingClusterPaths(dataDirectory: string): Promise<ClusterPaths> {
  const chosen = resolve(dataDirectory)
  return clusterPathsIn((await readIfExists(join(chosen, 'location')))?.trim() || chosen)
}

/** Creates a short folder for the socket; only the database's user (and root) can enter it. */
export async function makeSocketDirectory(user: OsUser | undefined): Promise<string> {
  const preferred = join(tmpdir(), 'seloste-')
  const fits = join(`${preferred}XXXXXX`, socketName).length <= maxSocketPathLength
  const directory = await mkdtemp(fits && (await canEnter(tmpdir(), user)) ? preferred : '/tmp/seloste-')
  await restrictToUser(directory, user)
  return directory
}

/** Gives a path to the database's user and closes it to everybody else. */
export async function restrictToUser(path: string, user: OsUser | undefined): Promise<void> {
  if (user) await chown(path, user.uid, user.gid)
  await chmod(path, (await stat(path)).isDirectory() ? 0o700 : 0o600)
}

export async function readIfExists(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

function clusterPathsIn(root: string): ClusterPaths {
  return {
    root,
    cluster: join(root, 'cluster'),
    unfinishedCluster: join(root, 'cluster.new'),
    passwordFile: join(root, 'superuser-password'),
    ownerFile: join(root, 'owner.json'),
    logFile: join(root, 'postgres.log'),
  }
}
