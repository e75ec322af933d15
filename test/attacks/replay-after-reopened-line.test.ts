/**
 * A sender who has captured a call's SRTP packets sends them again from the client's address, while the client is silent. No
 * packet is recorded twice, whatever the client has offered in between.
 */
import { randomBytes, randomUUID } from 'node:crypto'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { everyCall, inDialog, sized, written } from '#test/conformance/sip/wired-recorder.ts'
import { makeMediaKey, protectMedia, writeCryptoLine } from '#test/simulator/protect-media.ts'
import { openLoopbackRecorder, openPeer, type LoopbackRecorder } from './loopback-recorder.ts'

const suite = 'AES_CM_128_HMAC_SHA1_80'
const packets = 60
let folder = ''
let recorder: LoopbackRecorder
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'seloste-replay-'))
  recorder = await openLoopbackRecorder(folder, {
    firstPort: 26_400,
    description: () => everyCall,
    acceptsKeys: () => true,
  })
})
afterAll(async () => {
  await recorder.stop()
  await rm(folder, { recursive: true })
})

function speech(seq: number, ssrc: number): Buffer {
  const packet = Buffer.alloc(172, 0xd5)
  packet.set([0x80, 8])
  packet.writeUInt16BE(seq, 2)
  packet.writeUInt32BE(160 * seq, 4)
  packet.writeUInt32BE(ssrc, 8)
  return packet
}

/** Opens a session with two SRTP lines under one key. */
async function openSession(n: number) {
  const peer = await openPeer('127.0.0.1', recorder.sipPort)
  const key = makeMediaKey(suite, randomBytes)
  const port = 26_500 + 10 * n
  const replaced = {
    ...{
      'SIP/2.0/TCP 192.0.2.10:5060': `SIP/2.0/UDP 127.0.0.1:${peer.port}`,
      'tag=a1': `tag=a${n}`,
      'rec-1': `rec-${n}`,
    },
    ...{ z9hG4bKrec: `z9hG4bK${randomUUID()}`, 'IN IP4 192.0.2.10': 'IN IP4 127.0.0.1', 'RTP/AVP': 'RTP/SAVP' },
    ...{ 'm=audio 40000': `m=audio ${port}`, 'm=audio 40002': `m=audio ${port + 2}` },
  }
  const id = `<sipSessionID>${randomUUID().replaceAll('-', '')};remote=${'0'.repeat(32)}`
  const opening = sized(
    written('rfc7865-baseline', replaced)
      .replace(/<sipSessionID>[^<]*/g, id)
      .replaceAll(/^(m=audio .*\r\n)/gm, `$1${writeCryptoLine(key)}\r\n`),
  )
  const answer = await peer.exchange(opening)
  expect(answer.status).toBe(200)
  await peer.send(inDialog(opening, 'ACK', answer.to, 1))
  const own = [port, port + 2].map((local) => createSocket('udp4').bind(local, '127.0.0.1'))
  await Promise.all(own.map((socket) => once(socket, 'listening')))
  let { ports } = answer
  let cseq = 1
  return {
    key,
    async offer(change: (text: string) => string) {
      cseq++
      const reinvite = change(opening)
        .replace(/^To: .*$/m, `To: ${answer.to}`)
        .replace(/^CSeq: .*$/m, `CSeq: ${cseq} INVITE`)
        .replace(/branch=\S+/, `branch=z9hG4bK${randomUUID()}`)
      const answered = await peer.exchange(sized(reinvite))
      expect(answered.status).toBe(200)
      await peer.send(inDialog(opening, 'ACK', answer.to, cseq))
      ;({ ports } = answered)
    },
    async send(sealed: readonly Buffer[]) {
      for (const [line, socket] of own.entries()) socket.send(sealed[line]!, ports[line], '127.0.0.1')
      await wait(10)
    },
    async end() {
      expect((await peer.exchange(inDialog(opening, 'BYE', answer.to, 900))).status).toBe(200)
      for (const socket of own) socket.close()
      peer.close()
    },
  }
}
type Session = Awaited<ReturnType<typeof openSession>>

async function offerInBetween(session: Session, what: string): Promise<void> {
  if (what === 'its lines were closed and opened again')
    await session.offer((text) => text.replaceAll(/m=audio \d+/g, 'm=audio 0'))
  if (what === 'an offer without keys')
    await session.offer((text) => text.replaceAll(/^a=crypto.*\r\n/gm, '').replaceAll('RTP/SAVP', 'RTP/AVP'))
  if (what === 'an offer of other keys') {
    const other = makeMediaKey(suite, randomBytes)
    await session.offer((text) => text.replaceAll(writeCryptoLine(session.key), writeCryptoLine(other)))
    const seal = protectMedia(other)
    // Then follow-source, too, no longer knows the SSRCs that were sent under the first key.
    for (let seq = 1; seq <= packets; seq++) await session.send([200, 201].map((ssrc) => seal(speech(seq, ssrc), seq)))
  }
  if (what !== 'nothing') await session.offer((text) => text)
}

test.each([
  ['nothing', packets],
  ['its lines were closed and opened again', packets],
  ['an offer without keys', packets],
  ['an offer of other keys', 2 * packets],
])('after %s, packets that are sent again are not recorded', async (what, expected) => {
  const n = recorder.segments().length
  const session = await openSession(n)
  const seal = protectMedia(session.key)
  const captured = Array.from({ length: packets }, (_, i) =>
    [100, 101].map((ssrc) => seal(speech(1000 + i, ssrc), 1000 + i)),
  )
  for (const sealed of captured) await session.send(sealed)
  await offerInBetween(session, what)
  await wait(1_000)
  for (const sealed of captured) await session.send(sealed)
  await session.end()
  await vi.waitFor(() => expect(recorder.segments()[n]?.recording?.stored).toBeDefined(), { timeout: 60_000 })
  const { index } = await recorder.opened(recorder.segments()[n])
  const received = index.tracks.map(({ packetsReceived }) => packetsReceived)
  expect(received).toEqual([expected, expected])
})
