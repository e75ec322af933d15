import { describe, expect, test } from 'vitest'
import type { Dialog, Invite } from '#capture/sip/handler.ts'
import { firstHeader, optionTags } from '#capture/sip/message.ts'
import { trunkNaming } from '#capture/session/reading/trunks.ts'
import { answering, createTestServer, request, toOf } from './sip-test-server.ts'

type Changes = Parameters<typeof answering>[0]

function inCall(
  changes: Changes = {},
  options: Parameters<typeof createTestServer>[1] = {},
  invite: Record<string, string> = {},
) {
  const dialogs: Dialog[] = []
  const handler = answering(changes)
  const onInvite = handler.onInvite.bind(handler)
  handler.onInvite = (incoming) => {
    dialogs.push(incoming.dialog)
    return onInvite(incoming)
  }
  const call = createTestServer(handler, options)
  call.send(request('INVITE', { cseq: '10', ...invite }))
  const to = toOf(call.lastResponse())
  call.send(request('ACK', { cseq: '10', to, branch: 'z9hG4bK-ack' }))
  call.received()
  return { call, to, dialog: dialogs[0]! }
}

describe('answers', () => {
  test('the 2xx to INVITE has Contact with +sip.srs, Allow, Supported, Server, and the Record-Route unchanged', () => {
    const call = createTestServer(answering())
    call.send(request('INVITE', { 'record-route': '<sip:p1.example.com;lr>, <sip:p2.example.com;lr>' }))
    const answer = call.lastResponse()
    expect(firstHeader(answer, 'contact')).toBe('<sip:seloste@192.0.2.10:5060>;+sip.srs')
    expect(firstHeader(answer, 'allow')).toBe('INVITE, ACK, CANCEL, BYE, UPDATE, OPTIONS, PRACK')
    expect(optionTags(answer, 'supported')).toEqual(['siprec', 'timer', 'replaces', '100rel'])
    expect(firstHeader(answer, 'server')).toBe('Seloste')
    expect(firstHeader(answer, 'record-route')).toBe('<sip:p1.example.com;lr>, <sip:p2.example.com;lr>')
    expect(answer.to.parameters.get('tag')).toMatch(/^[0-9a-f]{24}$/)
  })

  test('OPTIONS lists what is accepted, keeps no state, and returns the same tag if repeated', () => {
    const call = createTestServer(answering())
    call.send(request('OPTIONS'))
    call.send(request('OPTIONS'))
    const [first, second] = call.sent.map(({ message }) => message)
    expect(first).toEqual(second)
    expect(firstHeader(first!, 'accept')).toBe(
      'application/sdp, application/rs-metadata+xml, application/rs-metadata, multipart/mixed',
    )
    expect(call.server.sizes()).toEqual({ dialogsOpen: 0, transactionsOpen: 0 })
  })

  test('an unknown option gets 420 with Unsupported, while siprec, timer, replaces and 100rel are accepted', () => {
    const call = createTestServer(answering())
    call.send(request('INVITE', { require: 'siprec, precondition, foo' }))
    expect(call.received()).toEqual([[0, 420]])
    expect(firstHeader(call.lastResponse(), 'unsupported')).toBe('precondition, foo')
    call.send(request('INVITE', { require: 'siprec, timer, Replaces, 100rel', branch: 'z9hG4bK2', 'call-id': 'other' }))
    expect(call.received()).toEqual([[0, 200]])
  })

  test('unsupported methods get 405 with Allow, inside and outside a dialog', () => {
    const { call, to } = inCall()
    call.send(request('REGISTER'))
    call.send(request('INFO', { to, cseq: '11' }))
    expect(call.received().map(([, item]) => item)).toEqual([405, 405])
    expect(firstHeader(call.lastResponse(), 'allow')).toContain('INVITE')
  })

  test('PRACK gets 481: no provisional response was reliable (RFC 3262 section 3)', () => {
    const { call, to } = inCall()
    call.send(request('PRACK'))
    call.send(request('PRACK', { to, cseq: '11' }))
    expect(call.received().map(([, item]) => item)).toEqual([481, 481])
  })

  test('a request that arrives by two paths gets 482 the second time (8.2.2.2)', () => {
    const call = createTestServer(answering())
    call.send(request('INVITE'))
    call.send(request('INVITE', { branch: 'z9hG4bK-by-another-way' }))
    expect(call.received().map(([, item]) => item)).toEqual([200, 482])
  })

  test('an encoded body gets 415, an unknown scheme 416, headers in the Request-URI 400', () => {
    const call = createTestServer(answering())
    call.send(request('INVITE', { 'content-encoding': 'gzip' }))
    call.send(request('OPTIONS', { uri: 'nobodyKnowsThisScheme:totallyopaquecontent' }))
    call.send(request('OPTIONS', { uri: 'sip:user@example.com?Route=%3Csip:example.com%3E' }))
    expect(call.received().map(([, item]) => item)).toEqual([415, 416, 400])
  })

  test('the response goes where Via and rport say, and never to maddr (18.2.2, RFC 3581)', () => {
    const call = createTestServer(answering())
    const via = (rest: string) => ({ via: `SIP/2.0/UDP client.example.com:5070;branch=z9hG4bK${rest}` })
    call.send(request('OPTIONS', via('1')), { port: 40_000 })
    call.send(request('OPTIONS', via('2;rport')), { port: 40_000 })
    call.send(request('OPTIONS', via('3;maddr=198.51.100.1;received=198.51.100.2')), { port: 40_000 })
    call.send(request('OPTIONS', { via: 'SIP/2.0/UDP 192.0.2.1:5070;branch=z9hG4bK4;received=198.51.100.2' }))
    expect(call.sent.at(-1)!.message.via.parameters.has('received')).toBe(false)
    expect(call.sent.map(({ to }) => `${to.address}:${to.port}`)).toEqual([
      '192.0.2.1:5070',
      '192.0.2.1:40000',
      '192.0.2.1:5070',
      '192.0.2.1:5070',
    ])
    expect(call.sent[1]!.message.via.parameters).toEqual(
      new Map([
        ['branch', 'z9hG4bK2'],
        ['rport', '40000'],
        ['received', '192.0.2.1'],
      ]),
    )
  })
})

