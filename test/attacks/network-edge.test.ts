/** Strangers at the network's edge: the paths they reach, the facts they learn, and how long a request may hold a connection. */
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer, request, type IncomingHttpHeaders, type IncomingMessage } from 'node:http'
import { connect, type AddressInfo } from 'node:net'
import { text as readText } from 'node:stream/consumers'
import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import { normaliseProxyHeaders, type ProxyHeader } from '#app/http/read-forwarded.ts'
import { healthReader } from '#app/roles/read-health.ts'
import { listenHttp } from '#capture/feeds/listen-http.ts'
import { limitConnections } from '#platform/connections/limit-connections.ts'
import { readSettings } from '#platform/config/settings.ts'
import { recordHeartbeat } from '#register/capture-nodes.ts'
import type { RegisterTables } from '#register/tables.ts'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { enterTestPerson, password } from '#test/database/people.ts'
import { makeTestRegister } from '#test/register/make-register.ts'
import { openTestDesk, publicUrl } from '#test/register/open-desk.ts'
import { tokensOf } from '#use/disclosure/content/tokens.ts'

const database = await createTestDatabase<RegisterTables>()
const register = await makeTestRegister(database)
const missing = ['database']
const silent: string[] = []
const desk = await openTestDesk(database, register, {
  health: { missing, silentCaptures: silent },
  web: {
    requestMs: 300,
    // A test has five database connections.
    visitorRequests: 3,
    metricsSources: ['192.0.2.0/24'],
    metrics: () => Promise.resolve({ type: 'text/plain', text: 'seloste_requests_open 4\n' }),
  },
})
const aino = await enterTestPerson(database.as().db, database.as('seloste_desk').db, { name: 'Aino' })
const from = (address: string) => ({ headers: { 'x-forwarded-for': address } })

