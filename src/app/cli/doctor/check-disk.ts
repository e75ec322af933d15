import { mkdtemp, open, readFile, rm, stat, statfs } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Settings } from '#platform/config/settings.ts'
import { error, lineOf, ok, warning, type Finding } from './finding.ts'

const gigabyte = 1e9
const syncs = 20
const slowSyncMs = 20
const tooSlowSyncMs = 150

/** Checks the data folders: permissions, free space, and speed of the disk. */
export async function checkDisk(settings: Settings): Promise<Finding[]> {
  const { dataDirectory, objects } = settings
  const objectsFolder = objects.kind === 's3' || objects.folder.startsWith(dataDirectory) ? [] : [objects.folder]
  const found: Finding[] = []
  for (const [name, folder] of [
    ['data', dataDirectory] as const,
    ...objectsFolder.map((one) => ['objects', one] as const),
  ]) {
    found.push(await checkFolder(name, folder), await checkFreeSpace(name, folder), await checkSync(name, folder))
  }
  for (const [setting, path] of Object.entries(await secretFiles(settings))) {
    if (path !== undefined) found.push(await checkSecret(setting, path))
  }
  return found
}

export async function checkFolder(name: string, folder: string): Promise<Finding> {
  const check = `folder.${name}`
  const stats = await stat(folder).catch(() => undefined)
  if (!stats) {
    const parent = await nearest(folder)
    return (await canWrite(parent)) === true
      ? ok(check, `${folder} does not exist yet and can be created`)
      : error(check, `${folder} does not exist and cannot be created in ${parent}`, `create it for this user, mode 700`)
  }
  const writes = await canWrite(folder)
  if (writes !== true) return error(check, `${folder} cannot be written: ${writes}`, unwritableRemedy(writes))
  if (name === 'objects' && (stats.mode & 0o7777) === 0o2770)
    return ok(check, `${folder} is accessible to its group, which shares it, and to nobody else`)
  const others = stats.mode & 0o077
  // Root's embedded database has its own user, which must be able to enter.
  if (others !== 0 && others !== 0o011) {
    const mode = (stats.mode & 0o777).toString(8)
    return warning(check, `${folder} is accessible to others (mode ${mode})`, `chmod 700 ${folder}`)
  }
  return ok(check, `${folder} is owned by this user and not accessible to others`)
}

const unwritableRemedies: Readonly<Record<string, string>> = {
  ENOSPC: 'free space on its volume, or move it to a larger one',
  EDQUOT: 'free space, or raise the quota of the user that runs Seloste',
  EROFS: 'mount its volume for writing',
  EIO: 'check the disk: it returns errors',
  ENOTDIR: 'remove the file that has the folder’s path',
}

/** @param reason a code of the operating system */
export function unwritableRemedy(reason: string): string {
  return unwritableRemedies[reason] ?? 'chown it to the user that runs Seloste'
}

async function checkFreeSpace(name: string, folder: string): Promise<Finding> {
  const { bavail, bsize, ffree, files } = await statfs(await nearest(folder))
  return judgeFreeSpace(name, bavail * bsize, files === 0 ? 1 : ffree / files)
}

/** @param filesFree share of free inodes, 0 to 1 */
export function judgeFreeSpace(name: string, freeBytes: number, filesFree: number): Finding {
  const check = `room.${name}`
  const says = `${(freeBytes / gigabyte).toFixed(1)} GB free on the volume of ${name}; an hour of a call takes about 60 MB (G.711)`
  const remedy = 'free space, or move it to a larger volume; new calls are refused when less than 1 GB is free'
  if (freeBytes < gigabyte) return error(check, says, remedy)
  if (freeBytes < 10 * gigabyte) return warning(check, says, remedy)
  if (filesFree < 0.05)
    return warning(check, `few inodes are left on the volume of ${name}`, 'create a file system with more inodes')
  return ok(check, says)
}