describe('inside a dialog (section 12)', () => {
  test('a request with a lower CSeq gets 500', () => {
    const { call, to } = inCall()
    call.send(request('UPDATE', { to, cseq: '9' }))
    expect(call.received()).toEqual([[0, 500]])
  })

  test('unknown tags get 481', () => {
    const { call, to } = inCall()
    call.send(request('BYE', { to: '<sip:srs@192.0.2.10>;tag=other', cseq: '11' }))
    call.send(request('BYE', { to, from: '<sip:src@192.0.2.1>;tag=other', cseq: '12' }))
    call.send(request('UPDATE', { cseq: '13' }))
    expect(call.received().map(([, item]) => item)).toEqual([481, 481, 481])
  })

  test('a re-INVITE and an UPDATE reach the handler with their dialog and refresh the target', () => {
    const seen: string[] = []
    const { call, to, dialog } = inCall({
      onReinvite: (invite) => void (seen.push(`re ${invite.dialog.id}`), invite.respond(200)),
      onUpdate: (update) => void (seen.push(`up ${update.request.body.toString()}`), update.respond(200)),
    })
    call.send(request('INVITE', { to, cseq: '11', contact: '<sip:moved@192.0.2.2:5062;+sip.src' }))
    expect(dialog.remoteTarget).toBe('sip:moved@192.0.2.2:5062')
    call.send(request('ACK', { to, cseq: '11', branch: 'z9hG4bK-ack2' }))
    call.send(request('UPDATE', { to, cseq: '12', contact: '<sip:again@192.0.2.3>' }, '<recording/>'))
    expect(dialog.remoteTarget).toBe('sip:again@192.0.2.3')
    expect(seen).toEqual([`re ${dialog.id}`, 'up <recording/>'])
    expect(call.received().map(([, item]) => item)).toEqual([200, 200])
  })

  test('a second INVITE before the first is answered gets 500 with Retry-After (14.2)', () => {
    const held: Invite[] = []
    const { call, to } = inCall({ onReinvite: (invite) => void held.push(invite) })
    call.send(request('INVITE', { to, cseq: '11' }))
    call.send(request('INVITE', { to, cseq: '12' }))
    expect(call.received().map(([, item]) => item)).toEqual([500])
    expect(Number(firstHeader(call.lastResponse(), 'retry-after'))).toBeLessThanOrEqual(10)
    expect(held).toHaveLength(1)
  })

  test.each([
    ['an UPDATE', 'an INVITE', 'UPDATE', 'INVITE'],
    ['an INVITE', 'an UPDATE', 'INVITE', 'UPDATE'],
    ['an UPDATE', 'another', 'UPDATE', 'UPDATE'],
  ])(
    '%s while %s is not answered gets 500 with Retry-After, and passes afterwards (RFC 3311 5.2)',
    (_, __, second, first) => {
      const held: { respond(status: number): void }[] = []
      const { call, to } = inCall({
        onReinvite: (invite) => void held.push(invite),
        onUpdate: (update) => void held.push(update),
      })
      const body = 'v=0\r\n'
      call.send(request(first, { to, cseq: '11' }, body))
      call.send(request(second, { to, cseq: '12' }, body))
      expect(call.received().map(([, item]) => item)).toEqual([500])
      expect(Number(firstHeader(call.lastResponse(), 'retry-after'))).toBeLessThanOrEqual(10)
      held[0]!.respond(200)
      call.send(request('ACK', { to, cseq: '11', branch: 'z9hG4bK-ack' }))
      call.send(request(second, { to, cseq: '13' }, body))
      held[1]!.respond(200)
      expect(call.received().map(([, item]) => item)).toEqual([200, 200])
    },
  )

  test('a re-INVITE while our offer in a delayed-offer call waits for its answer gets 491', () => {
    const acks: string[] = []
    const call = createTestServer(answering({ onAck: (_dialog, ack) => void acks.push(ack.body.toString()) }))
    call.send(request('INVITE', { cseq: '10' }))
    const to = toOf(call.lastResponse())
    call.send(request('INVITE', { to, cseq: '11' }, 'v=0\r\n'))
    expect(call.received().map(([, item]) => item)).toEqual([200, 491])
    call.send(request('ACK', { to, cseq: '10' }, 'v=0\r\nanswer'))
    expect(acks).toEqual(['v=0\r\nanswer'])
    call.send(request('INVITE', { to, cseq: '12' }, 'v=0\r\n'))
    expect(call.received().map(([, item]) => item)).toEqual([200])
  })

  test('a refused or cancelled re-INVITE leaves the dialog unchanged', () => {
    const { call, to, dialog } = inCall({ onReinvite: (invite) => void invite.respond(488) })
    call.send(request('INVITE', { to, cseq: '11' }))
    expect(call.received().map(([, item]) => item)).toEqual([488])
    expect(dialog.state).toBe('confirmed')
    expect(call.server.sizes().dialogsOpen).toBe(1)
  })

  test('a BYE’s body reaches the handler, 200 follows and the dialog ends', async () => {
    const bodies: string[] = []
    const { call, to, dialog } = inCall({ onBye: async (bye) => void bodies.push(bye.request.body.toString()) })
    call.send(request('BYE', { to, cseq: '11', 'content-type': 'application/rs-metadata' }, '<recording/>'))
    await new Promise(setImmediate)
    expect(call.received()).toEqual([[0, 200]])
    expect(bodies).toEqual(['<recording/>'])
    expect(dialog.state).toBe('ended')
    expect(call.server.sizes().dialogsOpen).toBe(0)
  })

  test('a BYE ends a pending INVITE with 487 (15.1.2)', async () => {
    const { call, to } = inCall({ onReinvite: () => {} })
    call.send(request('INVITE', { to, cseq: '11' }))
    call.send(request('BYE', { to, cseq: '12' }))
    await new Promise(setImmediate)
    expect(call.received().map(([, item]) => item)).toEqual([487, 200])
  })

  test('a Replaces header that names our dialog passes it to the handler (RFC 3891)', () => {
    const replaced: (Dialog | undefined)[] = []
    const { call, dialog } = inCall({
      onInvite: (invite) => {
        replaced.push(invite.replaces)
        invite.respond(200)
      },
    })
    const named = `call-1@192.0.2.1;to-tag=${dialog.localTag};from-tag=from1`
    call.send(request('INVITE', { 'call-id': 'new', branch: 'z9hG4bKn', replaces: named }))
    expect(replaced).toEqual([undefined, dialog])
  })
})

