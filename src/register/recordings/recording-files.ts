/**
 * Creates the two files of a recording, `<id>.hdr` (age header) and `<id>.body` (nonce). The file key is wiped once the payload
 * key is derived.
 */
import { randomBytes, type KeyObject } from 'node:crypto'
import { rm, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { writeAgeHeader } from '#platform/age/age-header.ts'
import { derivePayloadKey, payloadNonceBytes } from '#platform/age/seal-stream.ts'
import { createFile, syncFolder } from '#platform/files/durable-files.ts'
import { deriveTailKey } from './tail-frame.ts'

export interface RecordingFiles {
  readonly id: string
  readonly directory: string
  readonly headerPath: string
  readonly bodyPath: string
  readonly body: FileHandle
  readonly nonce: Buffer
  readonly payloadKey: KeyObject
  readonly tailKey: KeyObject
  /** Both files and their names are durable. */
  readonly areDurable: boolean
  /** Makes both files and their names durable and closes the header. Throws file system errors, and can be called again. */
  sync(): Promise<void>
  /** Waits for pending operations and closes the files. */
  close(): Promise<void>
  /** Removes both files, which are still empty. Removes the header first, and with it the only copy of the key. */
  remove(): Promise<void>
}

/** Instead of a public key: a file key stored elsewhere, and the header to write. The key is wiped. */
export interface SealedHeader {
  header: Buffer
  fileKey: Buffer
}

/** Creates the files of a recording. Throws file system errors (EEXIST if the id was used before) or `age-key-malformed`. */
export async function createRecordingFiles(
  directory: string,
  id: string,
  sealedTo: string | SealedHeader,
): Promise<RecordingFiles> {
  const { header, fileKey } = typeof sealedTo === 'string' ? writeAgeHeader(sealedTo) : sealedTo
  const headerPath = join(directory, `${id}.hdr`)
  const bodyPath = join(directory, `${id}.body`)
  const nonce = randomBytes(payloadNonceBytes)
  const [headerFile, body] = await createPair({ path: headerPath, bytes: header }, { path: bodyPath, bytes: nonce })
  const keys = { payloadKey: derivePayloadKey(fileKey, nonce), tailKey: deriveTailKey(fileKey) }
  fileKey.fill(0)
  let areDurable = false
  let syncing: Promise<void> | undefined

  async function syncNow(): Promise<void> {
    await Promise.all([headerFile.datasync(), body.datasync()])
    await syncFolder(directory)
    areDurable = true
    await headerFile.close()
  }

  async function close(): Promise<void> {
    await syncing?.catch(() => undefined)
    await Promise.all([headerFile.close(), body.close()])
  }

  return {
    ...{ id, directory, headerPath, bodyPath, body, nonce, ...keys },
    get areDurable() {
      return areDurable
    },
    sync: () => (areDurable ? Promise.resolve() : (syncing ??= syncNow().finally(() => (syncing = undefined)))),
    close,
    async remove() {
      for (const path of [headerPath, bodyPath]) await rm(path, { force: true })
      await close()
    },
  }
}

interface NewFile {
  path: string
  bytes: Buffer
}

/** Creates both files or none: one alone would be leaked, and a file handle that is garbage collected ends the process. */
async function createPair(one: NewFile, other: NewFile): Promise<[FileHandle, FileHandle]> {
  const [first, second] = await Promise.allSettled([
    createFile(one.path, one.bytes),
    createFile(other.path, other.bytes),
  ])
  if (first.status === 'fulfilled' && second.status === 'fulfilled') return [first.value, second.value]
  await Promise.all([undo(one.path, first), undo(other.path, second)])
  throw first.status === 'rejected' ? first.reason : (second as PromiseRejectedResult).reason
}

/** Removes a file of a failed pair; one that existed before is another recording's. */
async function undo(path: string, made: PromiseSettledResult<FileHandle>): Promise<void> {
  if (made.status === 'fulfilled') await made.value.close()
  else if ((made.reason as { code?: string }).code === 'EEXIST') return
  await rm(path, { force: true })
}
