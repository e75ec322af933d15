// Object store in a bucket of an S3 server, below a prefix. Refuses a bucket that keeps overwritten or deleted objects, and
// contacts no server but the one in its address.
import { createHash } from 'node:crypto'
import { open, stat, unlink } from 'node:fs/promises'
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetBucketReplicationCommand,
  GetBucketVersioningCommand,
  GetObjectCommand,
  GetObjectLockConfigurationCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3'
import { ObjectFault } from './faults.ts'
import { assertKey, isKey, type ObjectStore } from './object-store.ts'
import { errorName, s3Fault } from './s3-faults.ts'
import { readS3Credentials } from './s3-credentials.ts'

export interface S3StoreOptions {
  bucket: string
  /** Empty, or ends with a slash. */
  prefix: string
  /** Default: AWS of the region. */
  endpoint?: string | undefined
  region: string
  credentialsFile?: string | undefined
  profile?: string | undefined
  /** Timeout for the beginning of an answer, in addition to the time for sending; default ten seconds. */
  requestMs?: number
  /** Larger files are uploaded in parts of this size; default 16 MiB, at least 5 MiB. */
  partBytes?: number
}

export interface S3Store extends ObjectStore {
  /**
   * Checks that overwritten and deleted objects are gone: no versions, no object lock, no replication to another bucket.
   * Removes uploads that have been unfinished for a day.
   * @throws ObjectFault `object-store-keeps`, which names the setting
   */
  assertDeletesPermanently(): Promise<void>
  /** Removes all unfinished uploads, whatever their age, from a store that is no longer used. */
  abortUploads(): Promise<void>
  /** Closes the connections to the server. */
  close(): void
}

const requestMs = 10_000
const connectMs = 5_000
const attempts = 3
const partBytes = 16 * 1024 * 1024
const maxParts = 9_000
const staleUploadMs = 24 * 3_600_000
/** Slowest supported connection, in bytes a millisecond (1 Mbit/s); timeouts grow with the bytes sent or read. */
const slowestBytesPerMs = 125

