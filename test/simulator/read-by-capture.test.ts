/**
 * Reads the simulator's calls with the recorder's own SIP server and SIPREC reader: two independent implementations of
 * the same RFCs must agree.
 */
import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { afterEach, describe, expect, test } from 'vitest'
import type { Dialog, Invite } from '#capture/sip/handler.ts'
import { startSipServer, type SipServer } from '#capture/sip/server.ts'
import { answerOffer, type StreamPlan } from '#capture/siprec/answer-offer.ts'
import { headersOf } from '#capture/siprec/read-header-value.ts'
import { readInvitation, type Invitation } from '#capture/siprec/read-invitation.ts'
import { normalisePhoneNumber } from '#description/phone-numbers/normalise-phone-number.ts'
import { numbersCalled, officialByKey, officials } from './people.ts'
import { placeCall, type PlaceCallOptions } from './place-call.ts'

const opened: (() => unknown)[] = []
afterEach(async () => {
  for (const close of opened.splice(0)) await close()
})

type ReadBack = { invitation: Invitation<string, string>; plans: readonly StreamPlan[]; dialog: Dialog }

/** Opens the recorder's SIP side with a minimal session that answers offers and counts packets. */
async function listen(mode: 'record' | 'historyOnly' = 'record') {
  const received: ReadBack[] = []
  const sockets = new Map<string, Socket[]>()
  let packets = 0
  let byes = 0
  const respond = async (invite: Invite, reoffer: boolean) => {
    const { request, dialog, source } = invite
    const invitation = readInvitation<string, string>(
      {
        contentType: request.headers.find(({ name }) => name === 'content-type')?.value,
        body: request.body,
        headers: headersOf(request.headers.map(({ name, value }) => [name, value] as const)),
        sourceAddress: source.address,
      },
      {
        arrivedAtMs: Date.now(),
        normalise: (raw) => normalisePhoneNumber(raw),
        directory: {
          findNumber: (key) => Object.entries(numbersCalled).find(([, number]) => number === key)?.[0],
          findOfficial: (key) => officials.find(({ phone }) => phone === key)?.key,
        },
      },
    )
    if (invitation.kind === 'refusal') throw new Error(invitation.reason)
    const bound = sockets.get(dialog.id) ?? []
    sockets.set(dialog.id, bound)
    while (bound.length < invitation.streams.length) {
      const socket = createSocket('udp4').on('message', () => packets++)
      socket.bind(0, '127.0.0.1')
      await once(socket, 'listening')
      opened.push(() => socket.close())
      bound.push(socket)
    }
    const answer = answerOffer(invitation.offer!, invitation.streams, {
      address: '127.0.0.1',
      origin: { sessionId: '1', version: received.length + 1 },
      ports: new Map(bound.map((socket, index) => [index, socket.address().port])),
      mode,
      reoffer,
    })
    if (answer.kind === 'refusal') throw new Error(answer.reason)
    received.push({ invitation, plans: invitation.streams, dialog })
    invite.respond(200, { body: answer.text, contentType: 'application/sdp' })
  }
  const server: SipServer = await startSipServer({
    host: '127.0.0.1',
    port: 0,
    transports: ['udp', 'tcp'],
    handler: {
      onInvite: (invite) => respond(invite, false),
      onReinvite: (invite) => respond(invite, true),
      onAck: () => undefined,
      onUpdate: (update) => {
        update.respond(200)
      },
      onBye: () => {
        byes++
      },
      onDialogLost: () => undefined,
    },
  })
  opened.push(() => server.stop())
  const call = (options: Partial<PlaceCallOptions> = {}) =>
    placeCall({
      server: { host: '127.0.0.1', port: server.port },
      seed: 21,
      caller: '+358401234567',
      number: numbersCalled.northern,
      official: officialByKey('oili'),
      seconds: 0.3,
      waitedMs: 90_000,
      ...options,
    })
  return { received, call, server, packetCount: () => packets, byeCount: () => byes }
}

describe.each(['udp', 'tcp'] as const)('over %s', (transport) => {
  test('caller, number called and official are recognised without review, in either order of streams', async () => {
    const { received, call, server, packetCount, byeCount } = await listen()
    for (const officialFirst of [false, true]) {
      const { outcome, sessions } = await call({ transport, officialFirst })
      expect(outcome).toBe('completed')
      const { parties, times, problems, callIds } = received.at(-1)!.invitation
      expect(problems).toEqual([])
      expect(parties).toMatchObject({
        direction: 'incoming',
        caller: { number: { key: '+358401234567' } },
        number: { entry: 'northern' },
        official: { entry: 'oili' },
        streams: officialFirst ? { 0: 'official', 1: 'caller' } : { 0: 'caller', 1: 'official' },
        needsReview: [],
      })
      const [session] = sessions
      expect(times.startedAtMs).toBe(session!.startedAt.getTime())
      expect(times.answeredAtMs).toBe(session!.answeredAt.getTime())
      expect(Math.round((times.answeredAtMs! - times.startedAtMs) / 1000)).toBe(90)
      expect(callIds.map(({ id }) => id)).toContain(session!.groupId)
    }
    await expect.poll(byeCount).toBe(2)
    expect(packetCount()).toBeGreaterThan(50)
    expect(server.metrics).toMatchObject({ malformed: 0, notAcknowledged: 0, dialogsOpen: 0, faults: 0 })
  })

  test('a hold is recognised as a pause, and a transfer as the same group with the next official', async () => {
    const { received, call } = await listen()
    await call({
      transport,
      hold: { afterMs: 100, forMs: 150 },
      transferTo: { official: officialByKey('esa'), afterMs: 400, seconds: 0.2 },
    })
    expect(received.map(({ plans }) => plans.map(({ paused }) => paused))).toEqual([
      [false, false],
      [true, true],
      [false, false],
      [false, false],
    ])
    const last = received.at(-1)!.invitation
    expect(last.parties).toMatchObject({ official: { entry: 'esa' }, number: { entry: 'northern' }, needsReview: [] })
    const group = (each: ReadBack) => each.invitation.callIds.find(({ source }) => source === 'groupId')?.id
    expect(group(received[0]!)).toBeDefined()
    expect(group(received[0]!)).toBe(group(received.at(-1)!))
  })
})

test('a withheld number stays withheld even if the trunk asserts it', async () => {
  const { received, call } = await listen()
  await call({ withheld: true })
  expect(received[0]!.invitation.parties.caller?.number).toMatchObject({ kind: 'withheld', key: null })
  expect(received[0]!.invitation.parties).toMatchObject({ number: { entry: 'northern' }, official: { entry: 'oili' } })
})

test('the simulator sends no packet for a call that is only entered in the history', async () => {
  const { call, packetCount } = await listen('historyOnly')
  const { sessions } = await call()
  expect(sessions[0]!.answer).toBe('declined')
  expect(packetCount()).toBe(0)
})

test('the simulator obeys a recorder that ends the session', async () => {
  const { received, call, packetCount } = await listen()
  const talking = call({ seconds: 5 })
  await expect.poll(packetCount).toBeGreaterThan(0)
  expect(await received[0]!.dialog.bye()).toBe(200)
  expect((await talking).sessions[0]!.endedBy).toBe('recorder')
})
