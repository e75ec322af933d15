import { PutBucketVersioningCommand } from '@aws-sdk/client-s3'
import { afterAll, expect, test } from 'vitest'
import { makeLog } from '#platform/log/log.ts'
import { openS3Store } from '#platform/objects/s3-store.ts'
import { openCuttableConnection } from '#test/faults/run-capture.ts'
import { hasS3Server, startS3Server } from '#test/objects/s3-server.ts'
import { startObjectStoreChecks } from './object-store.ts'

// Needs Debian's radosgw.
const server = hasS3Server ? await startS3Server() : undefined
afterAll(() => server?.stop())
const testWithS3 = test.skipIf(!hasS3Server)

/** Collects log lines: the code of a fault, or `right` for a line without a fault. */
function openLog() {
  const logged: string[] = []
  const write = (line: string) => {
    const { err } = JSON.parse(line) as { err?: { code: string } }
    logged.push(err?.code ?? 'right')
  }
  return { logged, log: makeLog({ name: 'custodian', write, pretty: false }) }
}

function enableVersions(bucket: string) {
  const VersioningConfiguration = { Status: 'Enabled' as const }
  return server!.client.send(new PutBucketVersioningCommand({ Bucket: bucket, VersioningConfiguration }))
}

testWithS3('a bucket that keeps deleted objects stops the start', async () => {
  const bucket = await server!.makeBucket()
  await enableVersions(bucket)
  const objects = openS3Store(server!.store(bucket))
  await expect(startObjectStoreChecks({ objects, log: openLog().log })).rejects.toMatchObject({
    code: 'object-store-keeps',
  })
})

testWithS3(
  'an unreachable store does not stop the start, and the outage and its end are logged once each',
  async () => {
    const connection = await openCuttableConnection(new URL(server!.endpoint))
    const bucket = await server!.makeBucket()
    await connection.cut()
    const { logged, log } = openLog()
    const objects = openS3Store({ ...server!.store(bucket), endpoint: `http://127.0.0.1:${connection.port}` })
    const checks = await startObjectStoreChecks({ objects, log, retryMs: 5 })
    expect(logged).toEqual(['object-store-away'])
    await connection.mend()
    await expect.poll(() => logged).toEqual(['object-store-away', 'right'])
    checks.stop()
    await connection.close()
  },
)

testWithS3('a bucket that begins to keep deleted objects after the start is logged', async () => {
  const bucket = await server!.makeBucket()
  const { logged, log } = openLog()
  const checks = await startObjectStoreChecks({
    objects: openS3Store(server!.store(bucket)),
    log,
    retryMs: 5,
    intervalMs: 5,
  })
  await enableVersions(bucket)
  await expect.poll(() => logged).toEqual(['object-store-keeps'])
  checks.stop()
})
