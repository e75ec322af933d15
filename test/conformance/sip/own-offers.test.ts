/**
 * INVITEs that the recorder sends in a dialog: RFC 3261 sections 13.2.2, 14 and 17.1.1, RFC 6026, RFC 3311 section 5.2,
 * RFC 4028.
 */
import { describe, expect, test } from 'vitest'
import type { Dialog, SipHandler } from '#capture/sip/handler.ts'
import { firstHeader, type SipRequest } from '#capture/sip/message.ts'
import { answering, createTestServer, request, toOf, type SipTestServer } from './sip-test-server.ts'

const settle = () => new Promise(setImmediate)
const sdp = 'v=0\r\no=seloste 1 2 IN IP4 192.0.2.10\r\n'
const clientSdp = 'v=0\r\no=src 1 2 IN IP4 192.0.2.1\r\n'

function inCall(changes: Partial<SipHandler> = {}, headers: Record<string, string> = {}) {
  const dialogs: Dialog[] = []
  const call = createTestServer(
    answering({
      onInvite: (invite) => void (dialogs.push(invite.dialog), invite.respond(200, { body: sdp })),
      ...changes,
    }),
  )
  call.send(request('INVITE', headers, clientSdp))
  const to = toOf(call.lastResponse())
  call.send(request('ACK', { to }))
  call.received()
  return { call, to, dialog: dialogs[0]! }
}

function recorderRequests(call: SipTestServer, method = 'INVITE'): SipRequest[] {
  return call.sent.flatMap(({ message }) => (message.kind === 'request' && message.method === method ? [message] : []))
}

/** Answers the recorder's latest INVITE. */
function answer(call: SipTestServer, status: number, body = '', more = ''): void {
  const { headers } = recorderRequests(call).at(-1)!
  const back = headers
    .filter(({ name }) => ['via', 'from', 'to', 'call-id', 'cseq'].includes(name))
    .map(({ name, value }) => `${name}: ${value}\r\n`)
  const contact = status < 300 ? 'Contact: <sip:src@192.0.2.1:5070>;+sip.src\r\n' : ''
  call.send(`SIP/2.0 ${status} -\r\n${back.join('')}${contact}${more}Content-Length: ${body.length}\r\n\r\n${body}`)
}

const branchOf = (message: SipRequest) => message.via.parameters.get('branch')

describe('an INVITE sent by the recorder', () => {
  test('is repeated until it is answered, and its 2xx is acknowledged, also if repeated', async () => {
    const { call, dialog } = inCall()
    const offered = dialog.offer(sdp)
    await settle()
    call.clock.advance(1_600)
    expect(call.received().map(([atMs, item]) => [atMs, item])).toEqual([
      [0, 'INVITE'],
      [500, 'INVITE'],
      [1_500, 'INVITE'],
    ])
    const [invite] = recorderRequests(call)
    expect(invite!.body.toString()).toBe(sdp)
    expect(firstHeader(invite!, 'contact')).toBe('<sip:seloste@192.0.2.10:5060>;+sip.srs')
    answer(call, 100)
    call.clock.advance(10_000)
    expect(call.received()).toEqual([])
    answer(call, 200, clientSdp)
    expect(await offered).toEqual({ status: 200, sdp: clientSdp })
    answer(call, 200, clientSdp)
    const acks = recorderRequests(call, 'ACK')
    expect(acks).toHaveLength(2)
    expect(acks[0]!.cseq.number).toBe(invite!.cseq.number)
    expect(branchOf(acks[0]!)).not.toBe(branchOf(invite!))
    expect(acks[0]!.uri).toBe('sip:src@192.0.2.1:5070')
    expect(dialog.state).toBe('confirmed')
  })

  test('that is refused is acknowledged in its transaction, and the session continues', async () => {
    const { call, to, dialog } = inCall()
    const offered = dialog.offer(sdp)
    await settle()
    answer(call, 488)
    expect(await offered).toEqual({ status: 488 })
    answer(call, 488)
    const acks = recorderRequests(call, 'ACK')
    expect(acks).toHaveLength(2)
    expect(branchOf(acks[0]!)).toBe(branchOf(recorderRequests(call)[0]!))
    call.send(request('UPDATE', { to, cseq: '2' }))
    expect(call.lastResponse().status).toBe(200)
  })

  test('ends with 408 without an answer, and with 481 if the peer ends the session meanwhile', async () => {
    const silent = inCall()
    const offered = silent.dialog.offer(sdp)
    await settle()
    silent.call.clock.advance(32_000)
    expect(await offered).toEqual({ status: 408 })
    const ended = inCall()
    const crossing = ended.dialog.offer(sdp)
    await settle()
    ended.call.send(request('BYE', { to: ended.to, cseq: '2' }))
    expect(await crossing).toEqual({ status: 481 })
    expect((await ended.dialog.offer(sdp)).status).toBe(481)
  })

  test('blocks other offers while it is pending: 491 for an INVITE and an UPDATE with SDP, not for metadata', async () => {
    const { call, to, dialog } = inCall()
    const offered = dialog.offer(sdp)
    await settle()
    call.received()
    call.send(request('INVITE', { to, cseq: '2' }, clientSdp))
    call.send(request('UPDATE', { to, cseq: '3' }, clientSdp))
    call.send(request('UPDATE', { to, cseq: '4' }, '<recording/>'))
    expect(call.received().map(([, item]) => item)).toEqual([491, 491, 200])
    answer(call, 200, clientSdp)
    await offered
    call.send(request('INVITE', { to, cseq: '5' }, clientSdp))
    expect(call.lastResponse().status).toBe(200)
  })

  test('waits for the ACK of the session’s first INVITE, and is not sent while another INVITE is open', async () => {
    const dialogs: Dialog[] = []
    const call = createTestServer(
      answering({
        onInvite: (invite) => void (dialogs.push(invite.dialog), invite.respond(200, { body: sdp })),
        onReinvite: () => undefined,
      }),
    )
    call.send(request('INVITE', {}, clientSdp))
    const to = toOf(call.lastResponse())
    void dialogs[0]!.offer(sdp)
    await settle()
    expect(recorderRequests(call)).toEqual([])
    call.send(request('ACK', { to }))
    await settle()
    expect(recorderRequests(call)).toHaveLength(1)
    answer(call, 200, clientSdp)
    await settle()
    call.send(request('INVITE', { to, cseq: '2' }, clientSdp))
    expect(await dialogs[0]!.offer(sdp)).toEqual({ status: 491 })
  })

  test('leaves the session timer to its client', async () => {
    const timer = { 'session-expires': '90;refresher=uac', supported: 'timer' }
    const { call, dialog } = inCall({}, timer)
    const offered = dialog.offer(sdp)
    await settle()
    expect(firstHeader(recorderRequests(call)[0]!, 'session-expires')).toBe('90;refresher=uas')
    answer(call, 200, clientSdp, 'Session-Expires: 120;refresher=uas\r\n')
    await offered
    expect(dialog.saved().expiresSeconds).toBe(120)
  })
})
