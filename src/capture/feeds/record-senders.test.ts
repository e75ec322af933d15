/** Records that are sent and not written to a file are durable before their sender gets a positive response. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { createServer, type Socket } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { systemClock } from '#platform/clock/clock.ts'
import { followAmi, type AmiState } from './follow-ami.ts'
import { followFolder } from './follow-folder.ts'
import { maxStoredBytes, openInbox, type Inbox } from './inbox.ts'
import { listenHttp } from './listen-http.ts'

let folder = ''
let inbox: Inbox
const close: (() => unknown)[] = []

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'seloste-inbox-'))
  inbox = await openInbox(folder, systemClock)
})
afterEach(async () => {
  for (const step of close.splice(0).reverse()) await step()
  await rm(folder, { recursive: true })
})

async function readStored(): Promise<unknown[]> {
  const texts = await Promise.all((await readdir(folder)).map((name) => readFile(join(folder, name), 'utf8')))
  return texts.flatMap((text) =>
    text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown),
  )
}

test('a record sent by HTTP with the token is stored, in each encoding of mod_json_cdr, and without the token is refused and logged', async () => {
  const refused: string[] = []
  const token = 'a-long-enough-token'
  const http = await listenHttp({
    listen: { host: '127.0.0.1', port: 0 },
    token,
    put: inbox.put,
    onFault: () => undefined,
    onRefused: (from) => refused.push(from),
  })
  close.push(() => http.stop())
  const post = async (body: string, type: string, authorization?: string) =>
    (
      await fetch(`http://127.0.0.1:${http.port}/?uuid=a_1`, {
        method: 'POST',
        body,
        headers: { 'content-type': type, ...(authorization !== undefined && { authorization }) },
      })
    ).status
  const cdr = JSON.stringify({ variables: { uuid: '1', caller: '+358' } })
  const basic = `Basic ${Buffer.from(`freeswitch:${token}`).toString('base64')}`
  const urlencoded = 'application/x-www-form-urlencoded'
  expect(await post(cdr, 'application/json')).toBe(401)
  expect(await post(cdr, 'application/json', 'Bearer a-long-enough-tokem')).toBe(401)
  expect(refused).toEqual(['127.0.0.1', '127.0.0.1'])
  expect(await readStored().catch(() => [])).toEqual([])
  expect(await post(cdr, 'application/json', `Bearer ${token}`)).toBe(200)
  expect(await post(`cdr=${encodeURIComponent(cdr)}`, urlencoded, basic)).toBe(200)
  const base64 = `cdr=${Buffer.from(cdr).toString('base64')}`
  expect(await post(base64, 'application/x-www-form-base64-encoded', basic)).toBe(200)
  expect(await post('{"half', 'application/json', basic)).toBe(200)
  expect(await post('x'.repeat(5_000_000), 'application/json', basic)).toBe(413)
  expect(await readStored()).toEqual([JSON.parse(cdr), JSON.parse(cdr), JSON.parse(cdr), '{"half'])
  expect(refused).toHaveLength(2)
})

test('a page of calls received by HTTP can be read, even if it is longer than a megabyte', async () => {
  await inbox.put({
    conversations: Array.from({ length: 30_000 }, (_, at) => ({ conversationId: `conversation ${at}` })),
  })
  const found: { bytes: number; isInvalidInterval: boolean }[] = []
  const followed = await followFolder({
    ...{ folder, files: '*.ndjson', framing: 'lines', hasHeading: false, longestRecord: maxStoredBytes },
    statePath: join(folder, '.position'),
    onRecord: ({ bytes, isInvalidInterval }) =>
      Promise.resolve(void found.push({ bytes: bytes.length, isInvalidInterval })),
    onFault: (error) => {
      throw error
    },
    pollMs: 3_600_000,
  })
  close.push(() => followed.stop())
  await followed.check()
  expect(found).toEqual([{ bytes: expect.any(Number), isInvalidInterval: false }])
  expect(found[0]!.bytes).toBeGreaterThan(1_000_000)
})

test('a record that cannot be stored gets a response that makes its sender keep it', async () => {
  const token = 'a-long-enough-token'
  const put = () => Promise.reject(new Error('no space left on device'))
  const http = await listenHttp({
    listen: { host: '127.0.0.1', port: 0 },
    token,
    put,
    onFault: () => undefined,
    onRefused: () => undefined,
  })
  close.push(() => http.stop())
  const headers = { authorization: `Bearer ${token}` }
  const answer = await fetch(`http://127.0.0.1:${http.port}/`, { method: 'POST', body: '{}', headers })
  expect(answer.status).toBe(503)
})

test('the manager interface is connected again after it broke, and a refused login is reported without its secret', async () => {
  const secret = 'a secret'
  let received = ''
  const sockets: Socket[] = []
  const manager = createServer((socket) => {
    sockets.push(socket)
    socket.on('error', () => undefined)
    socket.write('Asterisk Call Manager/9.0.0\r\n')
    socket.on('data', (data) => {
      received = data.toString()
      const isFirst = sockets.length === 1
      socket.write(
        isFirst
          ? 'Response: Error\r\nMessage: Authentication failed\r\n\r\n'
          : `Response: Success\r\nMessage: Authentication accepted\r\n\r\nEvent: FullyBooted\r\nStatus: Fully Booted\r\n\r\n` +
              `Event: Cdr\r\nSource: +358401234567\r\nDestination: 0294`,
      )
      if (isFirst) return
      socket.write(`97000\r\nUniqueID: 1763622842.${sockets.length}\r\n\r\n`)
      if (sockets.length === 2) socket.end()
    })
  })
  await new Promise<void>((resolve) => manager.listen(0, '127.0.0.1', resolve))
  close.push(() => {
    for (const socket of sockets) socket.destroy()
    manager.close()
  })
  const states: [AmiState, string | undefined][] = []
  const { port } = manager.address() as AddressInfo
  const onState = (state: AmiState, detail?: string) => states.push([state, detail])
  const ami = followAmi({ host: '127.0.0.1', port, user: 'seloste', secret, put: inbox.put, onState, retryMs: 5 })
  close.push(() => ami.stop())
  await vi.waitFor(async () => expect(await readStored()).toHaveLength(2), { timeout: 20_000 })
  expect(received).toContain('Action: Login\r\nUsername: seloste\r\nSecret: a secret\r\nEvents: cdr\r\n\r\n')
  expect(states.map(([state]) => state)).toEqual(['login-refused', 'connected', 'unreachable', 'connected'])
  expect(JSON.stringify(states)).not.toContain(secret)
  expect(await readStored()).toMatchObject([
    { Event: 'Cdr', Destination: '029497000', UniqueID: '1763622842.2' },
    { UniqueID: '1763622842.3' },
  ])
})
