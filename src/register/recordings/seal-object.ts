import { createHash } from 'node:crypto'
import { mkdir, open, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { AgeHeader } from '#platform/age/header-for.ts'
import { sealParts } from '#platform/age/seal-stream.ts'
import type { ObjectStore } from '#platform/objects/object-store.ts'
import { sealAtRest } from './at-rest.ts'

/** Destination of a sealed object in the store. */
export interface SealedObjectTarget {
  objects: ObjectStore
  /** Sealed bytes only. */
  workFolder: string
}

/**
 * Encrypts parts as they come into one age file, and stores it; its keys are wiped.
 * @param file name of the unfinished file
 * @param atRest key under which the stored file is encrypted again (at-rest.ts)
 * @returns size and digest of the age file
 * @throws errors of the parts and the disk; then the unfinished file is removed
 */
export async function sealObject(
  { objects, workFolder }: SealedObjectTarget,
  { file, key, header, fileKey, atRest }: AgeHeader & { file: string; key: string; atRest?: Buffer | undefined },
  parts: AsyncIterable<Uint8Array>,
): Promise<{ sizeBytes: number; sha256: Buffer }> {
  const path = join(workFolder, file)
  await mkdir(workFolder, { recursive: true, mode: 0o700 })
  try {
    let sizeBytes = 0
    const hash = createHash('sha256')
    const cipher = atRest && sealAtRest(atRest)
    const made = await open(path, 'w', 0o600)
    try {
      const write = async (bytes: Buffer) => {
        await made.appendFile(cipher ? cipher.update(bytes) : bytes)
        hash.update(bytes)
        sizeBytes += bytes.length
      }
      await write(header)
      for await (const bytes of sealParts(fileKey, parts)) await write(bytes)
    } finally {
      await made.close()
    }
    await objects.moveIn(key, path)
    return { sizeBytes, sha256: hash.digest() }
  } finally {
    fileKey.fill(0)
    atRest?.fill(0)
    await rm(path, { force: true })
  }
}

/** Removes unfinished files of a process that ended meanwhile. @returns how many */
export async function removeUnfinished(
  { workFolder }: Pick<SealedObjectTarget, 'workFolder'>,
  suffix: string,
): Promise<number> {
  await mkdir(workFolder, { recursive: true, mode: 0o700 })
  const left = (await readdir(workFolder)).filter((name) => name.endsWith(suffix))
  for (const name of left) await rm(join(workFolder, name), { force: true })
  return left.length
}