/** Measures durable writes. Each call waits for a write every half second, and each view waits for a write of the database. */
async function checkSync(name: string, folder: string): Promise<Finding> {
  const check = `sync.${name}`
  const probeFolder = await mkdtemp(join(await nearest(folder), '.doctor-')).catch(() => undefined)
  if (probeFolder === undefined) return error(check, `nothing can be written at ${folder}`, 'see the finding above')
  try {
    const file = await open(join(probeFolder, 'sync'), 'w', 0o600)
    const took: number[] = []
    for (let turn = 0; turn < syncs; turn++) {
      const began = performance.now()
      await file.write(Buffer.alloc(4096, turn), 0, 4096, turn * 4096)
      await file.datasync()
      took.push(performance.now() - began)
    }
    await file.close()
    return judgeSync(name, took)
  } catch (thrown) {
    const { code = '' } = thrown as { code?: string }
    return error(
      check,
      `the disk of ${name} cannot be written: ${lineOf(thrown)}`,
      unwritableRemedies[code] ?? 'check the disk',
    )
  } finally {
    await rm(probeFolder, { recursive: true, force: true })
  }
}

/** @param took milliseconds of each durable write of 4 kB */
export function judgeSync(name: string, took: readonly number[]): Finding {
  const check = `sync.${name}`
  const sorted = [...took].sort((a, b) => a - b)
  const [median, worst] = [sorted[Math.floor(sorted.length / 2)]!, sorted.at(-1)!]
  const says = `a synchronous write to ${name} takes ${median.toFixed(1)} ms (median), ${worst.toFixed(1)} ms (slowest of ${took.length})`
  const remedy = 'use a disk with a protected write cache (SSD with power-loss protection), not a network drive'
  if (median > tooSlowSyncMs) return error(check, says, remedy)
  return median > slowSyncMs ? warning(check, says, remedy) : ok(check, says)
}

/** Settings whose values are, or may contain, secrets. */
const secretSettings = /^\s*(?:DATABASE_URL|SELOSTE_DECISIONS_TOKEN|SELOSTE_DEMO_PASSWORD)\b/m

/** Returns files with a token, a secret or a private key, by the setting that names each. */
export async function secretFiles(settings: Settings): Promise<Record<string, string | undefined>> {
  const { configFile, keys, objects } = settings
  const config = configFile === undefined ? '' : await readFile(configFile, 'utf8').catch(() => '')
  const places = [
    ...settings.backups.map((place) => ['SELOSTE_BACKUPS', place] as const),
    ...settings.ledgerCopies.map((place) => ['SELOSTE_LEDGER', place] as const),
  ]
  return {
    SELOSTE_CONFIG: secretSettings.test(config) ? configFile : undefined,
    SELOSTE_KEYS: keys.kind === 'pkcs11' ? keys.pinFile : keys.kind === 'vault' ? keys.tokenFile : undefined,
    SELOSTE_OIDC_CLIENT_SECRET_FILE: settings.identityProvider?.clientSecretFile,
    OBJECTS_URL: objects.kind === 's3' ? objects.credentialsFile : undefined,
    ...Object.fromEntries(
      places.map(([setting, { name, at }]) => [
        `${setting}.${name}`,
        at.kind === 's3' ? at.credentialsFile : undefined,
      ]),
    ),
    SELOSTE_FEEDS: settings.feedsFile,
    SELOSTE_WEBHOOKS: settings.integrations.webhooksFile,
    SELOSTE_SIPS_KEY: settings.sipSecurity.sipsFiles?.key,
    SELOSTE_LINK_KEY: settings.splitRoles.linkFiles?.key,
    SELOSTE_DRAW_KEY: settings.splitRoles.drawKeyFile,
  }
}

export async function checkSecret(setting: string, path: string): Promise<Finding> {
  const check = `secret.${setting}`
  const stats = await stat(path).catch(() => undefined)
  if (!stats) return error(check, `${path} does not exist`, `create it, or remove ${setting} from the settings`)
  if ((stats.mode & 0o007) !== 0) return warning(check, `${path} can be read by everybody`, `chmod o-rwx ${path}`)
  return ok(check, `${path} is not accessible to others`)
}

/** Returns the folder, or its nearest existing parent. */
async function nearest(folder: string): Promise<string> {
  const stats = await stat(folder).catch(() => undefined)
  return stats || dirname(folder) === folder ? folder : nearest(dirname(folder))
}

/** Returns true if a file can be created in a folder, otherwise why not. */
async function canWrite(folder: string): Promise<true | string> {
  try {
    await rm(await mkdtemp(join(folder, '.doctor-')), { recursive: true })
    return true
  } catch (thrown) {
    return (thrown as NodeJS.ErrnoException).code ?? lineOf(thrown)
  }
}
