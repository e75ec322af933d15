import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, expect, test } from 'vitest'
import type { DecisionResponse, DecisionRequest } from './predict-decision.ts'
import { listenDecisions, type DecisionsOptions } from './listen-decisions.ts'

const token = 'a token of twenty characters'
const answer: DecisionResponse = {
  ...{ outcome: 'recorded', announce: true, reason: 'drawn', descriptionVersion: 3 },
  announcements: [{ texts: { fi: 'Puhelu voidaan tallentaa.' } }],
}
const question = { number: '029 497 000', callIds: { ucid: '0001' } }
let requests: DecisionRequest[] = []
let outcomes: string[] = []
let stop: () => Promise<void> = () => Promise.resolve()
afterEach(() => stop())

async function listen(options: Partial<DecisionsOptions> = {}): Promise<string> {
  ;[requests, outcomes] = [[], []]
  const listening = await listenDecisions({
    listen: { host: '127.0.0.1', port: 0 },
    token,
    answer: (received) => {
      requests.push(received)
      return answer
    },
    onAnswered: (outcome) => outcomes.push(outcome),
    onConnectionRefused: () => undefined,
    onFault: () => undefined,
    ...options,
  })
  stop = listening.stop
  return `http://127.0.0.1:${listening.port}/decisions`
}

const post = (url: string, body: string, headers: Record<string, string> = {}) =>
  fetch(url, { method: 'POST', body, headers: { authorization: `Bearer ${token}`, ...headers } })

test('a request with the token, in JSON or as a form, is answered in JSON or with one word', async () => {
  const url = await listen()
  const json = await post(url, JSON.stringify(question))
  expect([json.status, await json.json()]).toEqual([200, answer])
  expect(json.headers.get('cache-control')).toBe('no-store')
  const form = 'number=029+497+000&callId.ucid=0001'
  const word = await post(url, form, { 'content-type': 'application/x-www-form-urlencoded', accept: 'text/plain' })
  expect(await word.text()).toBe('announce\n')
  expect(requests).toEqual([question, question])
  expect(outcomes).toEqual(['recorded', 'recorded'])
})

test('without the token no answer is given, and the plan is not read', async () => {
  const url = await listen()
  for (const authorization of ['', 'Bearer', 'Bearer wrong', `Basic ${token}`]) {
    expect((await post(url, JSON.stringify(question), { authorization })).status, authorization).toBe(401)
  }
  expect(requests).toEqual([])
})

test.each([
  ['', 'the body is not JSON'],
  ['[]', 'a JSON object is expected'],
  ['{"callIds":{"ucid":"1"}}', 'number is missing'],
  ['{"number":"1"}', 'callIds is missing'],
  ['{"number":"1","callIds":{}}', 'callIds is missing'],
  ['{"number":"1","callIds":{"colour":"red"}}', 'callIds has an unknown kind'],
  ['{"number":"1","callIds":{"__proto__":"x"}}', 'callIds has an unknown kind'],
  ['{"number":"1","callIds":{"ucid":7}}', 'an id that is not a string'],
  ['{"number":"1","official":{},"callIds":{"ucid":"1"}}', 'official is not a telephone number'],
  ['{"number":"1","caller":"2","callIds":{"ucid":"1"}}', 'unknown field'],
])('the request %s is refused, and the error says: %s', async (body, message) => {
  const response = await post(await listen(), body)
  expect(response.status).toBe(400)
  expect(((await response.json()) as { error: { code: string; message: string } }).error).toMatchObject({
    code: 'question.wrong',
    message: expect.stringContaining(message) as string,
  })
})

test('another path, another method and a long body are refused, and the response to an internal error says to announce', async () => {
  const url = await listen({
    answer: () => {
      throw new Error('bug')
    },
  })
  expect((await post(url.replace('decisions', 'contacts'), '{}')).status).toBe(404)
  expect((await fetch(url, { headers: { authorization: `Bearer ${token}` } })).status).toBe(405)
  expect((await post(url, ' '.repeat(9_000))).status).toBe(413)
  const broken = await post(url, JSON.stringify(question))
  expect([broken.status, await broken.text()]).toEqual([503, expect.stringContaining('announce')])
})

const folder = mkdtempSync(join(tmpdir(), 'seloste-decisions-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** Creates a self-signed certificate. */
function certificate(name: string) {
  const [cert, key] = [join(folder, `${name}.pem`), join(folder, `${name}-key.pem`)]
  const made = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2']
  execFileSync('openssl', [...made, '-subj', `/CN=${name}`, '-keyout', key, '-out', cert], { stdio: 'ignore' })
  return { cert: readFileSync(cert), key: readFileSync(key) }
}

test('over TLS without a token, only a client with a certificate of a configured authority is answered', async () => {
  const [server, trusted, stranger] = ['server', 'client', 'stranger'].map(certificate)
  const url = await listen({
    token: undefined,
    certificate: { inUse: { ...server!, ca: trusted!.cert }, onChange: () => undefined },
  })
  const requestAs = (client: { cert?: Buffer; key?: Buffer }) =>
    new Promise<number | string>((resolve) => {
      const pending = request(
        { ...client, port: new URL(url).port, path: '/decisions', method: 'POST', rejectUnauthorized: false },
        (response) => {
          response.resume()
          resolve(response.statusCode ?? 0)
        },
      )
      pending.on('error', (error: Error & { code?: string }) => resolve(error.code ?? error.message))
      pending.end(JSON.stringify(question))
    })
  expect(await requestAs(trusted!)).toBe(200)
  expect(typeof (await requestAs(stranger!))).toBe('string')
  expect(typeof (await requestAs({}))).toBe('string')
  expect(requests).toHaveLength(1)
})
