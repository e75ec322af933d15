import { writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { dirname, join } from 'node:path'
import { PutBucketVersioningCommand } from '@aws-sdk/client-s3'
import { afterAll, describe, expect, test } from 'vitest'
import { canHaltS3Server, hasS3Server, hasWholeS3Server, startS3Server } from '#test/objects/s3-server.ts'
import { readS3Credentials } from './s3-credentials.ts'
import { s3Fault } from './s3-faults.ts'
import { openS3Store } from './s3-store.ts'

// Debian's radosgw; skipped if it is not installed.
const server = hasS3Server ? await startS3Server() : undefined
afterAll(() => server?.stop())
const testWithS3 = test.skipIf(!hasS3Server)

describe('a bucket that keeps deleted objects', () => {
  testWithS3('is refused if versioning is enabled, or suspended after it was enabled', async () => {
    const bucket = await server!.makeBucket()
    const store = openS3Store(server!.store(bucket))
    await store.assertDeletesPermanently()
    for (const Status of ['Enabled', 'Suspended'] as const) {
      await server!.client.send(new PutBucketVersioningCommand({ Bucket: bucket, VersioningConfiguration: { Status } }))
      await expect(store.assertDeletesPermanently()).rejects.toMatchObject({
        code: 'object-store-keeps',
        message: `The bucket s3://${bucket} at ${server!.endpoint} keeps old versions of overwritten and deleted objects: they would keep destroyed keys; use a bucket that never had versioning.`,
      })
    }
  })

  test.skipIf(!hasWholeS3Server)('is refused for its object lock', async () => {
    const store = openS3Store(server!.store(await server!.makeBucket({ lock: true })))
    await expect(store.assertDeletesPermanently()).rejects.toMatchObject({ code: 'object-store-keeps' })
  })
})

test.skipIf(!hasWholeS3Server)('a list longer than a page of the server is returned completely, in order', async () => {
  const store = openS3Store(server!.store(await server!.makeBucket()))
  const keys = Array.from({ length: 1_100 }, (_, n) => `list/${String(n).padStart(5, '0')}`)
  for (let at = 0; at < keys.length; at += 50) {
    await Promise.all(keys.slice(at, at + 50).map((key) => store.put(key, Buffer.from('x'))))
  }
  expect(await Array.fromAsync(store.list('list/'))).toEqual(keys)
})

describe('a fault names its cause and the remedy in one line:', () => {
  testWithS3('a bucket that does not exist', async () => {
    const store = openS3Store(server!.store('nobodys'))
    const fault = {
      code: 'object-store-refuses',
      message: `The bucket s3://nobodys at ${server!.endpoint} does not exist: create it.`,
    }
    await expect(store.assertDeletesPermanently()).rejects.toMatchObject(fault)
    await expect(store.put('a', Buffer.from('x'))).rejects.toMatchObject(fault)
  })

  testWithS3('an access key that the server does not know', async () => {
    const store = openS3Store({ ...server!.store(await server!.makeBucket()), profile: 'other' })
    const fault = { code: 'object-store-refuses', message: expect.stringContaining('does not know the access key') }
    await expect(store.put('a', Buffer.from('x'))).rejects.toMatchObject(fault)
  })

  testWithS3('a secret of another access key', async () => {
    const options = server!.store(await server!.makeBucket())
    const credentials = await readS3Credentials(options.credentialsFile)
    const credentialsFile = join(dirname(options.credentialsFile), 'wrong')
    await writeFile(
      credentialsFile,
      `[default]\naws_access_key_id = ${credentials.accessKeyId}\naws_secret_access_key = wrong\n`,
    )
    const fault = { code: 'object-store-refuses', message: expect.stringContaining('the secret key does not match') }
    await expect(openS3Store({ ...options, credentialsFile }).put('a', Buffer.from('x'))).rejects.toMatchObject(fault)
  })

  test.each([
    ['RequestTimeTooSkewed', 403, 'object-store-refuses', 'synchronise both by NTP'],
    ['AuthorizationHeaderMalformed', 400, 'object-store-refuses', 'set region= in the address'],
    ['PermanentRedirect', 301, 'object-store-refuses', 'correct endpoint= and region='],
    ['SlowDown', 503, 'object-store-away', 'is overloaded'],
    ['503', 503, 'object-store-away', 'is overloaded'],
    ['QuotaExceeded', 403, 'object-disk-full', 'is full'],
    ['InternalError', 500, 'object-store-failed', 'could not be stored (InternalError)'],
  ])('%s with status %i', (name, httpStatusCode, code, excerpt) => {
    const fault = s3Fault('s3://bucket', 'a', 'stored', { Code: name, $metadata: { httpStatusCode } })
    expect(fault).toMatchObject({ code, message: expect.stringContaining(excerpt) })
  })

  test.skipIf(!hasS3Server || !canHaltS3Server)('a server that has stopped, within the request timeout', async () => {
    const store = openS3Store({ ...server!.store(await server!.makeBucket()), requestMs: 1_000 })
    await store.put('a', Buffer.from('x'))
    server!.halt()
    try {
      await expect(store.readRange('a', 0, 1)).rejects.toMatchObject({ code: 'object-store-away' })
    } finally {
      server!.resume()
    }
    expect((await store.readRange('a', 0, 1)).toString()).toBe('x')
  })

  test('a server that does not exist', async () => {
    const closedServer = createServer()
    await new Promise<void>((resolve) => closedServer.listen(0, '127.0.0.1', resolve))
    const { port } = closedServer.address() as { port: number }
    await new Promise((resolve) => closedServer.close(resolve))
    const credentialsFile = join(import.meta.dirname, 'no-such-file')
    const endpoint = `http://127.0.0.1:${port}`
    const options = { bucket: 'bucket', prefix: '', endpoint, region: 'x' }
    await expect(openS3Store({ ...options, credentialsFile }).sizeBytes('a')).rejects.toMatchObject({
      code: 'object-store-refuses',
      message: `The file of S3 access keys ${credentialsFile} cannot be read (ENOENT).`,
    })
    process.env['AWS_ACCESS_KEY_ID'] = 'a'
    process.env['AWS_SECRET_ACCESS_KEY'] = 'b'
    try {
      const fault = await openS3Store(options)
        .sizeBytes('a')
        .catch((error: unknown) => error)
      expect(fault).toMatchObject({ code: 'object-store-away' })
      expect((fault as Error).message).toBe(
        `s3://bucket at ${endpoint} does not answer: a not inspected (ECONNREFUSED).`,
      )
    } finally {
      delete process.env['AWS_ACCESS_KEY_ID']
      delete process.env['AWS_SECRET_ACCESS_KEY']
    }
  })
})

describe('access keys', () => {
  test('come from the environment, or the fault says what to do', async () => {
    const keys = { AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b' }
    expect(await readS3Credentials(undefined, undefined, keys)).toEqual({ accessKeyId: 'a', secretAccessKey: 'b' })
    expect(await readS3Credentials(undefined, undefined, { ...keys, AWS_SESSION_TOKEN: 'c' })).toMatchObject({
      sessionToken: 'c',
    })
    await expect(readS3Credentials(undefined, undefined, {})).rejects.toThrow('No access keys for S3')
  })

  testWithS3('come from a profile of the configured file, and no message repeats them', async () => {
    const file = join(dirname(server!.credentialsFile), 'half')
    await writeFile(file, '[half]\naws_access_key_id = hidden\n')
    expect(await readS3Credentials(server!.credentialsFile, 'other')).toEqual({
      accessKeyId: 'x',
      secretAccessKey: 'y',
    })
    await expect(readS3Credentials(file, 'half')).rejects.toThrow(
      `The file ${file} has no aws_access_key_id and aws_secret_access_key below [half].`,
    )
  })
})
