// SECURITY.md: no sender of packets blocks other visitors by connections. Strangers open connections to the endpoint at
// which telephone systems request recording decisions, and send nothing.
import { once } from 'node:events'
import { request } from 'node:http'
import { connect, type Socket } from 'node:net'
import { afterAll, expect, test } from 'vitest'
import { listenDecisions } from '#capture/decisions/listen-decisions.ts'

const token = 'a-token-of-enough-length'
const refused: string[] = []
const server = await listenDecisions({
  listen: { host: '127.0.0.1', port: 0 },
  token,
  answer: () => ({ outcome: 'recorded', announce: true, reason: 'drawn', descriptionVersion: 1, announcements: [] }),
  onAnswered: () => undefined,
  onConnectionRefused: (client) => refused.push(client),
  onFault: (error) => {
    throw error
  },
})
const idle: Socket[] = []
afterAll(async () => {
  for (const socket of idle) socket.destroy()
  await server.stop()
})

async function requestDecision(): Promise<number | undefined> {
  const sent = request({
    ...{ host: '127.0.0.1', port: server.port, method: 'POST', path: '/decisions', agent: false },
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
  })
  sent.end(JSON.stringify({ number: '029 497 000', callIds: { ucid: '1' } }))
  const [answer] = (await once(sent, 'response')) as [{ statusCode?: number; resume: () => void }]
  answer.resume()
  return answer.statusCode
}

test('strangers at two addresses who open connections and send nothing do not keep the telephone system out, and are reported', async () => {
  for (const localAddress of ['127.0.0.2', '127.0.0.3']) {
    for (let n = 0; n < 128; n += 1) {
      const socket = connect({ host: '127.0.0.1', port: server.port, localAddress })
      socket.on('error', () => undefined).resume()
      idle.push(socket)
    }
  }
  await expect.poll(() => new Set(refused)).toEqual(new Set(['127.0.0.2', '127.0.0.3']))
  expect(await requestDecision()).toBe(200)
  // A request that does not arrive is not waited for.
  await expect.poll(() => idle.filter((socket) => !socket.destroyed).length, { timeout: 20_000 }).toBe(0)
}, 30_000)
