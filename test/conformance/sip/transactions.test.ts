import { describe, expect, test } from 'vitest'
import type { Invite } from '#capture/sip/handler.ts'
import { answering, createTestServer, request, toOf } from './sip-test-server.ts'

/** Keeps the INVITE, so that the test can answer it later. */
function holding() {
  const invites: Invite[] = []
  return { invites, handler: answering({ onInvite: (invite) => void invites.push(invite) }) }
}

describe('INVITE server transaction (RFC 3261 17.2.1)', () => {
  test('an INVITE not answered within 200 ms is answered 100, once, without a To tag', () => {
    const { handler } = holding()
    const call = createTestServer(handler)
    call.send(request('INVITE'))
    call.clock.advance(199)
    expect(call.received()).toEqual([])
    call.clock.advance(5000)
    expect(call.received()).toEqual([[200, 100]])
    expect(toOf(call.lastResponse())).toBe('<sip:srs@192.0.2.10>')
  })

  test('a repeated INVITE gets the last provisional response again and does not reach the handler', () => {
    const { handler, invites } = holding()
    const call = createTestServer(handler)
    call.send(request('INVITE'))
    call.clock.advance(500)
    call.send(request('INVITE'))
    invites[0]!.respond(180)
    call.clock.advance(1000)
    call.send(request('INVITE'))
    expect(call.received()).toEqual([
      [200, 100],
      [500, 100],
      [500, 180],
      [1500, 180],
    ])
    expect(invites).toHaveLength(1)
  })

  test('a refusal is repeated by timer G up to T2 and given up by timer H after 64*T1', () => {
    const call = createTestServer(answering({ onInvite: (invite) => void invite.respond(486) }))
    call.send(request('INVITE'))
    call.clock.advance(40_000)
    expect(call.received().map(([atMs]) => atMs)).toEqual([
      0, 500, 1500, 3500, 7500, 11500, 15500, 19500, 23500, 27500, 31500,
    ])
    expect(call.counters.notAcknowledged).toBe(1)
    expect(call.server.sizes()).toEqual({ dialogsOpen: 0, transactionsOpen: 0 })
  })

  test('the ACK of a refusal ends its repetition, and timer I removes the transaction', () => {
    const call = createTestServer(answering({ onInvite: (invite) => void invite.respond(486) }))
    call.send(request('INVITE'))
    const to = toOf(call.lastResponse())
    call.send(request('ACK', { to, branch: 'z9hG4bK-INVITE-1' }))
    call.clock.advance(4999)
    expect(call.received()).toEqual([[0, 486]])
    expect(call.server.sizes().transactionsOpen).toBe(1)
    call.clock.advance(1)
    expect(call.server.sizes().transactionsOpen).toBe(0)
  })

  test('over a reliable transport a refusal is sent once and the ACK ends the transaction at once', () => {
    const call = createTestServer(answering({ onInvite: (invite) => void invite.respond(486) }), { reliable: true })
    call.send(request('INVITE'))
    const to = toOf(call.lastResponse())
    call.clock.advance(20_000)
    expect(call.received()).toEqual([[0, 486]])
    call.send(request('ACK', { to, branch: 'z9hG4bK-INVITE-1' }))
    expect(call.server.sizes().transactionsOpen).toBe(0)
  })

  test('a 2xx is repeated until the ACK arrives, and a repeated INVITE is absorbed meanwhile (RFC 6026)', () => {
    const acks: string[] = []
    const call = createTestServer(answering({ onAck: (dialog) => void acks.push(dialog.callId) }))
    call.send(request('INVITE'))
    call.send(request('INVITE'))
    call.clock.advance(1600)
    expect(call.received()).toEqual([
      [0, 200],
      [500, 200],
      [1500, 200],
    ])
    call.send(request('ACK', { to: toOf(call.lastResponse()), branch: 'z9hG4bK-other' }))
    call.send(request('ACK', { to: toOf(call.lastResponse()), branch: 'z9hG4bK-other' }))
    call.clock.advance(60_000)
    expect(call.received()).toEqual([])
    expect(acks).toEqual(['call-1@192.0.2.1'])
    expect(call.server.sizes()).toEqual({ dialogsOpen: 1, transactionsOpen: 0 })
  })

  test('a 2xx without ACK is given up after 64*T1, the handler is notified, and a BYE follows', async () => {
    const lost: string[] = []
    const call = createTestServer(answering({ onDialogLost: (_dialog, reason) => void lost.push(reason) }), {
      reliable: true,
    })
    call.send(request('INVITE'))
    call.clock.advance(31_999)
    expect(lost).toEqual([])
    call.clock.advance(1)
    expect(lost).toEqual(['not-acknowledged'])
    await new Promise(setImmediate)
    expect(call.received().at(-1)).toEqual([32_000, 'BYE'])
  })

  test('a handler that returns ‘keep’ keeps its dialog without ACK for any time', async () => {
    const call = createTestServer(answering({ onDialogLost: () => 'keep' }))
    call.send(request('INVITE'))
    call.clock.advance(64_000)
    await new Promise(setImmediate)
    expect(call.received().at(-1)?.[1]).toBe(200)
    expect(call.server.sizes().dialogsOpen).toBe(1)
  })

  test('an ACK without a transaction is dropped', () => {
    const call = createTestServer(answering())
    call.send(request('ACK', { to: '<sip:srs@192.0.2.10>;tag=none' }))
    expect(call.received()).toEqual([])
  })

  test('repeated INVITEs and ACKs of clients older than RFC 3261 are recognised', () => {
    const call = createTestServer(answering({ onInvite: (invite) => void invite.respond(486) }))
    const old = { via: 'SIP/2.0/UDP 192.0.2.1' }
    call.send(request('INVITE', old))
    call.send(request('INVITE', old))
    call.send(request('ACK', { ...old, to: toOf(call.lastResponse()) }))
    call.clock.advance(20_000)
    expect(call.received()).toEqual([
      [0, 486],
      [0, 486],
    ])
  })
})

