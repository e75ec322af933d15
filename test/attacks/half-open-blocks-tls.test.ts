/** Strangers open TCP connections to the port of SIP over TLS and never finish a handshake. Clients with a certificate connect. */
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { connect as connectTcp, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect } from 'node:tls'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { followCertificate } from '#capture/sip/follow-certificate.ts'
import { startSipServer, type SipLimits, type SipServer } from '#capture/sip/server.ts'
import type { FollowedCertificate } from '#platform/certificates/follow-certificate.ts'
import { answering } from '#test/conformance/sip/sip-test-server.ts'
import { makeAuthority } from '#test/conformance/sip/make-certificates.ts'

const [trunkAuthority, serverAuthority] = [makeAuthority('trunk authority'), makeAuthority('server authority')]
let folder = ''
let certificate: FollowedCertificate
let server: SipServer
const faults: string[] = []
const sockets: Socket[] = []

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'seloste-half-open-'))
  const { cert, key } = serverAuthority.issue({ name: 'seloste.example' })
  const files = { certificate: join(folder, 'cert'), key: join(folder, 'key'), clients: join(folder, 'clients') }
  await Promise.all([
    writeFile(files.certificate, cert),
    writeFile(files.key, key),
    writeFile(files.clients, trunkAuthority.certificate),
  ])
  const onFault = (error: unknown) => {
    throw error
  }
  const now = () => Temporal.Now.instant()
  certificate = await followCertificate({ files, read: (path) => readFile(path), now, onFault })
})
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy()
  faults.length = 0
  await server.stop()
})
afterAll(async () => {
  certificate.stop()
  await rm(folder, { recursive: true })
})

async function listen(limits: Partial<SipLimits>): Promise<void> {
  server = await startSipServer({
    ...{ host: '127.0.0.1', port: 0, transports: ['udp'], handler: answering(), limits },
    tls: { host: '127.0.0.1', port: 0, certificate },
    onFault: (fault) => faults.push(String(fault)),
  })
}

/** Opens a connection that sends nothing. */
async function openSilentConnection(localAddress: string): Promise<Socket> {
  const socket = connectTcp({ host: '127.0.0.1', port: server.tlsPort!, localAddress })
  socket.on('error', () => {})
  sockets.push(socket)
  await once(socket, 'connect')
  return socket
}

/** Connects with a certificate, and sends a request. */
async function request(): Promise<string> {
  const issued = trunkAuthority.issue({ name: 'sbc.example' })
  const checks = { ca: serverAuthority.certificate, checkServerIdentity: () => undefined }
  const socket = connect({ host: '127.0.0.1', port: server.tlsPort!, ...checks, ...issued })
  sockets.push(socket)
  await once(socket, 'secureConnect')
  const head = [
    'OPTIONS sip:srs@seloste SIP/2.0',
    'Via: SIP/2.0/TLS 127.0.0.1:5061;branch=z9hG4bKo',
    'From: <sip:a@b>;tag=1',
  ]
  const rest = [
    'To: <sip:srs@seloste>',
    'Call-ID: o',
    'CSeq: 1 OPTIONS',
    'Max-Forwards: 70',
    'Content-Length: 0',
    '',
    '',
  ]
  socket.write([...head, ...rest].join('\r\n'))
  const [answer] = (await once(socket, 'data')) as [Buffer]
  return answer.toString().split('\r\n')[0]!
}

describe('a client with a certificate connects', () => {
  test('while strangers hold more connections open than all clients may have, which is counted and reported once', async () => {
    await listen({ connections: 8, connectionsPerSource: 8, handshakes: 8 })
    for (let n = 0; n < 12; n++) await openSilentConnection(`127.0.1.${n % 3}`)
    expect(await request()).toBe('SIP/2.0 200 OK')
    await expect.poll(() => server.metrics.connectionsRefused).toBe(5)
    expect(server.metrics.connectionsOpen).toBe(1)
    expect(faults).toEqual([
      expect.stringMatching(/No connection over TLS from 127\.0\.1\.\d: 8 handshakes are unfinished/),
    ])
  })

  test('while a stranger at its own source holds all handshakes of that source', async () => {
    await listen({ connectionsPerSource: 4 })
    const silent = await Promise.all(Array.from({ length: 4 }, () => openSilentConnection('127.0.0.1')))
    const closed = Promise.race(silent.map((socket, n) => once(socket, 'close').then(() => n)))
    expect(await request()).toBe('SIP/2.0 200 OK')
    await closed
    expect(silent.filter(({ closed: isClosed }) => isClosed)).toHaveLength(1)
  })
})

test('clients that connect do not end the handshakes of others, and finished handshakes do not count', async () => {
  await listen({ connectionsPerSource: 4, handshakes: 4 })
  const other = await openSilentConnection('127.0.1.1')
  for (let n = 0; n < 4; n++) expect(await request()).toBe('SIP/2.0 200 OK')
  expect(other.closed).toBe(false)
  expect(server.metrics).toMatchObject({ connectionsOpen: 4, connectionsRefused: 0 })
})
