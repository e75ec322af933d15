/**
 * No foreign sound gets into the recordings of a trunk under TLS and SRTP (R13, L20): a datagram with the trunk's address cannot
 * join its sessions, both sessions of a split call are encrypted, and what cannot be decrypted is marked.
 */
import { randomBytes, randomUUID } from 'node:crypto'
import { createSocket, type Socket } from 'node:dgram'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect } from 'node:tls'
import { once } from 'node:events'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { trunkNaming } from '#capture/session/reading/trunks.ts'
import { followCertificate } from '#capture/sip/follow-certificate.ts'
import type { FollowedCertificate } from '#platform/certificates/follow-certificate.ts'
import { makeAuthority } from '#test/conformance/sip/make-certificates.ts'
import { everyCall, inDialog, sized, written } from '#test/conformance/sip/wired-recorder.ts'
import { makeMediaKey, protectMedia, writeCryptoLine } from '#test/simulator/protect-media.ts'
import { openLoopbackRecorder, openPeer, type LoopbackRecorder } from './loopback-recorder.ts'

const [trunk, serverAuthority] = [makeAuthority('trunk authority'), makeAuthority('server authority')]
const firstPort = 16_400
const strangersSsrc = 6660
let folder = ''
let recorder: LoopbackRecorder
let certificate: FollowedCertificate
const sockets: Socket[] = []

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'seloste-srtp-trunk-'))
  const { cert, key } = serverAuthority.issue({ name: 'seloste.example' })
  const files = { certificate: join(folder, 'cert'), key: join(folder, 'key'), clients: join(folder, 'clients') }
  await Promise.all([
    writeFile(files.certificate, cert),
    writeFile(files.key, key),
    writeFile(files.clients, trunk.certificate),
  ])
  certificate = await followCertificate({
    files,
    read: (path) => readFile(path),
    now: () => Temporal.Now.instant(),
    onFault: (error) => {
      throw error
    },
  })
})
beforeEach(async () => {
  const { nameTrunk, sharesTrunk } = trunkNaming([{ name: 'border', from: ['127.0.0.1'] }])
  recorder = await openLoopbackRecorder(
    await mkdtemp(join(folder, 'recorder-')),
    { firstPort, description: () => everyCall, nameTrunk },
    { sharesTrunk, tls: { host: '127.0.0.1', port: 0, certificate } },
  )
})
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.close()
  await recorder.stop()
})
afterAll(async () => {
  certificate.stop()
  await rm(folder, { recursive: true })
})

async function bind(port: number, address = '127.0.0.1'): Promise<Socket> {
  const socket = createSocket('udp4').bind(port, address)
  sockets.push(socket)
  await once(socket, 'listening')
  return socket
}

/** Writes an RTP packet of A-law. */
function rtp(n: number, ssrc: number, bytes = 160): Buffer {
  const packet = Buffer.alloc(12 + bytes, 0xd5)
  packet.set([0x80, 8])
  packet.writeUInt16BE(n & 0xffff, 2)
  packet.writeUInt32BE(bytes * n, 4)
  packet.writeUInt32BE(ssrc, 8)
  return packet
}