describe('a stranger on the public port', () => {
  test('cannot read metrics or the API’s description, and from health learns only whether it is ready', async () => {
    const read = async (path: string, address: string) => {
      const response = await desk.visitor.fetch(path, from(address))
      return { status: response.status, text: await response.text() }
    }
    expect((await read('/metrics', '203.0.113.9')).status).toBe(403)
    expect(await read('/health/live', '203.0.113.9')).toEqual({ status: 200, text: '{"live":true}' })
    expect(await read('/health/ready', '203.0.113.9')).toEqual({ status: 503, text: '{"ready":false}' })
    expect(await read('/health/serving', '203.0.113.9')).toEqual({ status: 503, text: '{"serving":false}' })
    for (const path of ['/api/openapi.json', '/api/reference'])
      expect((await read(path, '203.0.113.9')).status).toBe(401)
    // The addresses of this machine and of the configured networks.
    for (const address of ['127.0.0.1', '192.0.2.77']) {
      expect((await read('/metrics', address)).text).toContain('seloste_requests_open 4')
      expect((await read('/health/ready', address)).text).toContain('"missing":["database"]')
      expect((await read('/api/openapi.json', address)).status).toBe(200)
    }
    const browser = await desk.signIn(aino)
    expect((await browser.fetch('/api/openapi.json', from('203.0.113.9'))).status).toBe(200)
  })

  test('cannot read anything by DNS rebinding in an operator’s browser', async () => {
    const { hostname, port } = new URL(desk.url)
    const send = async (path: string, headers: Record<string, string>) => {
      const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
      request({ hostname, port, path, headers, agent: false }, resolve).on('error', reject).end()
      const answer = await promise
      return { status: answer.statusCode, text: await readText(answer) }
    }
    const chromium = { 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64)', 'accept-language': 'fi' }
    // A page can change the browser's user agent.
    for (const browser of [chromium, { ...chromium, 'user-agent': 'curl/8' }])
      for (const host of ['evil.example', 'evil.example:8080', '127.0.0.1.evil.example', 'localhost.evil.example'])
        for (const forwarded of ['127.0.0.1', '192.0.2.77']) {
          const headers = { ...browser, host, 'x-forwarded-for': forwarded }
          expect((await send('/metrics', headers)).status).toBe(403)
          // A page can send a proxy's headers too.
          for (const more of [
            { 'x-forwarded-host': 'localhost' },
            { 'x-forwarded-host': 'localhost', host: 'desk, evil.example' },
          ])
            expect((await send('/metrics', { ...headers, ...more })).status).toBe(403)
          expect((await send('/health/ready', headers)).text).toBe('{"ready":false}')
          expect((await send('/api/openapi.json', headers)).status).toBe(401)
        }
    for (const host of [hostname, 'localhost:8080', '[::1]:8080', 'desk', new URL(publicUrl).host])
      expect((await send('/metrics', { ...chromium, host })).status).toBe(200)
    expect((await send('/metrics', { ...chromium, host: 'desk', 'x-forwarded-host': 'evil.example' })).status).toBe(403)
    // Prometheus may use any host name.
    expect((await send('/metrics', { 'user-agent': 'Prometheus/3.1', host: 'desk1.agency.example' })).status).toBe(200)
  })

  test('endless health requests cause one health check at a time', async () => {
    let readings = 0
    const health = healthReader({
      db: database.as('seloste_desk').db,
      custodian: {
        blockers() {
          readings++
          return Promise.resolve([])
        },
        logKey: () => Promise.resolve('unknown'),
      },
      ...{ own: () => [], sockets: {} },
    })
    const answers = await Promise.all(Array.from({ length: 300 }, health))
    expect(readings).toBe(1)
    expect(new Set(answers).size).toBe(1)
    // Later clients get a new check, not an earlier result.
    expect(await health()).toMatchObject({ missing: [] })
    expect(readings).toBe(2)
  })

  test('is disconnected if they never finish a body or its headers', async () => {
    const { port } = new URL(desk.url)
    for (const begun of [
      'POST /api/session HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"userId":',
      'GET /api/session HTTP/1.1\r\nHost: x\r\nX-Slow: ',
    ]) {
      const socket = connect(Number(port), '127.0.0.1')
      await once(socket, 'connect')
      socket.on('error', () => undefined).resume()
      socket.write(begun)
      // Single bytes in between do not prolong it.
      const dripping = setInterval(() => socket.write(' '), 100)
      const closed = await Promise.race([
        once(socket, 'close').then(() => true),
        new Promise((resolve) => setTimeout(resolve, 5_000, false)),
      ])
      clearInterval(dripping)
      socket.destroy()
      expect(closed).toBe(true)
    }
  })

  test('marks the session cookie Secure if browsers use https, even if the proxy is not configured', async () => {
    const signedIn = await desk.visitor.fetch('/api/session', { json: { userId: aino.userId, password } })
    expect(signedIn.headers.get('set-cookie')).toMatch(/^seloste=.*; Secure/)
  })
})

test('a capture without a heartbeat is missing for operators, and the desk keeps serving', async () => {
  const admin = database.as().db
  const node = { id: randomUUID(), name: 'vm', version: '1', startedAt: Temporal.Now.instant() }
  const state = { blockers: [], draining: false, pressures: [], sessions: 0, recordings: 0, waiting: 0 }
  await recordHeartbeat(database.as('seloste_capture').db, node, state)
  const health = healthReader({
    db: database.as('seloste_desk').db,
    custodian: { blockers: () => Promise.resolve([]), logKey: () => Promise.resolve('unknown') },
    ...{ own: () => [], sockets: {} },
  })
  expect(await health()).toMatchObject({ missing: [], silentCaptures: [] })
  await sql`update capture_node set alive_at = alive_at - interval '11 seconds' where id = ${node.id}`.execute(admin)
  const found = await health()
  expect(found).toMatchObject({ missing: [], silentCaptures: ['vm'] })
  silent.push(...found.silentCaptures)
  const read = async (path: string) => {
    const response = await desk.visitor.fetch(path)
    return { status: response.status, body: (await response.json()) as object }
  }
  missing.length = 0
  expect(await read('/health/ready')).toMatchObject({ status: 503, body: { missing: ['capture vm'] } })
  expect(await read('/health/serving')).toMatchObject({ status: 200, body: { serving: true } })
})

