import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect as connectPlain } from 'node:net'
import { connect, type ConnectionOptions, type TLSSocket } from 'node:tls'
import { once } from 'node:events'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { followCertificate } from '#capture/sip/follow-certificate.ts'
import type { FollowedCertificate } from '#platform/certificates/follow-certificate.ts'
import { startSipServer, type SipServer } from '#capture/sip/server.ts'
import { answering } from './sip-test-server.ts'
import { makeAuthority } from './make-certificates.ts'

const trunk = makeAuthority('trunk authority')
const serverAuthority = makeAuthority('server authority')
const client = trunk.issue({ name: 'sbc.example' })
const faults: Error[] = []
let folder = ''
let certificate: FollowedCertificate
let server: SipServer

const at = (name: string) => join(folder, name)
/** Replaces a file as certbot does: writes a new file and renames it. */
async function put(name: string, text: string): Promise<void> {
  await writeFile(at(`${name}.new`), text)
  await rename(at(`${name}.new`), at(name))
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'seloste-tls-'))
  const first = serverAuthority.issue({ name: 'first.example' })
  await put('cert.pem', first.cert)
  await put('key.pem', first.key)
  await put('clients.pem', trunk.certificate)
  certificate = await followCertificate({
    files: { certificate: at('cert.pem'), key: at('key.pem'), clients: at('clients.pem') },
    read: (path) => readFile(path),
    now: () => Temporal.Now.instant(),
    onFault: (fault) => void faults.push(fault),
    checkMs: 20,
  })
  server = await startSipServer({
    host: '::1',
    port: 0,
    transports: ['udp', 'tcp'],
    tls: { host: '::1', port: 0, certificate },
    limits: { allowedSources: ['::/120', '127.0.0.0/8'] },
    handler: {
      onInvite: () => {},
      onAck: () => {},
      onReinvite: () => {},
      onUpdate: () => {},
      onBye: () => {},
      onDialogLost: () => {},
    },
    onFault: (fault) => void faults.push(fault as Error),
  })
})
afterAll(async () => {
  certificate.stop()
  await server.stop()
  await rm(folder, { recursive: true })
})

function dial(options: ConnectionOptions = client): TLSSocket {
  const ca = serverAuthority.certificate
  return connect({ host: '::1', port: server.tlsPort!, ca, checkServerIdentity: () => undefined, ...options })
}

/** Sends a request and returns the certificate used for the answer. */
async function request(socket: TLSSocket): Promise<{ status: string; from: string }> {
  if (!socket.authorized) await once(socket, 'secureConnect')
  const head = ['OPTIONS sip:srs@seloste SIP/2.0', `Via: SIP/2.0/TLS [::1]:5061;branch=z9hG4bK${Math.random()}`]
  const rest = ['From: <sip:a@b>;tag=1', 'To: <sip:srs@seloste>', `Call-ID: ${Math.random()}`, 'CSeq: 1 OPTIONS']
  socket.write([...head, ...rest, 'Max-Forwards: 70', 'Content-Length: 0', '', ''].join('\r\n'))
  const [answer] = (await once(socket, 'data')) as [Buffer]
  return { status: answer.toString().split('\r\n')[0]!, from: String(socket.getPeerCertificate().subject.CN) }
}

