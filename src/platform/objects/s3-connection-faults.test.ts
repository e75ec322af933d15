// Faults between a store and its S3 server: a slow or stalled connection, a missing bucket, replaced keys, an untrusted
// certificate.
import { execFileSync, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer as createHttpServer } from 'node:http'
import { createConnection, createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { createServer as createTlsServer } from 'node:tls'
import { CreateMultipartUploadCommand, ListMultipartUploadsCommand, PutObjectCommand } from '@aws-sdk/client-s3'
import { afterAll, describe, expect, onTestFinished, test } from 'vitest'
import { hasS3Server, hasWholeS3Server, startS3Server } from '#test/objects/s3-server.ts'
import { openS3Store } from './s3-store.ts'

const server = hasS3Server ? await startS3Server() : undefined
const folder = await mkdtemp(join(tmpdir(), 's3-faults-'))
afterAll(async () => {
  await server?.stop()
  await rm(folder, { recursive: true })
})
const testWithS3 = test.skipIf(!hasS3Server)

async function listenAt(listener: Server): Promise<number> {
  await once(listener.listen(0, '127.0.0.1'), 'listening')
  onTestFinished(() => void listener.close())
  return (listener.address() as AddressInfo).port
}

/** A proxy to the server that forwards a limited number of bytes a second. */
async function startSlowProxy(bytesPerSecond: number): Promise<string> {
  const { port, hostname } = new URL(server!.endpoint)
  const proxy = createServer((from: Socket) => {
    const to = createConnection(Number(port), hostname)
    for (const socket of [from, to]) socket.on('error', () => undefined)
    to.pipe(from)
    from.on('close', () => to.destroy())
    void (async () => {
      for await (const part of from as AsyncIterable<Buffer>) {
        for (let at = 0; at < part.length; at += bytesPerSecond / 50) {
          to.write(part.subarray(at, at + bytesPerSecond / 50))
          await wait(20)
        }
      }
      to.end()
    })().catch(() => undefined)
  })
  return `http://127.0.0.1:${await listenAt(proxy)}`
}

describe('the connection to the server', () => {
  testWithS3('may be slow, as long as bytes arrive', async () => {
    const options = server!.store(await server!.makeBucket())
    // The signature covers the host, so requests use the proxy's name.
    const slow = openS3Store({ ...options, endpoint: await startSlowProxy(600_000), requestMs: 600 })
    await slow.put('large', Buffer.alloc(1_000_000, 'x'))
    expect(await openS3Store(options).sizeBytes('large')).toBe(1_000_000)
  })

  test('may stall during an answer: the reader gets an error, and does not wait for ever', async () => {
    const stalling = createHttpServer((_request, answer) => {
      answer.writeHead(206, { 'content-length': 10, 'content-range': 'bytes 0-9/10' })
      answer.write('half')
    })
    const endpoint = `http://127.0.0.1:${await listenAt(stalling)}`
    onTestFinished(() => stalling.closeAllConnections())
    const credentialsFile = join(folder, 'any')
    await writeFile(credentialsFile, '[default]\naws_access_key_id = a\naws_secret_access_key = b\n')
    const store = openS3Store({ bucket: 'b', prefix: '', endpoint, region: 'x', credentialsFile, requestMs: 300 })
    await expect(store.readRange('a', 0, 10)).rejects.toMatchObject({ code: 'object-store-away' })
  })
})

testWithS3('an object in a missing bucket does not count as destroyed', async () => {
  const store = openS3Store(server!.store('gone-with-its-bucket'))
  const fault = { code: 'object-store-refuses', message: expect.stringContaining('does not exist') }
  await expect(store.delete('a')).rejects.toMatchObject(fault)
  await expect(store.sizeBytes('a')).rejects.toMatchObject(fault)
})

// Ceph's database backend does not list uploads.
test.skipIf(!hasWholeS3Server)('incomplete multipart uploads are aborted when a store is no longer used', async () => {
  const options = server!.store(await server!.makeBucket())
  const store = openS3Store({ ...options, prefix: 'seloste/' })
  const upload = { Bucket: options.bucket, Key: 'seloste/recordings/a.body' }
  await server!.client.send(new CreateMultipartUploadCommand(upload))
  await store.assertDeletesPermanently()
  const listUploads = () => server!.client.send(new ListMultipartUploadsCommand({ Bucket: options.bucket }))
  expect((await listUploads()).Uploads).toHaveLength(1)
  await store.abortUploads()
  expect((await listUploads()).Uploads ?? []).toEqual([])
})

testWithS3('access keys that are replaced in their file are used without a restart', async () => {
  const options = server!.store(await server!.makeBucket())
  const credentialsFile = join(folder, 'replaced')
  await writeFile(credentialsFile, '[default]\naws_access_key_id = x\naws_secret_access_key = y\n')
  const store = openS3Store({ ...options, credentialsFile })
  await expect(store.put('a', Buffer.from('x'))).rejects.toMatchObject({ code: 'object-store-refuses' })
  await copyFile(options.credentialsFile, credentialsFile)
  await store.put('a', Buffer.from('x'))
})

testWithS3(
  'lists leave out objects of others below the prefix: a console’s folder, a name that is not a key',
  async () => {
    const options = server!.store(await server!.makeBucket())
    const store = openS3Store({ ...options, prefix: 'seloste/' })
    for (const Key of ['seloste/', 'seloste/Read me.TXT'])
      await server!.client.send(new PutObjectCommand({ Bucket: options.bucket, Key, Body: Buffer.alloc(0) }))
    await store.put('a', Buffer.from('x'))
    expect(await Array.fromAsync(store.list(''))).toEqual(['a'])
  },
)

test.skipIf(spawnSync('openssl', ['version']).status !== 0)(
  'an untrusted or expired certificate is reported with the remedy',
  async () => {
    const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
    const opensslArguments =
      'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=s3 -addext subjectAltName=IP:127.0.0.1'
    const credentialsFile = join(folder, 'tls')
    await writeFile(credentialsFile, '[default]\naws_access_key_id = a\naws_secret_access_key = b\n')
    execFileSync('openssl', [...opensslArguments.split(' '), '-days', '2', '-keyout', key, '-out', cert], {
      stdio: 'ignore',
    })
    const secure = createTlsServer({ key: await readFile(key), cert: await readFile(cert) }, (socket) =>
      socket.destroy(),
    )
    const endpoint = `https://127.0.0.1:${await listenAt(secure)}`
    const store = openS3Store({ bucket: 'b', prefix: '', endpoint, region: 'x', credentialsFile })
    await expect(store.put('a', Buffer.from('x'))).rejects.toMatchObject({
      code: 'object-store-away',
      message: expect.stringContaining('NODE_EXTRA_CA_CERTS') as string,
    })
  },
)
