/** Sends a stranger's INVITEs from a thread of its own, so that sending takes no time from the recorder. */
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { setTimeout as wait } from 'node:timers/promises'
import { parentPort, workerData } from 'node:worker_threads'
import { request } from '../conformance/sip/sip-test-server.ts'

export interface FloodOrder {
  /** Source and destination. */
  address: string
  port: number
  invites: number
  perSecond: number
}

export interface FloodAnswered {
  seconds: number
  /** Seconds until the last counted answer. */
  secondsInAll: number
  /** Requests that were processed: answered with anything but 503. */
  served: number
  refusals: number
  /** Number of refusals with Retry-After. */
  retryAfter: number
}

const everyMs = 10
const lastAnswersMs = 500
const { address, port, invites, perSecond } = workerData as FloodOrder

const socket = createSocket('udp4')
let refusals = 0
let retryAfter = 0
/** Counts answers by Call-ID, because an unacknowledged answer is repeated. */
const served = new Set<string>()
socket.on('message', (bytes) => {
  const text = bytes.toString('latin1')
  if (/^SIP\/2\.0 [2-6]/.test(text) && !text.startsWith('SIP/2.0 503'))
    served.add(/^Call-ID: (.*)\r$/im.exec(text)?.[1] ?? '')
  if (!text.startsWith('SIP/2.0 503')) return
  refusals++
  if (/^Retry-After: \d+\r$/m.test(text)) retryAfter++
})
socket.bind(0, address)
await once(socket, 'listening')
const via = `SIP/2.0/UDP ${address}:${socket.address().port}`
const beganAt = performance.now()
for (let sent = 0; sent < invites; await wait(everyMs)) {
  // Sends as many as the elapsed time requires; if a timer is late, the next ones catch up.
  const due = ((performance.now() - beganAt + everyMs) / 1000) * perSecond
  for (const until = Math.min(invites, due, sent + perSecond / 20); sent < until; sent++) {
    const branch = `z9hG4bKflood${sent}`
    const changes = { 'call-id': `flood-${sent}`, 'content-type': 'text/plain', via: `${via};branch=${branch};rport` }
    socket.send(request('INVITE', changes, 'good day'), port, '127.0.0.1')
  }
}
const seconds = (performance.now() - beganAt) / 1000
await wait(lastAnswersMs)
socket.close()
const secondsInAll = (performance.now() - beganAt) / 1000
const answered: FloodAnswered = { seconds, secondsInAll, served: served.size, refusals, retryAfter }
parentPort?.postMessage(answered)
