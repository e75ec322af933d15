// Embedded PostgreSQL for installations without a server of their own. It listens on a unix socket only, with safe settings,
// and only one Seloste may use a data folder.
import { randomBytes } from 'node:crypto'
import { open, readFile, rm, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { prepareBinaries } from './embedded/binaries.ts'
import { majorOf, upgradeFolder } from './embedded/major.ts'
import { assertDurable } from './embedded/durability.ts'
import { databaseOsUser } from './embedded/os-user.ts'
import {
  findClusterPaths,
  existingClusterPaths,
  makeSocketDirectory,
  readIfExists,
  sharedRoot,
  type ClusterPaths,
} from './embedded/cluster-paths.ts'
import {
  initialiseCluster,
  readLogFrom,
  logSize,
  oneLine,
  isDiskFull,
  startFault,
  startPostmaster,
  superuser,
  rotateLog,
  type Postmaster,
} from './embedded/postmaster.ts'
import { postgresProcessesOf, processIdentity } from './embedded/processes.ts'
import { DatabaseFault } from './faults.ts'
import { withClient } from './query-once.ts'

/** The methods of a pino logger that this folder uses. */
export type EmbeddedLog = { info: (message: string) => void; warn: (message: string) => void }

export type EmbeddedPostgresOptions = {
  /** Folder of the cluster, its password and its log. */
  dataDirectory: string
  log: EmbeddedLog
  /**
   * Called when PostgreSQL ends without `stop()` (`database-stopped` or `database-disk-full`) and is not restarted, because it
   * ended soon after its start.
   */
  onUnexpectedEnd?: (fault: DatabaseFault) => void
  /** Folder with the binaries of an earlier PostgreSQL, to read its cluster; default: those from npm. */
  binaries?: string
  /** Milliseconds after its start within which an end is not followed by a restart. */
  minUptimeMs?: number
}

export type EmbeddedPostgres = {
  socketDirectory: string
  /** Returns a connection URL over the unix socket. */
  urlFor: (role: string, password: string, database: string) => string
  /** Returns the superuser's URL, for migrations and role passwords. */
  adminUrl: (database?: string) => string
  /** Fast shutdown; resolves when every file is closed. */
  stop: () => Promise<void>
}

/** Address of a running embedded server for other processes. */
export type EmbeddedPostgresAddress = Pick<EmbeddedPostgres, 'socketDirectory' | 'urlFor' | 'adminUrl'>

const orphanEndMs = 10_000
const stopMs = 60_000
const readyMs = 300_000

/**
 * Starts the embedded PostgreSQL of `dataDirectory`. Creates the cluster on first use, recovers it after a crash, and restarts
 * a server that was killed. The server shuts down when this process ends.
 * @throws DatabaseFault `database-in-use`, `database-start-failed`, `database-disk-full`, `database-unsafe`,
 * `database-password-lost`, `database-binaries-missing`, `database-older`, `database-newer`
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const { dataDirectory, log, minUptimeMs = 10_000 } = options
  const user = await databaseOsUser()
  const { paths, orphaned } = await findClusterPaths(dataDirectory, user)
  for (const folder of orphaned)
    log.warn(`${folder} is the database of a data folder that was removed: delete it by hand`)
  const socketDirectory = await makeSocketDirectory(user)
  let postmaster: Postmaster | undefined
  try {
    await claimOwnership(paths, socketDirectory)
    const binaries = await prepareBinaries(user ? sharedRoot : paths.root, user, options.binaries, {
      ...{ major: await majorOf(paths.cluster), warn: (message) => log.warn(message) },
    })
    await refuseOtherMajor(paths, binaries.major)
    await endOrphan(paths.cluster, log)
    await endOrphan(paths.unfinishedCluster, log)
    const password = await superuserPassword(paths, async (fresh) => {
      log.info(`creating a new database in ${paths.root}`)
      await initialiseCluster(paths, binaries, user, fresh, socketDirectory)
    })
    const address = addressOf(socketDirectory, password)
    rotateLog(paths.logFile)
    const logStart = logSize(paths)
    const running = startPostmaster(paths, binaries, user, socketDirectory)
    postmaster = running
    await untilReady(address.adminUrl(), running, () => startFault(`in ${paths.root}`, readLogFrom(paths, logStart)))
    await withClient(address.adminUrl(), assertDurable)

    let stopping: Promise<void> | undefined
    let restarting: Promise<void> | undefined
    let readyAtMs = performance.now()
    const watch = (one: Postmaster) =>
      void one.ended.then(() => {
        if (!stopping) restarting = restart()
      })

    /** Restarts a killed server; clients reconnect (K1). */
    async function restart(): Promise<void> {
      const reason = unexpectedEnd(paths, readLogFrom(paths, logStart))
      if (performance.now() - readyAtMs < minUptimeMs) return options.onUnexpectedEnd?.(reason)
      log.warn(`${reason.message} Restarting it.`)
      try {
        await endOrphan(paths.cluster, log)
        const next = startPostmaster(paths, binaries, user, socketDirectory)
        postmaster = next
        await untilReady(address.adminUrl(), next, () => startFault(`in ${paths.root}`, readLogFrom(paths, logStart)))
        readyAtMs = performance.now()
        watch(next)
      } catch (error) {
        options.onUnexpectedEnd?.(error instanceof DatabaseFault ? error : reason)
      }
    }

    watch(running)
    const stop = async () => {
      await restarting
      await stopAndTidy(postmaster ?? running, paths, socketDirectory)
    }
    return { ...address, stop: () => (stopping ??= stop()) }
  } catch (error) {
    if (postmaster) await end(postmaster)
    await tidy(paths, socketDirectory)
    if (error instanceof DatabaseFault) throw error
    // One of our own system calls failed: on a full disk our few bytes may fail first.
    throw startFault(`in ${paths.root}`, error instanceof Error ? error.message : String(error), error)
  }
}