describe('SIP over TLS, over IPv6', () => {
  test('answers a client with a certificate of a configured authority', async () => {
    const socket = dial()
    expect(await request(socket)).toEqual({ status: 'SIP/2.0 200 OK', from: 'first.example' })
    socket.destroy()
  })

  test.each([
    ['none', { cert: undefined, key: undefined }],
    ['one of another authority', makeAuthority('someone').issue({ name: 'sbc.example' })],
  ])('refuses %s, and logs it', async (_what, shown) => {
    const before = server.metrics.connectionsRefused
    const socket = dial(shown)
    socket.on('error', () => {})
    socket.write('OPTIONS sip:a SIP/2.0\r\n\r\n')
    await new Promise((resolve) => socket.once('close', resolve))
    await expect.poll(() => server.metrics.connectionsRefused).toBe(before + 1)
    expect(faults.some((fault) => (fault as { code?: string }).code === 'sip-client-refused')).toBe(true)
  })

  test('uses a renewed certificate without a restart, and closes no connection', async () => {
    const open = dial()
    expect((await request(open)).from).toBe('first.example')
    const next = serverAuthority.issue({ name: 'next.example' })
    await put('key.pem', next.key)
    await put('cert.pem', next.cert)
    await expect
      .poll(async () => {
        const socket = dial()
        const { from } = await request(socket)
        socket.destroy()
        return from
      })
      .toBe('next.example')
    expect((await request(open)).status).toBe('SIP/2.0 200 OK')
    open.destroy()
  })

  test.each([
    ['holds no certificate', 'cert.pem', 'nonsense', /cert\.pem holds no certificate in PEM/],
    [
      'has a key that does not match',
      'key.pem',
      serverAuthority.issue({ name: 'x' }).key,
      /does not match .*cert\.pem/,
    ],
    ['has expired', 'cert.pem', undefined, /cert\.pem expired on/],
  ])('keeps the previous certificate when the file %s, and logs what is wrong', async (_what, name, text, reported) => {
    const good = await request(dial())
    const ended = serverAuthority.issue({ name: 'ended.example', days: -2 })
    const before = certificate.inUse!
    await put(name, text ?? ended.cert)
    if (text === undefined) await put('key.pem', ended.key)
    await expect.poll(() => faults.map(({ message }) => message).join('\n')).toMatch(reported)
    const socket = dial()
    expect(await request(socket)).toEqual(good)
    socket.destroy()
    expect(certificate.inUse).toEqual(before)
    await put('cert.pem', before.cert.toString())
    await put('key.pem', before.key.toString())
  })
})

test('an unlisted address gets no handshake, and is reported once a minute', async () => {
  const reported: (Error & { code?: string })[] = []
  const guarded = await startSipServer({
    host: '::1',
    port: 0,
    transports: ['tcp'],
    tls: { host: '::1', port: 0, certificate },
    limits: { allowedSources: ['2001:db8:7::/48'] },
    handler: {
      onInvite: () => {},
      onAck: () => {},
      onReinvite: () => {},
      onUpdate: () => {},
      onBye: () => {},
      onDialogLost: () => {},
    },
    onFault: (fault) => void reported.push(fault as Error),
  })
  const socket = connect({ host: '::1', port: guarded.tlsPort!, ca: serverAuthority.certificate, ...client })
  const failed = new Promise((resolve) => socket.once('error', resolve))
  expect(await failed).toBeInstanceOf(Error)
  expect(socket.getPeerCertificate() ?? {}, 'no certificate is shown').toEqual({})
  const inClear = connectPlain(guarded.port, '::1').on('error', () => {})
  await once(inClear, 'close')
  const unknown = reported.filter(({ code }) => code === 'sip-source-unknown')
  expect(unknown.map(({ message }) => message)).toEqual([expect.stringContaining('SIP from ::1 is dropped')])
  await guarded.stop()
})

test('unfinished handshakes of one source are limited, and ended in time', async () => {
  const half = await startSipServer({
    host: '::1',
    port: 0,
    transports: ['udp'],
    tls: { host: '::1', port: 0, certificate },
    limits: { connectionsPerSource: 3, handshakeMs: 1_500 },
    handler: answering(),
    onFault: () => {},
  })
  const closed: number[] = []
  const begun = Array.from({ length: 5 }, (_, n) => {
    const socket = connectPlain(half.tlsPort!, '::1').on('error', () => {})
    socket.write(Buffer.from('16030100', 'hex'))
    socket.on('close', () => closed.push(n))
    return socket
  })
  await expect.poll(() => closed.length, { timeout: 30_000 }).toBe(5)
  expect(closed.slice(0, 2).sort(), 'the oldest').toEqual([0, 1])
  for (const socket of begun) socket.destroy()
  await half.stop()
})
