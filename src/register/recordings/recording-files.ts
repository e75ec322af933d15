/**
 * The two files of a recording, before there is anything in it. In: whose key it is sealed to. Out: `<id>.hdr` (age header) and
 * `<id>.body` (nonce), both open. Never here: the file key once what is derived from it is there.
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
  /** Both, and their names. */
  readonly areDurable: boolean
  /** Makes them so; the header is closed. Throws what the file system says, and can be called again. */
  sync(): Promise<void>
  /** Waits for what goes on, and closes what is open. */
  close(): Promise<void>
  /** Removes both, the header first and with it the only way to its key: there is nothing in them. */
  remove(): Promise<void>
}

/** Instead of a public key: a file key that is kept elsewhere, and what is to be the header. The key is wiped. */
export interface SealedHeader {
  header: Buffer
  fileKey: Buffer
}

/** Throws what the file system says (EEXIST when the id was used before) or `age-key-malformed`. */
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

/** Both files or none: nobody looks after half a pair, and an unclosed file ends the process when it is collected. */
async function createPair(one: NewFile, other: NewFile): Promise<[FileHandle, FileHandle]> {
  const [first, second] = await Promise.allSettled([
    createFile(one.path, one.bytes),
    createFile(other.path, other.bytes),
  ])
  if (first.status === 'fulfilled' && second.status === 'fulfilled') return [first.value, second.value]
  await Promise.all([undo(one.path, first), undo(other.path, second)])
  throw first.status === 'rejected' ? first.reason : (second as PromiseRejectedResult).reason
}

/** Takes back a file of a pair that did not come about; one that was there before is another recording's. */
async function undo(path: string, made: PromiseSettledResult<FileHandle>): Promise<void> {
  if (made.status === 'fulfilled') await made.value.close()
  else if ((made.reason as { code?: string }).code === 'EEXIST') return
  await rm(path, { force: true })
}
