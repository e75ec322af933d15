/**
 * Record, in the data folder, of the data that a move has left behind: an old database folder or an old store with the whole
 * register of that time. It is kept until those data are destroyed, even if settings change.
 */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { describePlace, type FolderAddress, type S3Address } from '#platform/config/places.ts'

export interface MoveLeftovers {
  /** ISO 8601. */
  movedAt: string
  /** The embedded database in the same data folder was left behind. */
  database?: 'embedded'
  /** Folder of an embedded cluster of an earlier major version. */
  cluster?: string
  /** Stores, one per move. */
  objects?: readonly (FolderAddress | S3Address)[]
  /** True once the data are verified as the source of the move and their destruction has begun. */
  destroying?: boolean
}

function fileOf(dataDirectory: string): string {
  return join(dataDirectory, 'moving', 'left-behind.json')
}

/**
 * Adds to the record of earlier moves. Written before the commit point, so that nothing is missed; data that are still in use
 * because the move was interrupted are detected before a destruction.
 */
export async function recordLeftovers(dataDirectory: string, left: MoveLeftovers): Promise<void> {
  const before = await readLeftovers(dataDirectory)
  const stores = [...(before?.objects ?? []), ...(left.objects ?? [])]
  const objects = [...new Map(stores.map((at) => [describePlace({ at }), at])).values()]
  await write(dataDirectory, { ...before, ...left, movedAt: before?.movedAt ?? left.movedAt, objects })
}

/** Records that the leftovers are verified and their destruction has begun. */
export async function recordLeftoversDestruction(dataDirectory: string, left: MoveLeftovers): Promise<void> {
  await write(dataDirectory, { ...left, destroying: true })
}

async function write(dataDirectory: string, left: MoveLeftovers): Promise<void> {
  const file = fileOf(dataDirectory)
  await mkdir(dirname(file), { recursive: true, mode: 0o700 })
  await writeFile(file, `${JSON.stringify(left, undefined, 1)}\n`, { mode: 0o600, flush: true })
}

export async function readLeftovers(dataDirectory: string): Promise<MoveLeftovers | undefined> {
  const text = await readFile(fileOf(dataDirectory), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
  return text === undefined ? undefined : (JSON.parse(text) as MoveLeftovers)
}

export async function deleteLeftoversRecord(dataDirectory: string): Promise<void> {
  await rm(fileOf(dataDirectory), { force: true })
}