describe('non-INVITE server transaction (17.2.2)', () => {
  test('a repeated BYE gets the stored answer until timer J, and 481 after it', () => {
    let byes = 0
    const call = createTestServer(answering({ onBye: (bye) => void (byes++, bye.respond(200)) }))
    call.send(request('INVITE'))
    const to = toOf(call.lastResponse())
    call.send(request('ACK', { to }))
    call.send(request('BYE', { to, cseq: '2' }))
    call.clock.advance(31_000)
    call.send(request('BYE', { to, cseq: '2' }))
    call.clock.advance(2_000)
    call.send(request('BYE', { to, cseq: '2' }))
    expect(call.received().map(([, item]) => item)).toEqual([200, 200, 200, 481])
    expect(byes).toBe(1)
  })
})

describe('CANCEL (9.2)', () => {
  test('CANCEL gets 200 and the INVITE 487, with the same To tag, and the handler is notified', () => {
    const { handler, invites } = holding()
    const call = createTestServer(handler)
    let cancelled = 0
    call.send(request('INVITE'))
    invites[0]!.onCancel(() => cancelled++)
    call.send(request('CANCEL', { branch: 'z9hG4bK-INVITE-1' }))
    const answers = call.sent.map(({ message }) => message as { status: number } & typeof message)
    expect(new Map(answers.map((one) => [one.cseq.method, one.status]))).toEqual(
      new Map([
        ['INVITE', 487],
        ['CANCEL', 200],
      ]),
    )
    expect(answers[0]!.to.parameters.get('tag')).toBe(answers[1]!.to.parameters.get('tag'))
    expect(cancelled).toBe(1)
    expect(invites[0]!.respond(200)).toBe(false)
    expect(call.server.sizes().dialogsOpen).toBe(0)
  })

  test('CANCEL after the 2xx is answered 200 and changes nothing', () => {
    const call = createTestServer(answering())
    call.send(request('INVITE'))
    call.send(request('CANCEL', { branch: 'z9hG4bK-INVITE-1' }))
    expect(call.received().map(([, item]) => item)).toEqual([200, 200])
    expect(call.server.sizes().dialogsOpen).toBe(1)
  })

  test('CANCEL from a stranger who knows the branch gets 481 and cancels nothing, and from another address of the trunk it cancels', () => {
    const { handler } = holding()
    const isOurs = ({ address }: { address: string }) => address.startsWith('192.0.2.')
    const call = createTestServer(handler, { sharesTrunk: (one, other) => isOurs(one) && isOurs(other) })
    call.send(request('INVITE'))
    const cancel = request('CANCEL', { branch: 'z9hG4bK-INVITE-1' })
    call.send(cancel, { address: '198.51.100.9' })
    expect([call.received(), call.counters['foreignRequests'], call.server.sizes().dialogsOpen]).toEqual([
      [[0, 481]],
      1,
      1,
    ])
    call.send(cancel, { address: '192.0.2.77' })
    expect(call.received().map(([, item]) => item)).toEqual([487, 200])
  })

  test('CANCEL without a transaction gets 481', () => {
    const call = createTestServer(answering())
    call.send(request('CANCEL'))
    expect(call.received()).toEqual([[0, 481]])
  })
})

