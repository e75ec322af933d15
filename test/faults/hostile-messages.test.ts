/** B1: malformed SIP and SIPREC messages, from the first byte to their answer. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { Invite } from '#capture/sip/handler.ts'
import { firstHeader } from '#capture/sip/message.ts'
import { answerOffer } from '#capture/siprec/answer-offer.ts'
import { headersOf } from '#capture/siprec/read-header-value.ts'
import { readInvitation } from '#capture/siprec/read-invitation.ts'
import { normalisePhoneNumber } from '#description/phone-numbers/normalise-phone-number.ts'
import { answering, createTestServer, request, type SipTestServer } from '../conformance/sip/sip-test-server.ts'
import { cpuMs } from '../house/cpu-ms.ts'
import { seedRandom } from '../simulator/random.ts'
import { vectorNames } from '../vectors/siprec/read-vector.ts'

const count = process.env['SELOSTE_LONG'] === '1' ? 1_000_000 : 3_000
const slowMs = 50
/** Messages after which a new server is started, because a server stores what it sent. */
const perServer = 500

const random = seedRandom('B1')
const randomBytes = (size: number) => Buffer.from(Array.from({ length: size }, () => random.integer(0, 255)))
const wellFormed = [
  ...vectorNames.map((name) => readFileSync(new URL(`../vectors/siprec/${name}.sip`, import.meta.url))),
  ...['INVITE', 'ACK', 'BYE', 'CANCEL', 'UPDATE', 'OPTIONS'].map((method) => Buffer.from(request(method))),
]
const tokens = [
  '\r\n\r\n',
  '\r\n ',
  '--',
  '<',
  '"',
  ';',
  ',',
  '\0',
  '%00',
  '<![CDATA[',
  '<!--',
  '&a;',
  'm=audio 99999 RTP/AVP 8\r\n',
  'a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:x\r\n',
  'Content-Length: 5\r\n',
  'Content-Type: multipart/mixed;boundary=""\r\n',
  'Via: SIP/2.0/UDP 192.0.2.7;branch=z9hG4bK\r\n',
]

function splice(message: Buffer): Buffer {
  const at = random.integer(0, message.length)
  const removed = random.pick([0, 0, 1, 20, 400])
  const added = random.chance(0.6) ? Buffer.from(random.pick(tokens)) : randomBytes(random.integer(0, 12))
  const times = random.chance(0.05) ? random.integer(1, 2_000) : 1
  const parts = Array.from({ length: times }, () => added)
  return Buffer.concat([message.subarray(0, at), ...parts, message.subarray(at + removed)]).subarray(0, 65_535)
}

/** Sets Content-Length to the present length of the body, so that the corruption is parsed. */
function withLength(message: Buffer): Buffer {
  const end = message.indexOf('\r\n\r\n')
  if (end < 0) return message
  const length = `$1 ${message.length - end - 4}`
  const head = message.toString('latin1', 0, end).replace(/^(Content-Length|l)\s*:.*$/im, `$1:${length.slice(2)}`)
  return Buffer.concat([Buffer.from(head, 'latin1'), message.subarray(end)])
}

function messageWithBody(body: string, type: string): Buffer {
  const changes = {
    'content-type': type,
    require: 'siprec',
    'call-id': random.hex(6),
    branch: `z9hG4bK${random.hex(6)}`,
  }
  return Buffer.from(request('INVITE', changes, body))
}

function entityBomb(): Buffer {
  const levels = random.integer(1, 200)
  const entities = Array.from({ length: levels }, (_, n) => `<!ENTITY e${n + 1} "${`&e${n};`.repeat(10)}">`).join('')
  const bomb = `<!DOCTYPE r [<!ENTITY e0 "x">${entities}]><recording>&e${levels};</recording>`
  return messageWithBody(bomb.slice(0, 60_000), 'application/rs-metadata+xml')
}

function nestedMultipart(): Buffer {
  let body = 'v=0\r\n'
  const depth = random.integer(1, 200)
  for (let n = 0; n < depth; n++)
    body = `--b${n}\r\nContent-Type: multipart/mixed;boundary=b${n - 1}\r\n\r\n${body}\r\n--b${n}${random.pick(['--', ''])}\r\n`
  return messageWithBody(body.slice(0, 60_000), `multipart/mixed;boundary=b${depth - 1}`)
}

