import { afterAll, expect, test } from 'vitest'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { answerOnChannel, requestOnChannel } from './channel-request.ts'

const database = await createTestDatabase()
const { db, pool } = database.as()
const faults: unknown[] = []
const onFault = (error: unknown) => void faults.push(error)
const requester = requestOnChannel({ db, url: database.url(), onFault })
const responder = answerOnChannel({
  ...{ db, url: database.url(), name: 'north', key: 'secret of north', onFault },
  answer: (request) => Promise.resolve(request === 'how' ? { said: 'ä'.repeat(20_000) } : undefined),
})
afterAll(async () => {
  await requester.stop()
  await responder.stop()
})

const query = () => requester.request('how', new Map([['north', 'secret of north']]), 2_000)

test('an answer in several pieces is assembled, and a missing responder is not waited for', async () => {
  await expect.poll(async () => [...(await query())]).toEqual([['north', { said: 'ä'.repeat(20_000) }]])
  const nodes = new Map([
    ['north', 'secret of north'],
    ['south', 'secret of south'],
  ])
  expect(await requester.request('nothing of the kind', nodes, 50)).toEqual(new Map())
})

test('malformed messages from another database role stop neither responder nor requester', async () => {
  const nonsense = [
    '',
    'x',
    'null',
    '[]',
    '{}',
    '{"id":1,"of":"north"}',
    '{"id":"a","what":"how","of":7}',
    '{"id":"a","of":[null]}',
  ]
  const pieces = ['{"id":"a","from":"north","place":"x","of":1}', '{"id":"a","place":-1,"of":1e999,"part":{}}']
  for (const text of [...nonsense, ...pieces]) {
    for (const channel of ['seloste_asked', 'seloste_told'])
      await pool.query('select pg_notify($1, $2)', [channel, text])
  }
  expect([...(await query()).keys()]).toEqual(['north'])
})
