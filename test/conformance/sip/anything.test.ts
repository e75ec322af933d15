import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Invite } from '#capture/sip/handler.ts'
import { answering, createTestServer, request } from './sip-test-server.ts'

/*
 * Sends requests of a few calls in any order, well-formed or corrupted, with time passing between them and a handler
 * that answers, refuses, throws or stays silent. The server has no fault of its own, sends a final response to each INVITE, and
 * at the end keeps only dialogs that were accepted and not ended.
 */

const step = fc.record({
  method: fc.constantFrom('INVITE', 'INVITE', 'INVITE', 'ACK', 'BYE', 'CANCEL', 'UPDATE', 'OPTIONS', 'INFO'),
  call: fc.nat(2),
  cseq: fc.integer({ min: 1, max: 4 }),
  branch: fc.nat(3),
  inDialog: fc.boolean(),
  spoil: fc.option(fc.record({ at: fc.nat(500), byte: fc.nat(255), cut: fc.nat(5) }), { freq: 4 }),
  waitMs: fc.constantFrom(0, 0, 100, 600, 5_000, 33_000),
})

const behaviour = fc.constantFrom('accept', 'refuse', 'throw', 'silent', 'late')

test('requests in any order cause no fault and leave no state behind', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), fc.infiniteStream(behaviour), async (steps, behaviours) => {
      const late: Invite[] = []
      const tags = new Map<string, string>()
      const act = (invite: Invite) => {
        const method = behaviours.next().value
        if (method === 'accept') invite.respond(200, { body: 'v=0\r\n' })
        if (method === 'refuse') invite.respond(486)
        if (method === 'late') late.push(invite)
        if (method === 'throw') throw new Error('a handler may throw')
      }
      const finals = new Set<string>()
      const call = createTestServer(
        answering({
          onInvite: (invite) => {
            tags.set(invite.request.callId, invite.dialog.localTag)
            act(invite)
          },
          onReinvite: act,
          onUnknownDialogInvite: (invite) => {
            act(invite)
            return true
          },
        }),
        { limits: { newRequestsBurst: 1000 } },
      )
      const requested = new Set<string>()
      for (const { method, call: which, cseq, branch, inDialog, spoil, waitMs } of steps) {
        const callId = `call-${which}`
        const tag = tags.get(callId)
        const text = request(method, {
          'call-id': callId,
          cseq: String(cseq),
          branch: `z9hG4bK${branch}`,
          to: inDialog && tag !== undefined ? `<sip:srs@192.0.2.10>;tag=${tag}` : '<sip:srs@192.0.2.10>',
        })
        const bytes = Buffer.from(text)
        if (spoil === null) {
          if (method === 'INVITE') requested.add(`${callId} z9hG4bK${branch}`)
          call.send(bytes)
        } else {
          bytes[spoil.at % bytes.length] = spoil.byte
          call.send(Buffer.concat([bytes.subarray(0, spoil.at), bytes.subarray(spoil.at + spoil.cut)]))
        }
        await Promise.resolve()
        call.clock.advance(waitMs)
        for (const invite of late.splice(0)) invite.respond(200)
      }
      for (let minutes = 0; minutes < 5; minutes++) {
        await new Promise(setImmediate)
        call.clock.advance(60_000)
      }
      for (const { message } of call.sent) {
        if (message.kind !== 'response' || message.status < 200 || message.cseq.method !== 'INVITE') continue
        finals.add(`${message.callId} ${message.via.parameters.get('branch')}`)
      }
      expect(call.faults.filter((fault) => (fault as Error).message !== 'a handler may throw')).toEqual([])
      expect([...requested].filter((one) => !finals.has(one))).toEqual([])
      expect(call.server.sizes().transactionsOpen).toBe(0)
    }),
    { numRuns: 300 },
  )
})