/** Connects a recording client under TLS. */
async function dial() {
  const socket = connect({
    ...{
      host: '127.0.0.1',
      port: recorder.tlsPort!,
      ca: serverAuthority.certificate,
      checkServerIdentity: () => undefined,
    },
    ...trunk.issue({ name: 'sbc.example' }),
  })
  await once(socket, 'secureConnect')
  let received = ''
  socket.on('data', (bytes: Buffer) => (received += bytes.toString('latin1')))
  return {
    close: () => socket.destroy(),
    send: (text: string) => socket.write(text, 'latin1'),
    /** Opens a session whose lines have these ports, each with a key of its own, and acknowledges it. */
    async open(invite: string, ports: readonly number[]) {
      const keys = ports.map(() => makeMediaKey('AES_CM_128_HMAC_SHA1_80', randomBytes))
      let line = 0
      const opening = sized(
        invite.replaceAll(/^m=audio \d+ \S+ (.*)\r\n/gm, (_, formats: string) => {
          const at = line++
          return `m=audio ${ports[at]} RTP/SAVP ${formats}\r\n${writeCryptoLine(keys[at]!)}\r\n`
        }),
      )
      received = ''
      socket.write(opening, 'latin1')
      const answered = /^SIP\/2\.0 ([2-6]\d\d) [^]*?^to: (.*)\r\n[^]*?\r\n\r\n([^]*)/im
      await vi.waitFor(() => expect(received).toMatch(answered), { timeout: 10_000 })
      await wait(100)
      const [, , to = '', sdp = ''] = answered.exec(received)!
      socket.write(inDialog(opening, 'ACK', to, 1), 'latin1')
      const answeredPorts = [...sdp.matchAll(/m=audio (\d+) (\S+)/g)].map(([, port]) => Number(port))
      const own = await Promise.all(ports.map((port) => bind(port)))
      const seals = keys.map((key) => protectMedia(key))
      return {
        sdp,
        bye: () => socket.write(inDialog(opening, 'BYE', to, 900), 'latin1'),
        /** Sends packet `n` of each line, sealed with its key or with another. */
        speak(n: number, ssrc: number, seal = seals) {
          for (const [at, one] of own.entries()) {
            if (answeredPorts[at]) one.send(seal[at]!(rtp(n, ssrc + at), n), answeredPorts[at], '127.0.0.1')
          }
        },
      }
    },
  }
}

const overLoopback = {
  'IN IP4 192.0.2.10': 'IN IP4 127.0.0.1',
  'SIP/2.0/TCP 192.0.2.10:5060': 'SIP/2.0/TLS 127.0.0.1:5061',
}

async function storedSegment(segment = 0) {
  await vi.waitFor(() => expect(recorder.segments()[segment]?.recording?.stored).toBeDefined(), { timeout: 60_000 })
  return recorder.segments()[segment]!
}

/** Sends packets of a stranger to every media port until stopped. */
function sendFromStranger(from: readonly Socket[], bytes: number, everyMs: number) {
  let isSending = true
  const sent = (async () => {
    for (let n = 0; isSending; n++) {
      for (const [at, one] of from.entries()) {
        const packet = rtp(n, strangersSsrc + at, bytes)
        for (let port = firstPort; port < firstPort + 40; port += 2) one.send(packet, port, '127.0.0.1')
      }
      await wait(everyMs)
    }
  })()
  return () => ((isSending = false), sent)
}

test.each([
  ['with the official of the call', '001'],
  ['with another official', '002'],
])(
  'a datagram from the trunk’s address, %s, neither adds sound to a session under TLS nor silences it',
  async (_, who) => {
    const client = await dial()
    const session = await client.open(written('rfc7865-baseline', overLoopback), [16_600, 16_602])
    let n = 0
    const speak = async (packets: number) => {
      for (const end = n + packets; n < end; n++) {
        session.speak(n, 100)
        await wait(20)
      }
    }
    await speak(60)
    const forger = await openPeer('127.0.0.1', recorder.sipPort)
    const forged = written('rfc7865-baseline', {
      ...{ 'SIP/2.0/TCP 192.0.2.10:5060': `SIP/2.0/UDP 127.0.0.1:${forger.port}`, 'tag=a1': 'tag=forged' },
      ...{ z9hG4bKrec: `z9hG4bK${randomUUID()}`, 'rec-1': 'forged-1', 'IN IP4 192.0.2.10': 'IN IP4 127.0.0.66' },
      ...{ 'm=audio 40000': 'm=audio 16700', 'm=audio 40002': 'm=audio 16702' },
    })
    await forger.send(sized(forged.replaceAll('+358295121001', `+358295121${who}`)))
    const stop = sendFromStranger([await bind(16_700, '127.0.0.66'), await bind(16_702, '127.0.0.66')], 160, 20)
    await speak(40)
    // A pause of the call in which another session could take over.
    await wait(2_000)
    await speak(60)
    await stop()
    session.bye()
    const segment = await storedSegment()
    const { caller, official, mixed } = await recorder.voices(segment)
    expect([...caller, ...official, ...mixed].filter((ssrc) => ssrc >= strangersSsrc)).toEqual([])
    expect(segment.recording!.stored!.packetsReceived).toBe(320)
    forger.close()
    client.close()
  },
)

