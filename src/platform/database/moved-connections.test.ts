import { expect, test } from 'vitest'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { connectDatabase } from './connect.ts'
import { listen } from './listen.ts'
import { suspendConnections, moveConnections } from './moved-connections.ts'

const [before, after] = [await createTestDatabase(), await createTestDatabase()]

test('a suspended database is unavailable, for pending queries too, and then pools and listeners find its new address', async () => {
  const url = before.url()
  const { pool, close } = connectDatabase({ url, applicationName: 'moved', size: 2, onIdleError: () => undefined })
  let notifications = 0
  const listening = listen({ url, channels: ['moved'], retryMs: 20, onNotification: () => (notifications += 1) })
  const name = async () => (await pool.query<{ name: string }>('select current_database()::text as name')).rows[0]?.name
  expect(await name()).toBe(before.name)
  const underWay = pool.query('select pg_sleep(60)')
  suspendConnections(url)
  await expect(underWay).rejects.toThrow()
  await expect(name()).rejects.toThrow('ENOENT')
  moveConnections(url, after.url())
  expect(await name()).toBe(after.name)
  await expect
    .poll(async () => {
      await pool.query('notify moved')
      return notifications
    })
    .toBeGreaterThan(0)
  await listening.stop()
  await close()
})