describe('every request gets a final answer', () => {
  test('a handler that throws or rejects causes a 500 response and a logged fault', async () => {
    const call = createTestServer(
      answering({
        onInvite: () => {
          throw new Error('broken')
        },
      }),
    )
    call.send(request('INVITE'))
    expect(call.received()).toEqual([[0, 500]])
    const rejecting = createTestServer(answering({ onInvite: async () => Promise.reject(new Error('broken')) }))
    rejecting.send(request('INVITE'))
    await new Promise(setImmediate)
    expect(rejecting.received()).toEqual([[0, 500]])
    expect([call.faults.length, rejecting.faults.length]).toEqual([1, 1])
    expect(call.server.sizes().dialogsOpen).toBe(0)
  })

  test('a handler that never answers causes a 500 response after 30 s', () => {
    const { handler } = holding()
    const call = createTestServer(handler)
    call.send(request('INVITE'))
    call.clock.advance(30_000)
    expect(call.received()).toEqual([
      [200, 100],
      [30_000, 500],
    ])
  })
})

describe('limits for unknown sources', () => {
  test('beyond its rate limit a source gets 503 with Retry-After, then silence, and running calls are served', () => {
    const call = createTestServer(answering(), { limits: { newRequestsBurst: 2, newRequestsPerSecond: 1 } })
    const statuses: unknown[] = []
    for (let i = 0; i < 6; i++) {
      call.send(request('INVITE', { 'call-id': `flood-${i}`, branch: `z9hG4bK${i}` }))
      statuses.push(call.received()[0]?.[1])
    }
    expect(statuses).toEqual([200, 200, 503, 503, undefined, undefined])
    expect(
      call.sent.find(({ message }) => message.kind === 'response' && message.status === 503)?.message.headers,
    ).toContainEqual({ name: 'retry-after', value: '5' })
    const to = toOf(call.sent[0]!.message as never)
    call.send(request('BYE', { 'call-id': 'flood-0', to, cseq: '2' }))
    call.send(request('INVITE', { 'call-id': 'elsewhere' }), { address: '192.0.2.77' })
    expect(call.received().map(([, item]) => item)).toEqual([200])
    expect(call.sent.at(-1)!.to.address).toBe('192.0.2.77')
  })

  test('sources outside the allow-list are not answered', () => {
    const call = createTestServer(answering(), { limits: { allowedSources: ['198.51.100.0/24', '2001:db8::/32'] } })
    call.send(request('OPTIONS'))
    expect(call.received()).toEqual([])
    call.send(request('OPTIONS'), { address: '198.51.100.7' })
    call.send(request('OPTIONS'), { address: '2001:db8::1' })
    expect(call.received()).toHaveLength(2)
  })

  test('at the limit of dialogs a new INVITE gets 503 and uses no memory', () => {
    const call = createTestServer(answering(), { limits: { dialogs: 1 } })
    call.send(request('INVITE'))
    call.send(request('INVITE', { 'call-id': 'second', branch: 'z9hG4bK2' }))
    expect(call.received().map(([, item]) => item)).toEqual([200, 503])
    expect(call.server.sizes()).toEqual({ dialogsOpen: 1, transactionsOpen: 1 })
  })
})