const mutations = {
  'damaged anywhere': () => splice(random.pick(wellFormed)),
  'damaged again and again': () => splice(splice(splice(splice(random.pick(wellFormed))))),
  'damaged within, with the right length': () => withLength(splice(splice(random.pick(wellFormed)))),
  'cut off': () => {
    const message = random.pick(wellFormed)
    return message.subarray(0, random.integer(0, message.length))
  },
  'wrong length': () =>
    Buffer.from(
      random
        .pick(wellFormed)
        .toString('latin1')
        .replace(/^(Content-Length|l)\s*:.*$/im, `$1: ${random.pick(['-1', '0', '4294967296', '99999', 'x', '1e3'])}`),
      'latin1',
    ),
  'two in one': () => Buffer.concat([random.pick(wellFormed), random.pick(wellFormed)]).subarray(0, 65_535),
  'nested parts': nestedMultipart,
  'entity bomb': entityBomb,
  'random bytes': () => randomBytes(random.integer(0, 300)),
}
type Mutation = keyof typeof mutations

/** Processes a body as the recorder does, without a disk. */
function read(invite: Pick<Invite, 'request' | 'source' | 'respond'>): void {
  const { headers, body } = invite.request
  const invitation = readInvitation(
    {
      contentType: firstHeader(invite.request, 'content-type'),
      body,
      headers: headersOf(headers.map(({ name, value }) => [name, value] as const)),
      sourceAddress: invite.source.address,
    },
    {
      arrivedAtMs: 1_800_000_000_000,
      normalise: (raw) => normalisePhoneNumber(raw),
      directory: { findNumber: () => undefined, findOfficial: () => undefined },
    },
  )
  if (invitation.kind === 'refusal') return void invite.respond(invitation.status, { reason: invitation.reason })
  if (!invitation.offer) return void invite.respond(200)
  const made = answerOffer(invitation.offer, invitation.streams, {
    address: '203.0.113.1',
    origin: { sessionId: '1', version: 1 },
    ports: new Map(invitation.streams.map(({ index }) => [index, 30_000])),
    mode: 'record',
  })
  if (made.kind === 'refusal') invite.respond(made.status, { reason: made.reason })
  else invite.respond(200, { body: made.text, contentType: 'application/sdp' })
}

function freshServer(): SipTestServer {
  const handler = answering({ onInvite: read, onReinvite: read, onUpdate: read })
  return createTestServer(handler, { limits: { newRequestsBurst: 1e9 } })
}

test(`${count.toLocaleString('en')} malformed messages: no fault of the server, none takes 50 ms, and the server continues`, () => {
  const names = Object.keys(mutations) as Mutation[]
  const slowest = new Map<Mutation, number>(names.map((name) => [name, 0]))
  let server = freshServer()
  let answered = 0
  for (let n = 0; n < count; n++) {
    if (n % perServer === perServer - 1) {
      expect(server.faults).toEqual([])
      // After all of them, a valid call is answered as usual.
      server.send(request('INVITE', { 'call-id': 'sound', branch: 'z9hG4bKsound' }, 'v=0\r\n'), {
        address: '192.0.2.99',
      })
      expect(server.received().length).toBeGreaterThan(0)
      answered += server.sent.length + server.answersToMalformed.length
      server.server.stop()
      server = freshServer()
    }
    const sort = names[n % names.length]!
    const message = mutations[sort]()
    const before = cpuMs()
    server.send(message)
    let ms = cpuMs() - before
    // A garbage collection may have caused the delay. A message that is slow by itself is slow again.
    for (let again = 0; again < 3 && ms >= slowMs; again++) {
      const other = freshServer()
      const start = cpuMs()
      other.send(message)
      ms = Math.min(ms, cpuMs() - start)
    }
    if (ms > slowest.get(sort)!) slowest.set(sort, ms)
    if (ms >= slowMs) expect.fail(`${sort}: ${ms} ms for ${message.toString('base64')}`)
  }
  expect(answered).toBeGreaterThan(count / 4)
  const figures = [...slowest].map(([sort, ms]) => `${sort} ${ms.toFixed(1)} ms`).join(', ')
  console.log(
    `B1: ${count.toLocaleString('en')} messages, ${answered.toLocaleString('en')} answers, 0 faults; slowest: ${figures}`,
  )
}, 3_600_000)