describe('an instance that other machines reach', () => {
  test('does not start without configured sources of calls, and gives the reason, unless it accepts calls only over TLS with client certificates', () => {
    const start = (environment: Record<string, string>) => () => readSettings(environment, '/nowhere')
    for (const SELOSTE_SIP of ['0.0.0.0:5060', '192.0.2.5:5060', '[::]:5060', '[2001:db8::5]:5060']) {
      expect(start({ SELOSTE_SIP })).toThrow('SELOSTE_SIP_SOURCES is not set: anybody could send calls')
      expect(start({ SELOSTE_SIP, SELOSTE_SIP_SOURCES: '192.0.2.10' })).not.toThrow()
      for (const everybody of ['0.0.0.0/0', '192.0.2.10, ::/0'])
        expect(start({ SELOSTE_SIP, SELOSTE_SIP_SOURCES: everybody })).toThrow('and not everybody')
    }
    expect(start({ SELOSTE_SIPS: '0.0.0.0:5061' })).not.toThrow()
    expect(start({})).not.toThrow()
  })
})

describe('processing time that grows with the square of the input', () => {
  test('is not spent on zeros in a feed’s record', async () => {
    const records: unknown[] = []
    const feed = await listenHttp({
      ...{
        listen: { host: '127.0.0.1', port: 0 },
        token: 'a-token-of-the-feed',
        onFault: (error) => records.push(error),
        onRefused: (from) => records.push(from),
      },
      put: (record) => Promise.resolve(void records.push(record)),
    })
    const padded = Buffer.concat([Buffer.from('{"a":1}'), Buffer.alloc(400_000), Buffer.from('x'), Buffer.alloc(10)])
    const beganMs = performance.now()
    const answer = await fetch(`http://127.0.0.1:${feed.port}/`, {
      method: 'POST',
      headers: { authorization: 'Bearer a-token-of-the-feed', 'content-type': 'application/x-www-form-base64-encoded' },
      body: `cdr=${padded.toString('base64')}`,
    })
    expect(answer.status).toBe(200)
    expect(performance.now() - beganMs).toBeLessThan(2_000)
    expect(records).toHaveLength(1)
    await feed.stop()
  })

  test('is not spent on punctuation inside a word', () => {
    const text = `a${'.'.repeat(100_000)}a`
    const words = [{ text, track: 0 as const, language: 'fi' as const, from: 0, to: 8_000 }]
    const beganMs = performance.now()
    expect(tokensOf(words, 0).map((token) => token.text)).toEqual([text])
    expect(performance.now() - beganMs).toBeLessThan(2_000)
  })
})

/** Server with the desk's connection limits. The desk exempts this machine, from which a test connects. */
async function startLimitedServer() {
  const server = createServer((_request, response) => response.end('x'))
  limitConnections(server, { perClient: 64, isExempt: (address) => address === '127.0.0.77' })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { server, port: (server.address() as AddressInfo).port }
}

describe('one visitor among many', () => {
  test('has a limited number of open connections, while another visitor has a limit of their own, and a proxy is not limited', async () => {
    const { server, port } = await startLimitedServer()
    const open = async (localAddress: string) => {
      const socket = connect({ port, host: '127.0.0.1', localAddress })
      socket.on('error', () => undefined).resume()
      await once(socket, 'connect')
      socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
      const isServed = await Promise.race([
        once(socket, 'data').then(() => true),
        once(socket, 'close').then(() => false),
      ])
      return { socket, isServed }
    }
    const openMany = async (address: string) => {
      const opened = []
      for (let n = 0; n < 100; n++) opened.push(await open(address))
      return opened
    }
    const greedy = await openMany('127.0.0.66')
    expect(greedy.filter(({ isServed }) => isServed)).toHaveLength(64)
    const proxy = await openMany('127.0.0.77')
    expect(proxy.filter(({ isServed }) => isServed)).toHaveLength(100)
    const other = await open('127.0.0.67')
    expect(other.isServed).toBe(true)
    // A closed connection can be opened again.
    greedy[0]!.socket.destroy()
    await expect.poll(async () => (await open('127.0.0.66')).isServed).toBe(true)
    for (const { socket } of [...greedy, ...proxy, other]) socket.destroy()
    server.closeAllConnections()
    server.close()
  })

  const stranger = from('203.0.113.66')

  test('cannot delay others with a hundred connections of endless requests', async () => {
    const pool = database.as('seloste_desk').pool
    const busy: Promise<unknown>[] = []
    // Each of its requests holds a database connection until the test ends.
    const holder = await database.as().pool.connect()
    await holder.query('begin; lock table session in access exclusive mode')
    try {
      for (let n = 0; n < 100; n++) {
        const request = desk.visitor.fetch('/api/session', {
          headers: { ...stranger.headers, cookie: `__Host-seloste=${randomUUID()}; seloste=${randomUUID()}` },
        })
        busy.push(request.then((response) => response.arrayBuffer()))
      }
      await expect.poll(() => pool.totalCount - pool.idleCount).toBeGreaterThanOrEqual(3)
      const begunMs = performance.now()
      const page = await desk.visitor.fetch('/rekisteriseloste/versiot', from('203.0.113.67'))
      expect(page.status).toBe(200)
      expect(performance.now() - begunMs).toBeLessThan(5_000)
    } finally {
      await holder.query('rollback')
      holder.release()
    }
    await Promise.all(busy)
    // Afterwards the same visitor is served again.
    expect((await desk.visitor.fetch('/api/session', stranger)).status).toBe(401)
  })
})

