import { expect, test } from 'vitest'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { listen } from './listen.ts'

const database = await createTestDatabase()
const { pool } = database.as()

test('after the server has closed the connection, listening resumes and is reported', async () => {
  const events: string[] = []
  const listening = listen({
    url: database.url(),
    channels: ['call'],
    retryMs: 20,
    onNotification: (channel, payload) => events.push(`${channel} ${payload}`),
    onListening: () => events.push('listening'),
    onBroken: () => events.push('broken'),
  })
  await expect.poll(() => events).toEqual(['listening'])
  await pool.query("select pg_notify('call', 'one')")
  await expect.poll(() => events).toEqual(['listening', 'call one'])

  await pool.query(
    "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'seloste listen' and datname = current_database()",
  )
  await expect.poll(() => events).toEqual(['listening', 'call one', 'broken', 'listening'])
  await pool.query("select pg_notify('call', 'two')")
  await expect.poll(() => events.at(-1)).toBe('call two')

  await listening.stop()
  await pool.query("select pg_notify('call', 'three')")
  expect(events.at(-1)).toBe('call two')
})

test('an unreachable server is tried again until listening is stopped', async () => {
  const url = new URL(database.url())
  url.searchParams.set('host', '/nowhere')
  let broken = 0
  const listening = listen({
    url: url.href,
    channels: ['call'],
    retryMs: 5,
    onNotification: () => undefined,
    onBroken: () => (broken += 1),
  })
  await expect.poll(() => broken).toBeGreaterThan(2)
  await listening.stop()
})
