/**
 * Opens the store of a test's sealed recordings: a folder, or a bucket of its own in a run with buckets (`npm run
 * test:elsewhere`).
 */
import { randomBytes } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3'
import type { FolderAddress, S3Address } from '#platform/config/places.ts'
import { openDirectoryStore } from '#platform/objects/directory-store.ts'
import type { ObjectStore } from '#platform/objects/object-store.ts'
import { openS3Store } from '#platform/objects/s3-store.ts'

/** Returns true if recordings of tests are in buckets of the server in SELOSTE_TEST_S3, and not in folders. */
export function inBuckets(): boolean {
  return process.env['SELOSTE_TEST_OBJECTS'] === 's3'
}

/** Region used for the server in SELOSTE_TEST_S3. */
const region = 'us-east-1'

/** Opens the store that belongs to a folder: empty at first, the same store later. */
export async function openTestObjects(folder: string): Promise<ObjectStore> {
  const at = await testObjects(folder)
  return at.kind === 's3' ? openS3Store(at) : openDirectoryStore(at.folder)
}

/** Returns the location of a folder's store. */
export async function testObjects(folder: string): Promise<FolderAddress | S3Address> {
  return inBuckets() ? bucketOf(folder) : { kind: 'folder', folder }
}

/** Returns a store's location in the form of OBJECTS_URL. */
export function objectsUrl(at: FolderAddress | S3Address): string {
  if (at.kind === 'folder') return `file://${at.folder}`
  const settings = { endpoint: at.endpoint ?? '', region: at.region, credentials: at.credentialsFile ?? '' }
  return `s3://${at.bucket}/${at.prefix}?${new URLSearchParams(settings).toString()}`
}

/** Buckets by folder, so that simultaneous calls use the same bucket. */
const buckets = new Map<string, Promise<S3Address>>()

function bucketOf(folder: string): Promise<S3Address> {
  const known = buckets.get(folder) ?? makeBucket(folder)
  buckets.set(folder, known)
  return known
}

async function makeBucket(folder: string): Promise<S3Address> {
  const note = `${folder}.bucket`
  const { username, password, origin } = new URL(process.env['SELOSTE_TEST_S3'] ?? '')
  const credentials = { accessKeyId: decodeURIComponent(username), secretAccessKey: decodeURIComponent(password) }
  const credentialsFile = `${folder}.keys`
  let bucket = await readFile(note, 'utf8').catch(() => undefined)
  if (bucket === undefined) {
    bucket = `seloste-${randomBytes(6).toString('hex')}`
    const client = new S3Client({ endpoint: origin, region, forcePathStyle: true, credentials })
    await client.send(new CreateBucketCommand({ Bucket: bucket }))
    client.destroy()
    await mkdir(dirname(note), { recursive: true })
    const { accessKeyId, secretAccessKey } = credentials
    const lines = ['[default]', `aws_access_key_id = ${accessKeyId}`, `aws_secret_access_key = ${secretAccessKey}`]
    await writeFile(credentialsFile, `${lines.join('\n')}\n`, { mode: 0o600 })
    await writeFile(note, bucket)
  }
  return { kind: 's3', bucket, prefix: '', endpoint: origin, region, credentialsFile, profile: undefined }
}