/**
 * Returns the running embedded server of `dataDirectory`, for another process of the same user (a command line, for example);
 * undefined if none runs.
 */
export async function findEmbeddedPostgres(dataDirectory: string): Promise<EmbeddedPostgresAddress | undefined> {
  const paths = await existingClusterPaths(dataDirectory)
  const owner = await livingOwner(paths)
  const password = await readIfExists(paths.passwordFile)
  return owner && password ? addressOf(owner.socketDirectory, password) : undefined
}

/** Returns every folder of the embedded database of `dataDirectory`. */
export async function foldersOfEmbedded(dataDirectory: string): Promise<string[]> {
  const { root } = await existingClusterPaths(dataDirectory)
  return [...new Set([root, resolve(dataDirectory)])]
}

function addressOf(socketDirectory: string, password: string): EmbeddedPostgresAddress {
  const urlFor = (role: string, rolePassword: string, database: string) =>
    `postgres://${encodeURIComponent(role)}:${encodeURIComponent(rolePassword)}@localhost/${encodeURIComponent(database)}` +
    `?host=${encodeURIComponent(socketDirectory)}`
  return { socketDirectory, urlFor, adminUrl: (database = 'postgres') => urlFor(superuser, password, database) }
}

/** Process that started the server. `identity` detects a reused pid. */
type Owner = { pid: number; identity: string; socketDirectory: string }

async function livingOwner(paths: ClusterPaths): Promise<Owner | undefined> {
  const owner = await recordedOwner(paths)
  return owner && processIdentity(owner.pid) === owner.identity ? owner : undefined
}

async function recordedOwner(paths: ClusterPaths): Promise<Owner | undefined> {
  const text = await readIfExists(paths.ownerFile)
  try {
    return text ? (JSON.parse(text) as Owner) : undefined
  } catch {
    return undefined // Cut short by a crash: its writer is dead.
  }
}

async function refuseSecondOwner(paths: ClusterPaths): Promise<void> {
  const owner = await livingOwner(paths)
  if (!owner) return
  throw new DatabaseFault(
    'database-in-use',
    `The database folder ${paths.root} is in use by the running Seloste with process id ${owner.pid}: stop that one first.`,
  )
}

async function claimOwnership(paths: ClusterPaths, socketDirectory: string): Promise<void> {
  await refuseSecondOwner(paths)
  const previous = await recordedOwner(paths)
  if (previous) await rm(previous.socketDirectory, { recursive: true, force: true })
  await rm(paths.ownerFile, { force: true })
  const owner: Owner = { pid: process.pid, identity: processIdentity(process.pid) ?? '', socketDirectory }
  try {
    const file = await open(paths.ownerFile, 'wx', 0o600)
    await file.writeFile(JSON.stringify(owner))
    await file.close()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') await refuseSecondOwner(paths)
    throw error
  }
}

/**
 * The owner is dead but its PostgreSQL may still run: end it first. Trust a pid file only if a living PostgreSQL has this
 * folder open: removing it under a living backend would let two servers write the same files.
 */