test('both sessions of a split call are recorded under SRTP, and neither takes media without keys', async () => {
  const client = await dial()
  const offer = (ports: string) =>
    `v=0\r\no=CiscoSystemsCCM-SIP 512196 1 IN IP4 127.0.0.1\r\ns=SIP Call\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio ${ports} RTP/SAVP 8 101\r\na=rtpmap:8 PCMA/8000\r\na=ptime:20\r\na=sendonly\r\na=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\n`
  const open = (end: 'near' | 'far', port: number) => {
    const head = written(`cucm-${end}-end`, overLoopback)
    const withBody = head.replace('Content-Length: 0', 'Content-Type: application/sdp\r\nContent-Length: 0').trimEnd()
    return client.open(`${withBody}\r\n\r\n${offer(String(port))}`, [port])
  }
  const [near, far] = [await open('near', 16_600), await open('far', 16_602)]
  const stop = sendFromStranger([await bind(16_666)], 160, 20)
  for (let n = 0; n < 60; n++) {
    near.speak(n, 100)
    far.speak(n, 200)
    await wait(20)
  }
  await stop()
  for (const session of [near, far]) session.bye()
  const segment = await storedSegment()
  expect([near, far].map(({ sdp }) => /m=audio \d+ (\S+)/.exec(sdp)?.[1])).toEqual(['RTP/SAVP', 'RTP/SAVP'])
  expect(await recorder.voices(segment)).toMatchObject({ caller: [200], official: [100], mixed: [] })
  expect(segment.marks).toEqual([])
  client.close()
})

test('a second session that adds a few long packets is marked as another source', async () => {
  const [first, second] = [await openPeer('127.0.0.1', recorder.sipPort), await openPeer('127.0.0.1', recorder.sipPort)]
  const open = async (peer: typeof first, id: string, ports: readonly number[]) => {
    const opening = written('rfc7865-baseline', {
      ...{ 'SIP/2.0/TCP 192.0.2.10:5060': `SIP/2.0/UDP 127.0.0.1:${peer.port}`, 'tag=a1': `tag=${id}`, 'rec-1': id },
      ...{ z9hG4bKrec: `z9hG4bK${randomUUID()}`, 'IN IP4 192.0.2.10': 'IN IP4 127.0.0.1' },
      ...{ 'm=audio 40000': `m=audio ${ports[0]}`, 'm=audio 40002': `m=audio ${ports[1]}` },
    })
    const answer = await peer.exchange(opening)
    await peer.send(inDialog(opening, 'ACK', answer.to, 1))
    return { opening, ...answer }
  }
  const one = await open(first, 'first', [16_600, 16_602])
  const other = await open(second, 'second', [16_700, 16_702])
  const [speaker, stranger] = [await bind(16_600), await bind(16_700)]
  let n = 0
  const speak = async (packets: number) => {
    for (const end = n + packets; n < end; n++) {
      speaker.send(rtp(n, 100), one.ports[0], '127.0.0.1')
      await wait(20)
    }
  }
  await speak(60)
  for (let long = 0; long < 12; long++) {
    stranger.send(rtp(long, strangersSsrc, 1_600), other.ports[0], '127.0.0.1')
    await wait(190)
  }
  await speak(60)
  await first.exchange(inDialog(one.opening, 'BYE', one.to, 900))
  await second.exchange(inDialog(other.opening, 'BYE', other.to, 900))
  const segment = await storedSegment()
  const { caller, official, mixed } = await recorder.voices(segment)
  expect([...caller, ...official, ...mixed]).toContain(strangersSsrc)
  expect(segment.marks).toContain('source-changed')
  for (const peer of [first, second]) peer.close()
})

test('a recording is marked if its client continues under a key that it never offered', async () => {
  const client = await dial()
  const session = await client.open(written('rfc7865-baseline', overLoopback), [16_600, 16_602])
  const others = [0, 1].map(() => protectMedia(makeMediaKey('AES_CM_128_HMAC_SHA1_80', randomBytes)))
  for (let n = 0; n < 200; n++) {
    session.speak(n, 100, n < 60 ? undefined : others)
    await wait(20)
  }
  session.bye()
  expect((await storedSegment()).marks).toContain('incomplete')
  client.close()
})