describe('before the INVITE is answered', () => {
  test('a BYE in the early dialog ends the INVITE with 487 and notifies the handler, even one that registers afterwards', async () => {
    const held: Invite[] = []
    const call = createTestServer(answering({ onInvite: (invite) => void held.push(invite) }))
    call.send(request('INVITE'))
    held[0]!.respond(180)
    call.send(request('BYE', { to: toOf(call.lastResponse()), cseq: '2' }))
    await new Promise(setImmediate)
    expect(call.received().map(([, item]) => item)).toEqual([180, 487, 200])
    let reported = false
    held[0]!.onCancel(() => (reported = true))
    expect(reported).toBe(true)
    expect(call.server.sizes().dialogsOpen).toBe(0)
  })
})

describe('session timer (RFC 4028)', () => {
  const timer = { supported: 'timer', 'session-expires': '1800' }

  test('the 2xx leaves refreshing to the client', () => {
    const call = createTestServer(answering())
    call.send(request('INVITE', timer))
    expect(firstHeader(call.lastResponse(), 'session-expires')).toBe('1800;refresher=uac')
    expect(optionTags(call.lastResponse(), 'require')).toEqual(['timer'])
  })

  test('an interval below ninety seconds is refused with the minimum, at the start and during the call', () => {
    const opening = createTestServer(answering())
    opening.send(request('INVITE', { ...timer, 'session-expires': '30' }))
    expect(opening.lastResponse().status).toBe(422)
    expect(firstHeader(opening.lastResponse(), 'min-se')).toBe('90')
    expect(opening.server.sizes().dialogsOpen).toBe(0)
    const { call, to } = inCall({}, {}, timer)
    for (const [method, cseq] of [
      ['INVITE', '11'],
      ['UPDATE', '12'],
    ] as const) {
      call.send(request(method, { to, cseq, ...timer, 'session-expires': '30', branch: `z9hG4bK${cseq}` }))
      expect(call.lastResponse().status).toBe(422)
    }
    call.send(request('UPDATE', { to, cseq: '13', ...timer, 'session-expires': '90' }))
    expect(firstHeader(call.lastResponse(), 'session-expires')).toBe('90;refresher=uac')
  })

  test('without a refresh the session ends, and with one it continues', () => {
    const lost: string[] = []
    const { call, to } = inCall({ onDialogLost: (_dialog, reason) => void lost.push(reason) }, {}, timer)
    call.clock.advance(1_700_000)
    call.send(request('UPDATE', { to, cseq: '11', ...timer }))
    call.clock.advance(1_700_000)
    expect(lost).toEqual([])
    call.clock.advance(100_000)
    expect(lost).toEqual(['session-expired'])
  })

  test('a timer longer than the machine’s maximum is shortened to that maximum, not to zero', () => {
    const lost: string[] = []
    const { call } = inCall(
      { onDialogLost: (_dialog, reason) => void lost.push(reason) },
      {},
      {
        ...timer,
        'session-expires': '2147483647',
      },
    )
    call.clock.advance(2 ** 31 - 2)
    expect(lost).toEqual([])
    call.clock.advance(2)
    expect(lost).toEqual(['session-expired'])
  })

  test('no timer runs if the client does not support timers or wants the recorder to refresh', () => {
    const call = createTestServer(answering())
    call.send(request('INVITE', { 'session-expires': '1800' }))
    expect(firstHeader(call.lastResponse(), 'session-expires')).toBeUndefined()
    call.send(
      request('INVITE', { ...timer, 'call-id': 'b', branch: 'z9hG4bKb', 'session-expires': '90;refresher=uas' }),
    )
    expect(firstHeader(call.lastResponse(), 'session-expires')).toBeUndefined()
  })
})

