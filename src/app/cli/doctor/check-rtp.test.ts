import { expect, test } from 'vitest'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { recordClient } from '#register/capture-clients.ts'
import type { RegisterTables } from '#register/tables.ts'
import { findPlainRtp } from './check-rtp.ts'

const database = await createTestDatabase<RegisterTables>()
const capture = database.as('seloste_capture').db
const { db, pool } = database.as()
const recordSuite = (trunk: string, suite: string) =>
  recordClient(capture, {
    trunk,
    client: 'SBC 1',
    sessions: 1,
    refused: 0,
    sends: [{ kind: 'suite', name: suite, times: 1 }],
  })

test('doctor warns of each trunk that has sent unencrypted RTP this week, because its audio could be forged', async () => {
  await recordSuite('trunk:secured', 'AES_CM_128_HMAC_SHA1_80')
  await recordSuite('address:127.0.0.1', 'none')
  await recordSuite('trunk:changed', 'none')
  await pool.query("update capture_client_sends set last_at = now() - interval '8 days' where name = 'none'")
  expect(await findPlainRtp(db)).toMatchObject([{ check: 'sip.rtp', is: 'ok' }])
  await recordSuite('address:127.0.0.1', 'none')
  await recordSuite('trunk:border', 'none')
  await recordSuite('trunk:border', 'AES_CM_128_HMAC_SHA1_80')
  await recordSuite('source:192.0.2.0/29', 'none')
  await recordSuite('', 'none')
  const found = await findPlainRtp(db)
  expect(found.map(({ is, says }) => [is, says.split(' ')[0]])).toEqual([
    ['warning', 'a'],
    ['warning', 'source:192.0.2.0/29'],
    ['warning', 'trunk:border'],
  ])
  expect(found[0]!.remedy).toContain('secure-trunks.md')
})
