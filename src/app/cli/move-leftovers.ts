/**
 * What a move has left behind: an old database folder, an old store, with everything that the register had then. In: the data
 * folder. Out: a note of it from the move until its destruction, whatever the settings say meanwhile. Never here: a way to it.
 */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { tellPlace, type FolderAddress, type S3Address } from '#platform/config/places.ts'

export interface MoveLeftovers {
  /** ISO 8601. */
  movedAt: string
  /** The embedded database, below the same data folder. */
  database?: 'embedded'
  /** The folder of an embedded cluster of an earlier major version. */
  cluster?: string
  /** Stores, one of each move. */
  objects?: readonly (FolderAddress | S3Address)[]
  /** It was seen to be what was moved from, and its destruction has begun. */
  destroying?: boolean
}

function fileOf(dataDirectory: string): string {
  return join(dataDirectory, 'moving', 'left-behind.json')
}

/**
 * Of several moves all is remembered, from the first on. Noted before the moment of the move, so that nothing is forgotten that ends
 * it then: what was not left after all says so itself when it is to be destroyed.
 */
export async function recordLeftovers(dataDirectory: string, left: MoveLeftovers): Promise<void> {
  const before = await readLeftovers(dataDirectory)
  const stores = [...(before?.objects ?? []), ...(left.objects ?? [])]
  const objects = [...new Map(stores.map((at) => [tellPlace({ at }), at])).values()]
  await write(dataDirectory, { ...before, ...left, movedAt: before?.movedAt ?? left.movedAt, objects })
}

/** What is left was seen to be what was moved from. */
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

export async function forgetLeftovers(dataDirectory: string): Promise<void> {
  await rm(fileOf(dataDirectory), { force: true })
}