describe('a BYE sent by the recorder (15.1.1, 17.1.2)', () => {
  const answerTo = (bye: string, status: number) => `SIP/2.0 ${status} Whatever\r\n${bye}Content-Length: 0\r\n\r\n`
  const echo = (message: { headers: readonly { name: string; value: string }[] }) =>
    ['via', 'from', 'to', 'call-id', 'cseq'].map((name) => `${name}: ${firstHeader(message, name)}\r\n`).join('')

  test('goes to the remote target by the route set, is repeated by timer E, and reports its answer', async () => {
    // The proxy belongs to the same trunk.
    const { sharesTrunk } = trunkNaming([], ['192.0.2.0/24'])
    const { call, dialog } = inCall({}, { sharesTrunk }, { 'record-route': '<sip:192.0.2.99;lr>' })
    const answered = dialog.bye({ Reason: 'SIP;cause=200' })
    await new Promise(setImmediate)
    call.clock.advance(1_600)
    expect(call.received()).toEqual([
      [0, 'BYE'],
      [500, 'BYE'],
      [1500, 'BYE'],
    ])
    const { to, message } = call.sent.at(-1)!
    expect(to.address).toBe('192.0.2.99')
    expect(message.kind === 'request' && message.uri).toBe('sip:src@192.0.2.1:5060')
    expect(firstHeader(message, 'route')).toBe('<sip:192.0.2.99;lr>')
    expect(firstHeader(message, 'to')).toBe('<sip:src@192.0.2.1>;tag=from1')
    expect(message.from.parameters.get('tag')).toBe(dialog.localTag)
    call.send(answerTo(echo(message), 405))
    expect(await answered).toBe(405)
    expect(dialog.state).toBe('ended')
    expect(call.server.sizes().dialogsOpen).toBe(0)
  })

  test('has an alternative: OPTIONS in the dialog reports whether the peer knows the dialog, and ends nothing (11, RFC 5057 5.1)', async () => {
    const { call, dialog } = inCall()
    for (const status of [200, 481]) {
      const answered = dialog.sendOptions()
      await new Promise(setImmediate)
      const { message } = call.sent.at(-1)!
      expect(message.kind === 'request' && message.method).toBe('OPTIONS')
      call.send(answerTo(echo(message), status))
      expect(await answered).toBe(status)
      expect(dialog.state).toBe('confirmed')
    }
    expect(firstHeader(call.sent.at(-1)!.message, 'cseq')).toMatch(/ OPTIONS$/)
  })

  test('without an answer ends with 408 after 64*T1', async () => {
    const { call, dialog } = inCall()
    const answered = dialog.bye()
    await new Promise(setImmediate)
    call.clock.advance(32_000)
    expect(await answered).toBe(408)
    expect(call.received()).toHaveLength(11)
  })

  test('is sent only after the ACK', async () => {
    const dialogs: Dialog[] = []
    const call = createTestServer(
      answering({ onInvite: (invite) => void (dialogs.push(invite.dialog), invite.respond(200)) }),
    )
    call.send(request('INVITE'))
    void dialogs[0]!.bye()
    await new Promise(setImmediate)
    expect(call.received().map(([, item]) => item)).toEqual([200])
    call.send(request('ACK', { to: toOf(call.lastResponse()) }))
    await new Promise(setImmediate)
    expect(call.received().map(([, item]) => item)).toEqual(['BYE'])
  })

  test('makes a re-INVITE or UPDATE that crossed it get 481', async () => {
    const { call, to, dialog } = inCall({ onReinvite: () => expect.unreachable() })
    void dialog.bye()
    await new Promise(setImmediate)
    call.send(request('INVITE', { to, cseq: '11' }))
    call.send(request('UPDATE', { to, cseq: '12' }))
    expect(call.received().map(([, item]) => item)).toEqual(['BYE', 481, 481])
  })

  test('that crosses the peer’s BYE: the peer’s is answered', async () => {
    const { call, to, dialog } = inCall()
    void dialog.bye()
    await new Promise(setImmediate)
    call.send(request('BYE', { to, cseq: '11' }))
    await new Promise(setImmediate)
    expect(call.received().map(([, item]) => item)).toEqual(['BYE', 200])
  })
})