/** Opens an object store in an existing bucket. Connects at the first use. */
export function openS3Store(options: S3StoreOptions): S3Store {
  const { bucket: Bucket, prefix } = options
  const location = `s3://${Bucket}${options.endpoint === undefined ? '' : ` at ${options.endpoint}`}`
  const answerMs = options.requestMs ?? requestMs
  const client = new S3Client({
    region: options.region,
    // Self-hosted servers seldom have a host name for each bucket.
    ...(options.endpoint === undefined ? {} : { endpoint: options.endpoint, forcePathStyle: true }),
    // Read for each request, since keys are replaced while Seloste runs and the client would cache them for good.
    credentials: async () => ({
      ...(await readS3Credentials(options.credentialsFile, options.profile)),
      expiration: new Date(0),
    }),
    maxAttempts: attempts,
    requestHandler: {
      requestTimeout: answerMs,
      connectionTimeout: Math.min(connectMs, answerMs),
      throwOnRequestTimeout: true,
    },
    // Content-MD5 is enough, and every server supports it.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    defaultsMode: 'standard',
  })
  const keyOf = (key: string): string => {
    assertKey(key)
    return prefix + key
  }
  const throwFault = (key: string, action: string) => (error: unknown) => {
    throw s3Fault(location, key, action, error)
  }

  /** Bounds the whole answer: the client's timeout ends with its first bytes. */
  const timeToRead = (bytes: number) => ({
    abortSignal: AbortSignal.timeout(Math.ceil(attempts * answerMs + bytes / slowestBytesPerMs)),
  })
  const timeToSend = ({ length }: Uint8Array) => ({ requestTimeout: answerMs + length / slowestBytesPerMs })

  async function putFile(key: string, file: string): Promise<void> {
    const { size } = await stat(file)
    const perPart = Math.max(options.partBytes ?? partBytes, Math.ceil(size / maxParts))
    await using handle = await open(file, 'r')
    const read = async (start: number) => {
      const part = Buffer.alloc(Math.min(perPart, size - start))
      let filled = 0
      while (filled < part.length) {
        const { bytesRead } = await handle.read(part, filled, part.length - filled, start + filled)
        if (bytesRead === 0) throw new Error(`${file} became shorter while it was read`)
        filled += bytesRead
      }
      return part
    }
    if (size <= perPart) await putBytes(key, await read(0))
    else await putParts(key, size, perPart, read)
  }

  async function putBytes(key: string, Body: Uint8Array): Promise<void> {
    const put = new PutObjectCommand({ Bucket, Key: keyOf(key), Body, ContentMD5: md5(Body) })
    await client.send(put, timeToSend(Body))
  }

  async function putParts(
    key: string,
    size: number,
    perPart: number,
    read: (start: number) => Promise<Buffer>,
  ): Promise<void> {
    const Key = keyOf(key)
    const { UploadId } = await client.send(new CreateMultipartUploadCommand({ Bucket, Key }))
    const upload = { Bucket, Key, UploadId }
    try {
      const Parts: { PartNumber: number; ETag: string | undefined }[] = []
      for (let start = 0; start < size; start += perPart) {
        const [PartNumber, Body] = [Parts.length + 1, await read(start)]
        const put = new UploadPartCommand({ ...upload, PartNumber, Body, ContentMD5: md5(Body) })
        const part = await client.send(put, timeToSend(Body))
        Parts.push({ PartNumber, ETag: part.ETag })
      }
      await client.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts } }))
    } catch (error) {
      // The first error is the one to report; leftovers are removed a day later.
      await client.send(new AbortMultipartUploadCommand(upload)).catch(() => undefined)
      throw error
    }
  }

  async function sizeOf(key: string): Promise<number> {
    try {
      const { ContentLength } = await client.send(new HeadObjectCommand({ Bucket, Key: keyOf(key) }))
      return ContentLength ?? 0
    } catch (error) {
      if (errorName(error) === 'NotFound') await readFirst(key)
      throw error
    }
  }

  /** The answer to HEAD does not distinguish a missing object from a missing bucket; GET does. */
  async function readFirst(key: string): Promise<void> {
    const get = new GetObjectCommand({ Bucket, Key: keyOf(key), Range: 'bytes=0-0' })
    const first = await client.send(get, timeToRead(1))
    await first.Body?.transformToByteArray()
  }

  return {
    async put(key, content) {
      await ('file' in content ? putFile(key, content.file) : putBytes(key, content)).catch(throwFault(key, 'stored'))
    },

    async moveIn(key, file) {
      await putFile(key, file).catch(throwFault(key, 'moved in'))
      await unlink(file)
    },

    async readRange(key, start, end) {
      const outside = (sizeBytes: number) =>
        new ObjectFault('object-range-outside', `The object ${key} ends at ${sizeBytes}, before byte ${end}.`)
      try {
        if (end === start) {
          await sizeOf(key)
          return Buffer.alloc(0)
        }
        const found = await client.send(
          new GetObjectCommand({ Bucket, Key: keyOf(key), Range: `bytes=${start}-${end - 1}` }),
          timeToRead(end - start),
        )
        const bytes = Buffer.from((await found.Body?.transformToByteArray()) ?? [])
        if (bytes.length < end - start) throw outside(start + bytes.length)
        return bytes
      } catch (error) {
        if (errorName(error) === 'InvalidRange') throw outside(await sizeOf(key).catch(throwFault(key, 'inspected')))
        throw s3Fault(location, key, 'read', error)
      }
    },

    async sizeBytes(key) {
      return sizeOf(key).catch(throwFault(key, 'inspected'))
    },

    async delete(key) {
      const existed = await readFirst(key).then(
        () => true,
        (error: unknown) => {
          if (errorName(error) === 'InvalidRange') return true // It is empty.
          const fault = s3Fault(location, key, 'inspected', error)
          if (fault.code === 'object-missing') return false
          throw fault
        },
      )
      if (existed)
        await client.send(new DeleteObjectCommand({ Bucket, Key: keyOf(key) })).catch(throwFault(key, 'deleted'))
      return existed
    },

    async *list(wanted) {
      let ContinuationToken: string | undefined
      do {
        const page = await client
          .send(new ListObjectsV2Command({ Bucket, Prefix: prefix + wanted, ContinuationToken }))
          .catch(throwFault(wanted, 'listed'))
        // Not a key of ours: the empty object that consoles create for a folder.
        for (const { Key } of page.Contents ?? []) {
          const key = Key?.slice(prefix.length)
          if (key !== undefined && isKey(key)) yield key
        }
        ContinuationToken = page.NextContinuationToken
      } while (ContinuationToken !== undefined)
    },

    async assertDeletesPermanently() {
      const retentionFault = (problem: string, remedy: string) =>
        new ObjectFault('object-store-keeps', `The bucket ${location} ${problem}: ${remedy}.`)
      const readSetting = async <Answer>(feature: string, answer: Promise<Answer>) =>
        answer.catch((error: unknown) => {
          // A server that does not know the request has no such setting.
          if (settingAbsent.has(errorName(error))) return undefined
          throw s3Fault(location, feature, 'read', error)
        })
      const versioning = await readSetting(
        'its versioning (s3:GetBucketVersioning)',
        client.send(new GetBucketVersioningCommand({ Bucket })),
      )
      if (versioning?.Status === 'Enabled' || versioning?.Status === 'Suspended') {
        const remedy = 'they would keep destroyed keys; use a bucket that never had versioning'
        throw retentionFault('keeps old versions of overwritten and deleted objects', remedy)
      }
      const lock = await readSetting(
        'its object lock (s3:GetBucketObjectLockConfiguration)',
        client.send(new GetObjectLockConfigurationCommand({ Bucket })),
      )
      if (lock?.ObjectLockConfiguration?.ObjectLockEnabled === 'Enabled') {
        throw retentionFault('locks its objects', 'nothing could be destroyed there; use a bucket without object lock')
      }
      const replication = await readSetting(
        'its replication (s3:GetReplicationConfiguration)',
        client.send(new GetBucketReplicationCommand({ Bucket })),
      )
      if (replication?.ReplicationConfiguration?.Rules?.some(({ Status }) => Status === 'Enabled')) {
        throw retentionFault(
          'is copied to another bucket',
          'destruction would not reach the other bucket; configure both as places instead',
        )
      }
      await removeUploads(staleUploadMs)
    },

    abortUploads: () => removeUploads(0),

    close: () => {
      client.destroy()
    },
  }

  async function removeUploads(olderThanMs: number): Promise<void> {
    let [removed, isAll] = [0, false]
    do {
      const begun = await client
        .send(new ListMultipartUploadsCommand({ Bucket, Prefix: prefix }))
        .catch(throwFault('uploads', 'listed'))
      removed = 0
      isAll = begun.IsTruncated !== true
      const nowMs = Date.now()
      for (const { Key, UploadId, Initiated } of begun.Uploads ?? []) {
        if (!Initiated || !(nowMs - Initiated.getTime() >= olderThanMs)) continue
        const abort = new AbortMultipartUploadCommand({ Bucket, Key, UploadId })
        await client.send(abort).catch(throwFault(Key ?? '', 'removed'))
        removed += 1
      }
    } while (!isAll && removed > 0)
  }
}

/** Errors of servers for a bucket without the setting, or without support for it. */
const settingAbsent = new Set([
  'ObjectLockConfigurationNotFoundError',
  'ReplicationConfigurationNotFoundError',
  'NoSuchReplicationConfiguration',
  'NotImplemented',
  'MethodNotAllowed',
])

function md5(bytes: Uint8Array): string {
  return createHash('md5').update(bytes).digest('base64')
}
