import { expect, test } from 'vitest'
import { firstHeader } from '#capture/sip/message.ts'
import { answering, createTestServer, request, toOf } from './sip-test-server.ts'

const busy = { reason: 'Recorder Is Busy', retryAfterSeconds: 10, isDraining: false }
const draining = { reason: 'Recorder Is Draining', retryAfterSeconds: 120, isDraining: true }

function callWhen(now: { refusal?: typeof busy }) {
  const unknown: string[] = []
  const call = createTestServer(
    answering({
      onUnknownDialogInvite: (invite) => {
        unknown.push(invite.request.callId)
        return invite.respond(200, { body: 'v=0\r\n' })
      },
    }),
    { refusal: () => now.refusal },
  )
  return { call, unknown }
}

test('new sessions get 503 with Retry-After, and so does a dispatcher’s OPTIONS', () => {
  const now: { refusal?: typeof busy } = { refusal: busy }
  const { call } = callWhen(now)
  for (const method of ['INVITE', 'OPTIONS']) {
    call.send(request(method))
    const answer = call.lastResponse()
    expect([answer.status, answer.reason, firstHeader(answer, 'retry-after')]).toEqual([503, 'Recorder Is Busy', '10'])
  }
  expect(call.server.sizes()).toEqual({ dialogsOpen: 0, transactionsOpen: 0 })
  expect(call.counters['refusedByPressure']).toBe(2)
  delete now.refusal
  call.send(request('INVITE', { branch: 'z9hG4bKagain' }))
  expect(call.lastResponse().status).toBe(200)
})

test('a session in progress can be held, changed, queried and ended as usual', () => {
  const now: { refusal?: typeof busy } = {}
  const { call } = callWhen(now)
  call.send(request('INVITE'))
  const to = toOf(call.lastResponse())
  call.send(request('ACK', { to }))
  now.refusal = draining
  call.received()
  call.send(request('INVITE', { to, cseq: '2' }))
  call.send(request('ACK', { to, cseq: '2', branch: 'z9hG4bKack2' }))
  call.send(request('OPTIONS', { to, cseq: '3' }))
  call.send(request('UPDATE', { to, cseq: '4' }))
  call.send(request('BYE', { to, cseq: '5' }))
  expect(call.received().map(([, status]) => status)).not.toContain(503)
  expect(call.counters['refusedByPressure']).toBe(0)
})

test('a session that replaces one in progress is accepted (RFC 3891)', () => {
  const now: { refusal?: typeof busy } = {}
  const { call } = callWhen(now)
  call.send(request('INVITE'))
  const answer = call.lastResponse()
  const tag = /tag=([^;>]+)/.exec(toOf(answer))?.[1] ?? ''
  now.refusal = busy
  const replaces = (toTag: string) => `${answer.callId};to-tag=${toTag};from-tag=from1`
  call.send(request('INVITE', { 'call-id': 'next', branch: 'z9hG4bKnext', replaces: replaces(tag) }))
  expect(call.lastResponse().status).toBe(200)
  call.send(request('INVITE', { 'call-id': 'made-up', branch: 'z9hG4bKmade', replaces: replaces('made-up') }))
  expect(call.lastResponse().status).toBe(503)
})

test('a call that returns after a restart is accepted under pressure, and not while draining', () => {
  const now: { refusal?: typeof busy } = { refusal: busy }
  const { call, unknown } = callWhen(now)
  const to = '<sip:srs@192.0.2.10>;tag=of-an-earlier-process'
  call.send(request('INVITE', { to, 'call-id': 'first' }))
  expect(call.lastResponse().status).toBe(200)
  now.refusal = draining
  call.send(request('INVITE', { to, 'call-id': 'second', branch: 'z9hG4bKsecond' }))
  expect(call.lastResponse().status).toBe(503)
  expect(unknown).toEqual(['first'])
})