describe('a dialog unknown to this process', () => {
  const stray = { to: '<sip:srs@192.0.2.10>;tag=before-the-restart', cseq: '7' }

  test('gets 481 by default', () => {
    const call = createTestServer(answering())
    call.send(request('INVITE', stray))
    expect(call.received()).toEqual([[0, 481]])
  })

  test('is resumed if the handler supplies it, with the old tags and a higher CSeq of the recorder', async () => {
    const resumed: Dialog[] = []
    const call = createTestServer(
      answering({
        onUnknownDialogInvite: async (invite) => {
          resumed.push(invite.dialog)
          return invite.respond(200)
        },
      }),
    )
    call.send(request('INVITE', stray))
    expect(call.lastResponse().to.parameters.get('tag')).toBe('before-the-restart')
    call.send(request('ACK', { ...stray, branch: 'z9hG4bK-ack' }))
    call.send(request('UPDATE', { ...stray, cseq: '8' }))
    expect(call.received().map(([, item]) => item)).toEqual([200, 200])
    void resumed[0]!.bye()
    await new Promise(setImmediate)
    expect(call.sent.at(-1)!.message.cseq).toEqual({ number: 1_700_000_001, method: 'BYE' })
  })

  test('gets 481 if the handler declines, and leaves nothing', async () => {
    const call = createTestServer(answering({ onUnknownDialogInvite: () => false }))
    call.send(request('INVITE', stray))
    await new Promise(setImmediate)
    expect(call.received()).toEqual([[0, 481]])
    expect(call.server.sizes().dialogsOpen).toBe(0)
  })
})
