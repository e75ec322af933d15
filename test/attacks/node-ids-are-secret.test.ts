// R46: whoever knows the id of a capture node can report under it: that the node has ended, so that its calls are
// closed, or take the node's share of the intake keys. So the id is secret. An attacker in one capture sees the
// requests sent to all captures.
import { randomUUID } from 'node:crypto'
import { expect, test, vi } from 'vitest'
import { startNodeHeartbeat } from '#app/capture/node-heartbeat.ts'
import { openCaptures } from '#app/desk/captures.ts'
import { listen } from '#platform/database/listen.ts'
import type { RegisterTables } from '#register/tables.ts'
import { createTestDatabase } from '#test/database/create-test-database.ts'

const database = await createTestDatabase<RegisterTables>()
const onFault = (error: unknown) => {
  throw error
}

test('a compromised capture learns no other node’s id from the desks’ requests and the nodes’ answers', async () => {
  const id = randomUUID()
  const node = startNodeHeartbeat({
    ...{ db: database.as('seloste_capture').db, databaseUrl: database.url('seloste_capture'), onFault },
    node: { id, name: 'north', version: '1', startedAt: Temporal.Now.instant() },
    state: () => ({ draining: false, pressures: [], sessions: 0, recordings: 0, waiting: 0, blockers: [] }),
    answer: async (request) => ({ asked: request }),
    onEnded: () => undefined,
  })
  const captures = openCaptures({
    db: database.as('seloste_desk').db,
    databaseUrl: database.url('seloste_desk'),
    onFault,
  })
  const payloads: string[] = []
  const spy = listen({
    url: database.url('seloste_capture'),
    channels: ['seloste_asked', 'seloste_told'],
    onNotification: (_channel, payload) => payloads.push(payload),
  })
  try {
    await vi.waitFor(
      async () => {
        const { expected, answers } = await captures.request('metrics')
        expect(expected).toEqual([{ id, name: 'north' }])
        expect(answers.get(id)).toEqual({ asked: 'metrics' })
        expect(payloads.length).toBeGreaterThan(1)
      },
      { timeout: 20_000 },
    )
    expect(payloads.filter((payload) => payload.includes(id))).toEqual([])
  } finally {
    await Promise.all([node.stop(), captures.stop(), spy.stop()])
  }
})
