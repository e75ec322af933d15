/**
 * A TLS session belongs to its own client: another certificate, or a datagram from the client's address, cannot act in
 * it (R13, L20).
 */
import { randomUUID } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect } from 'node:tls'
import { once } from 'node:events'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { trunkNaming } from '#capture/session/reading/trunks.ts'
import { followCertificate } from '#capture/sip/follow-certificate.ts'
import type { FollowedCertificate } from '#platform/certificates/follow-certificate.ts'
import { makeAuthority } from '#test/conformance/sip/make-certificates.ts'
import { everyCall, inDialog, sized, written } from '#test/conformance/sip/wired-recorder.ts'
import { openLoopbackRecorder, openPeer, type LoopbackRecorder } from './loopback-recorder.ts'

const [trunk, serverAuthority] = [makeAuthority('trunk authority'), makeAuthority('server authority')]
const keyLine = `a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:${Buffer.alloc(30, 7).toString('base64')}`
const otherKeyLine = keyLine.replace(/inline:.*/, `inline:${Buffer.alloc(30, 9).toString('base64')}`)
let folder = ''
let recorder: LoopbackRecorder
let certificate: FollowedCertificate

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'seloste-under-tls-'))
  const { cert, key } = serverAuthority.issue({ name: 'seloste.example' })
  const files = { certificate: join(folder, 'cert'), key: join(folder, 'key'), clients: join(folder, 'clients') }
  await Promise.all([
    writeFile(files.certificate, cert),
    writeFile(files.key, key),
    writeFile(files.clients, trunk.certificate),
  ])
  const onFault = (error: unknown) => {
    throw error
  }
  certificate = await followCertificate({
    files,
    read: (path) => readFile(path),
    now: () => Temporal.Now.instant(),
    onFault,
  })
  const { nameTrunk, sharesTrunk } = trunkNaming([], ['127.0.0.0/29'])
  recorder = await openLoopbackRecorder(
    folder,
    { firstPort: 11_900, description: () => everyCall, nameTrunk },
    { sharesTrunk, tls: { host: '127.0.0.1', port: 0, certificate } },
  )
})
afterAll(async () => {
  await recorder.stop()
  certificate.stop()
  await rm(folder, { recursive: true })
})

/** Connects a client whose certificate has this name. */
async function dial(name: string) {
  const socket = connect({
    ...{
      host: '127.0.0.1',
      port: recorder.tlsPort!,
      ca: serverAuthority.certificate,
      checkServerIdentity: () => undefined,
    },
    ...trunk.issue({ name }),
  })
  await once(socket, 'secureConnect')
  let received = ''
  socket.on('data', (bytes: Buffer) => (received += bytes.toString('latin1')))
  return {
    close: () => socket.destroy(),
    send: (text: string) => socket.write(text, 'latin1'),
    async exchange(text: string) {
      received = ''
      socket.write(text, 'latin1')
      // A preceding 100 response has no tag.
      const answered = /^SIP\/2\.0 ([2-6]\d\d) [^]*?^to: (.*)\r\n[^]*?\r\n\r\n/im
      await vi.waitFor(() => expect(received).toMatch(answered), { timeout: 10_000 })
      const [, status, to = ''] = answered.exec(received)!
      return { status: Number(status), to }
    },
  }
}

/** Opens a session with SRTP keys from the client sbc.example. */
async function openSession() {
  const own = await dial('sbc.example')
  const id = randomUUID()
  const opening = sized(
    written('rfc7865-baseline', {
      ...{ 'SIP/2.0/TCP 192.0.2.10:5060': 'SIP/2.0/TLS 127.0.0.1:5061', 'rec-1': id, z9hG4bKrec: `z9hG4bK${id}` },
      ...{ 'IN IP4 192.0.2.10': 'IN IP4 127.0.0.1', 'RTP/AVP': 'RTP/SAVP' },
    }).replaceAll(/^(m=audio .*\r\n)/gm, `$1${keyLine}\r\n`),
  )
  const { status, to } = await own.exchange(opening)
  expect(status).toBe(200)
  own.send(inDialog(opening, 'ACK', to, 1))
  const clear = sized(opening.replaceAll(`${keyLine}\r\n`, '').replaceAll('RTP/SAVP', 'RTP/AVP'))
  return {
    own,
    bye: (cseq: number) => inDialog(opening, 'BYE', to, cseq),
    /** Offers the session again, with keys known to somebody else. */
    rekeyed: (cseq: number) =>
      opening
        .replaceAll(keyLine, otherKeyLine)
        .replace(/^To: .*$/m, `To: ${to}`)
        .replace(/^CSeq: .*$/m, `CSeq: ${cseq} INVITE`),
    /** Offers the session again, without keys. */
    inClear: (cseq: number) => clear.replace(/^To: .*$/m, `To: ${to}`).replace(/^CSeq: .*$/m, `CSeq: ${cseq} INVITE`),
  }
}

const withNewBranch = (text: string, via: string) =>
  text.replace(/^Via: .*$/m, `Via: ${via};branch=z9hG4bK${randomUUID()}`)

test('a sender who knows a session’s tags and spoofs its client’s address in datagrams cannot end it or change its keys', async () => {
  const { own, bye, inClear, rekeyed } = await openSession()
  const forger = await openPeer('127.0.0.1', recorder.sipPort)
  const via = `SIP/2.0/UDP 127.0.0.1:${forger.port}`
  expect((await forger.exchange(withNewBranch(inClear(50), via))).status).toBe(481)
  expect((await forger.exchange(withNewBranch(rekeyed(52), via))).status).toBe(481)
  expect((await forger.exchange(withNewBranch(bye(51), via))).status).toBe(481)
  expect((await own.exchange(withNewBranch(bye(60), 'SIP/2.0/TLS 127.0.0.1:5061'))).status).toBe(200)
  forger.close()
  own.close()
})

test('another client of the same certificate authority, with the same address, cannot end a session or change its keys', async () => {
  const { own, bye, inClear, rekeyed } = await openSession()
  const other = await dial('other.example')
  const via = 'SIP/2.0/TLS 127.0.0.1:5061'
  expect((await other.exchange(withNewBranch(inClear(50), via))).status).toBe(481)
  expect((await other.exchange(withNewBranch(rekeyed(52), via))).status).toBe(481)
  expect((await other.exchange(withNewBranch(bye(51), via))).status).toBe(481)
  const reconnected = await dial('sbc.example')
  expect((await reconnected.exchange(withNewBranch(bye(60), via))).status).toBe(200)
  for (const one of [own, other, reconnected]) one.close()
})
