// Upgrades the embedded cluster to the major version of npm's binaries by copying all rows into a new cluster. The old
// cluster's files are neither changed nor deleted.
import { readdir, rename, rm, stat, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import { syncFolder } from '../../files/durable-files.ts'
import { startEmbeddedPostgres, type EmbeddedLog } from '../embedded.ts'
import { DatabaseFault } from '../faults.ts'
import { setRolePasswords } from '../role-passwords.ts'
import { prepareBinaries } from './binaries.ts'
import { majorOf, upgradeFolder } from './major.ts'
import { databaseOsUser } from './os-user.ts'
import { findClusterPaths, readIfExists, sharedRoot, type ClusterPaths } from './cluster-paths.ts'
import { superuser } from './postmaster.ts'

export interface UpgradeOptions {
  dataDirectory: string
  /** Returns the folder whose `bin` has PostgreSQL of a major version. */
  binariesOf: (major: number) => Promise<string>
  log: EmbeddedLog
  /** Copies and compares everything. Called again after an interruption. Takes superusers' URLs. */
  move: (from: string, to: string) => Promise<void>
}

export interface Upgraded {
  from: number
  to: number
  /** Folder of the old cluster. */
  oldCluster: string
}

/**
 * Upgrades; can be interrupted anywhere and run again. Undefined if the cluster has the newest version.
 * @throws DatabaseFault `database-disk-full`, `database-binaries-missing`, `database-in-use`
 */
export async function upgradeEmbeddedPostgres(options: UpgradeOptions): Promise<Upgraded | undefined> {
  const { dataDirectory, log, move } = options
  const user = await databaseOsUser()
  const { paths } = await findClusterPaths(dataDirectory, user)
  const { major } = await prepareBinaries(user ? sharedRoot : paths.root, user)
  const clusterMajor = await majorOf(paths.cluster)
  const upgradeRoot = join(paths.root, upgradeFolder)
  if (clusterMajor !== undefined && clusterMajor < major) {
    await assertDiskSpace(paths)
    const old = await startEmbeddedPostgres({ dataDirectory, log, binaries: await options.binariesOf(clusterMajor) })
    try {
      const next = await startEmbeddedPostgres({ dataDirectory: upgradeRoot, log })
      try {
        await move(old.adminUrl(), next.adminUrl())
        // The password file stays, so the clusters are swapped by two renames.
        await setRolePasswords(next.adminUrl(), { [superuser]: (await readIfExists(paths.passwordFile)) ?? '' })
      } finally {
        await next.stop()
      }
    } finally {
      await old.stop()
    }
    await rename(paths.cluster, oldClusterOf(paths, clusterMajor))
    await syncFolder(paths.root)
  }
  const waiting = await majorOf(join(upgradeRoot, 'cluster'))
  if (waiting === undefined || (await majorOf(paths.cluster)) !== undefined) return undefined
  await rename(join(upgradeRoot, 'cluster'), paths.cluster)
  await rm(upgradeRoot, { recursive: true })
  await syncFolder(paths.root)
  const from = clusterMajor ?? (await newestOldMajor(paths))
  return { from, to: waiting, oldCluster: oldClusterOf(paths, from) }
}

function oldClusterOf({ root }: ClusterPaths, major: number): string {
  return join(root, `cluster-${major}`)
}

async function newestOldMajor({ root }: ClusterPaths): Promise<number> {
  const majors = (await readdir(root)).flatMap((name) => Number(/^cluster-(\d+)$/.exec(name)?.[1] ?? []))
  return Math.max(...majors)
}

/** Both clusters exist until the old one is destroyed. */
async function assertDiskSpace({ root, cluster }: ClusterPaths): Promise<void> {
  const bytes = await sizeOf(cluster)
  const { bavail, bsize } = await statfs(root)
  const needed = Math.ceil(bytes * 1.1) + newClusterBytes
  if (bavail * bsize >= needed) return
  throw new DatabaseFault(
    'database-disk-full',
    `The upgrade keeps the old database until the new one is complete: ${root} needs ${megabytes(needed)} free and has ${megabytes(bavail * bsize)}.`,
  )
}

const newClusterBytes = 200 * 2 ** 20

function megabytes(bytes: number): string {
  return `${Math.ceil(bytes / 1_000_000)} MB`
}

async function sizeOf(folder: string): Promise<number> {
  let bytes = 0
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true })) {
    if (entry.isFile()) bytes += (await stat(join(entry.parentPath, entry.name))).size
  }
  return bytes
}
