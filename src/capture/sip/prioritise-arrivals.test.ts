import { setImmediate as turn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { prioritiseArrivals } from './prioritise-arrivals.ts'
import type { Arrival } from './transport.ts'

function open() {
  const served: string[] = []
  const order = prioritiseArrivals(({ bytes }) => void served.push(/^\S+ \S+/.exec(bytes.toString())![0]))
  const receive = (method: string, n: number, { tag = '', pad = 0 } = {}) => {
    const text = `${method} ${n} SIP/2.0\r\nTo: <sip:a@b>${tag}\r\n${' '.repeat(pad)}`
    order.receive({ bytes: Buffer.from(text) } as Arrival)
  }
  return { served, receive, stop: () => order.stop() }
}

test('new calls are queued in order, a CANCEL behind its INVITE, and everything else is served at once', async () => {
  const { served, receive } = open()
  for (const [n, method] of ['INVITE', 'INVITE', 'CANCEL', 'OPTIONS', 'BYE', 'ACK'].entries()) receive(method, n)
  receive('INVITE', 6, { tag: ';tag=ours' })
  expect(served).toEqual(['OPTIONS 3', 'BYE 4', 'ACK 5', 'INVITE 6'])
  await turn()
  await turn()
  expect(served.slice(4)).toEqual(['INVITE 0', 'INVITE 1', 'CANCEL 2'])
})

test('a full queue serves its oldest message, and nothing is lost', async () => {
  const { served, receive } = open()
  for (let n = 0; n < 100; n++) receive('INVITE', n, { pad: 60_000 })
  expect(served.length).toBeGreaterThan(25)
  expect(served.length).toBeLessThan(40)
  await expect.poll(() => served).toEqual(Array.from({ length: 100 }, (_, n) => `INVITE ${n}`))
})

test('serves nothing after the stop', async () => {
  const { served, receive, stop } = open()
  receive('INVITE', 1)
  stop()
  await turn()
  await turn()
  expect(served).toEqual([])
})