async function endOrphan(cluster: string, log: EmbeddedLog): Promise<void> {
  const pidFile = join(cluster, 'postmaster.pid')
  const recorded = Number((await readIfExists(pidFile))?.split('\n')[0]) || undefined
  const living = () => postgresProcessesOf(cluster, recorded)
  if (living().length > 0) log.warn('stopping the PostgreSQL left behind by a killed Seloste')
  for (const signal of ['SIGINT', 'SIGQUIT', 'SIGKILL'] as const) {
    for (let waitedMs = 0; living().length > 0 && waitedMs < orphanEndMs; waitedMs += 50) {
      const [first] = living()
      if (waitedMs % 1_000 === 0 && first !== undefined) signalProcess(first, signal)
      await wait(50)
    }
  }
  const [survivor] = living()
  if (survivor !== undefined) {
    throw new DatabaseFault(
      'database-in-use',
      `PostgreSQL (process id ${survivor}) has ${cluster} open and does not stop: stop it first.`,
    )
  }
  await rm(pidFile, { force: true })
}

function signalProcess(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

/** A major version reads only its own clusters. */
async function refuseOtherMajor(paths: ClusterPaths, major: number): Promise<void> {
  const clusterMajor = await majorOf(paths.cluster)
  if (clusterMajor === undefined && (await majorOf(join(paths.root, upgradeFolder, 'cluster'))) !== undefined) {
    throw new DatabaseFault(
      'database-older',
      `The upgrade of the database in ${paths.root} is incomplete: run "seloste upgrade-database" again.`,
    )
  }
  if (clusterMajor === undefined || clusterMajor === major) return
  throw clusterMajor < major
    ? new DatabaseFault(
        'database-older',
        `The database in ${paths.cluster} was made by PostgreSQL ${clusterMajor}, and this is PostgreSQL ${major}: run "seloste upgrade-database" (docs/operate/moving.md).`,
      )
    : new DatabaseFault(
        'database-newer',
        `The database in ${paths.cluster} was made by PostgreSQL ${clusterMajor}, and this is PostgreSQL ${major}: start the version of Seloste that includes that one.`,
      )
}

async function superuserPassword(
  paths: ClusterPaths,
  makeCluster: (password: string) => Promise<void>,
): Promise<string> {
  const exists = await stat(join(paths.cluster, 'PG_VERSION')).then(
    () => true,
    () => false,
  )
  if (!exists) {
    const fresh = randomBytes(24).toString('base64url')
    await makeCluster(fresh)
    return fresh
  }
  return readFile(paths.passwordFile, 'utf8').catch((cause: unknown) => {
    throw new DatabaseFault(
      'database-password-lost',
      `The database in ${paths.cluster} exists, but its password file ${paths.passwordFile} cannot be read.`,
      cause,
    )
  })
}

async function untilReady(url: string, postmaster: Postmaster, failed: () => DatabaseFault): Promise<void> {
  let hasEnded = false
  void postmaster.ended.then(() => (hasEnded = true))
  let last: unknown
  for (let waitedMs = 0; waitedMs < readyMs; waitedMs += 25) {
    if (hasEnded) throw failed()
    try {
      await withClient(url, () => Promise.resolve())
      return
    } catch (error) {
      last = error
      // 57P03: starting up or recovering. Without a code the socket does not exist yet.
      const code = (error as { code?: string }).code ?? ''
      if (!['57P03', 'ENOENT', 'ECONNREFUSED', 'ECONNRESET', 'EPIPE'].includes(code) && code !== '') break
    }
    await wait(25)
  }
  throw hasEnded ? failed() : startFault('no connection', last instanceof Error ? last.message : String(last), last)
}

function unexpectedEnd(paths: ClusterPaths, words: string): DatabaseFault {
  const code = isDiskFull(words) ? 'database-disk-full' : 'database-stopped'
  return new DatabaseFault(code, `PostgreSQL in ${paths.root} exited. Its last log lines: ${oneLine(words)}`)
}

async function stopAndTidy(postmaster: Postmaster, paths: ClusterPaths, socketDirectory: string): Promise<void> {
  await end(postmaster)
  await tidy(paths, socketDirectory)
}

async function end(postmaster: Postmaster): Promise<void> {
  postmaster.shutDown()
  const timer = setTimeout(() => postmaster.kill('SIGQUIT'), stopMs)
  await postmaster.ended
  clearTimeout(timer)
}

async function tidy(paths: ClusterPaths, socketDirectory: string): Promise<void> {
  if ((await recordedOwner(paths))?.socketDirectory === socketDirectory) await rm(paths.ownerFile, { force: true })
  await rm(socketDirectory, { recursive: true, force: true })
}