test('public pages are rate limited by address, with a message for people, and ordinary reading stays below the limit', async () => {
  const read = async (address: string) => {
    const response = await desk.visitor.fetch('/register-description.json', from(address))
    const text = await response.text()
    return { status: response.status, text }
  }
  const statuses: number[] = []
  let last = ''
  for (let n = 0; n < 605; n++) {
    const { status, text } = await read('2001:db8:1:2::7')
    statuses.push(status)
    last = text
  }
  expect(statuses.lastIndexOf(200)).toBe(599)
  expect(statuses.at(-1)).toBe(429)
  expect(last).toContain('Too many page views')
  // An IPv6 network shares one limit; other networks have their own.
  expect((await read('2001:db8:1:2:ffff::1')).status).toBe(429)
  expect((await read('2001:db8:1:3::7')).status).toBe(200)
})

describe('the header Forwarded of a proxy (RFC 7239)', () => {
  const read = (headers: IncomingHttpHeaders, trusted: ProxyHeader) => {
    const isTrusted = normaliseProxyHeaders(headers, trusted)
    return [isTrusted, headers['x-forwarded-for'], headers['x-forwarded-proto']]
  }

  test.each([
    ['for=192.0.2.60;proto=https;by=203.0.113.43', '192.0.2.60', 'https'],
    ['For="[2001:db8:cafe::17]:4711"; Proto=HTTPS', '2001:db8:cafe::17', 'https'],
    ['for=192.0.2.43:47011, for="198.51.100.17"', '192.0.2.43, 198.51.100.17', undefined],
    ['for="a,b;\\"for=127.0.0.1", for=192.0.2.1;proto=http', '0.0.0.0, 192.0.2.1', 'http'],
    ['for=unknown', '0.0.0.0', undefined],
    ['for=_hidden, for="_SEVKISEK"', '0.0.0.0, 0.0.0.0', undefined],
    ['proto=https', '0.0.0.0', 'https'],
    ['"', '0.0.0.0', undefined],
  ])('is trusted: %s', (forwarded, addresses, proto) => {
    expect(read({ forwarded }, 'forwarded')).toEqual([true, addresses, proto])
  })

  test('is trusted only if the setting names Forwarded, and X-Forwarded-For, which a visitor can set, is then ignored', () => {
    const both = () => ({ 'x-forwarded-for': '127.0.0.1', 'x-forwarded-proto': 'https', forwarded: 'for=192.0.2.1' })
    expect(read(both(), 'forwarded')).toEqual([true, '192.0.2.1', undefined])
    expect(read(both(), 'x-forwarded-for')).toEqual([true, '127.0.0.1', 'https'])
    expect(read({ 'x-forwarded-for': '127.0.0.1' }, 'forwarded')).toEqual([true, undefined, undefined])
  })

  test('of a proxy that is not configured makes no visitor local, and the log reports which setting to change', async () => {
    const forwarded = (path: string) => desk.visitor.fetch(path, { headers: { forwarded: 'for=203.0.113.9' } })
    expect((await forwarded('/metrics')).status).toBe(403)
    expect(await (await forwarded('/health/ready')).json()).toEqual({ ready: false })
    expect(desk.log.join('')).toContain('SELOSTE_PROXY_HEADER=forwarded')
  })
})
