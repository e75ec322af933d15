import { createHmac, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { callFacts } from '#test/database/people.ts'
import { makeDestroyer } from '#test/register/destroy-recordings.ts'
import { makeTestRegister } from '#test/register/make-register.ts'
import { admit } from '#register/admit.ts'
import { ingestRecording } from '#register/recordings/ingest-recording.ts'
import type { RegisterTables } from '#register/tables.ts'
import {
  readTargets,
  replaceTargets,
  retryWebhooks,
  deliverWebhooks,
  type WebhookDelivery,
} from './deliver-webhooks.ts'
import { webhookEvents, type WebhookTarget } from './webhooks-file.ts'

const database = await createTestDatabase<RegisterTables>()
const register = await makeTestRegister(database)
const { destroy } = makeDestroyer(database, register)
const [capture, custodian] = [database.as('seloste_capture').db, database.as('seloste_custodian').db]

interface Delivery {
  headers: IncomingHttpHeaders
  body: string
}

/** A receiving system: stores its events, and answers as configured. */
const received: Delivery[] = []
let answer: { status: number; headers?: Record<string, string> } = { status: 204 }
const receiver = createServer((request, response) => {
  const parts: Buffer[] = []
  request.on('data', (part: Buffer) => parts.push(part))
  request.on('end', () => {
    received.push({ headers: request.headers, body: Buffer.concat(parts).toString('utf8') })
    response.writeHead(answer.status, answer.headers).end('thank you')
  })
})
await once(receiver.listen(0, '127.0.0.1'), 'listening')
afterAll(() => {
  receiver.closeAllConnections()
  receiver.close()
})

/** Returns the URL of a port at which nothing listens any more. */
async function closedUrl(): Promise<string> {
  const server = createServer()
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  await once(server.close(), 'close')
  return `http://127.0.0.1:${port}/`
}

const target: WebhookTarget = {
  name: 'crm',
  url: `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/events`,
  secret: Buffer.from('a secret that nobody guesses'),
  events: webhookEvents,
}
let now = Temporal.Now.instant()
const delivery: WebhookDelivery = {
  ...{ db: custodian, targets: [target], source: 'https://seloste.example', pauses: new Map() },
  now: () => now,
  random: () => 0.5,
}
const state = async () => (await readTargets(custodian))[0]
const eventOf = ({ body }: Delivery) => JSON.parse(body) as Record<string, unknown>
const later = (duration: Temporal.DurationLike) => {
  now = now.add(duration)
}

beforeEach(async () => {
  await replaceTargets(custodian, [])
  await replaceTargets(custodian, [target])
  received.length = 0
  answer = { status: 204 }
  delivery.pauses.clear()
  now = Temporal.Now.instant().add({ seconds: 1 })
})

test('a contact, its sealed recording and its destruction are each sent once, as CloudEvents with ids alone', async () => {
  const { id, contactId } = await register.record()
  await ingestRecording(register.ingest, id, now)
  await destroy(id)
  later({ minutes: 1 })
  await deliverWebhooks(delivery)
  await deliverWebhooks(delivery)
  expect(received.map(eventOf).map(({ type, subject, data }) => [type, subject, data])).toEqual([
    ['fi.seloste.contact.admitted', contactId, { contactId }],
    ['fi.seloste.recording.sealed', id, { recordingId: id }],
    ['fi.seloste.recording.destroyed', id, { recordingId: id }],
  ])
  for (const sent of received) {
    expect(sent.headers['content-type']).toBe('application/cloudevents+json; charset=utf-8')
    expect(Object.keys(eventOf(sent)).sort()).toEqual([
      ...['data', 'datacontenttype', 'id', 'source', 'specversion', 'subject', 'time', 'type'],
    ])
    expect(eventOf(sent)).toMatchObject({ specversion: '1.0', source: 'https://seloste.example' })
  }
  expect(new Set(received.map((sent) => eventOf(sent)['id'])).size).toBe(3)
  expect(await state()).toMatchObject({ waiting: 0, givenUp: 0 })
})

test('no number or name of a caller or an official is sent', async () => {
  const facts = callFacts()
  await admit(capture, facts)
  await deliverWebhooks(delivery)
  const words = JSON.stringify(received)
  for (const secret of [facts.caller.key!, facts.numberCalled.key, facts.official?.name ?? facts.caller.key!]) {
    expect(words).not.toContain(secret)
  }
})

test('the signature is HMAC-SHA256 of id, time and body, as in Standard Webhooks', async () => {
  await admit(capture, callFacts())
  await deliverWebhooks(delivery)
  const [{ headers, body }] = received as [Delivery]
  const signed = `${String(headers['webhook-id'])}.${String(headers['webhook-timestamp'])}.${body}`
  const expected = createHmac('sha256', 'a secret that nobody guesses').update(signed).digest('base64')
  expect(headers['webhook-signature']).toBe(`v1,${expected}`)
  expect(headers['webhook-id']).toBe(JSON.parse(body).id)
  expect(Number(headers['webhook-timestamp'])).toBe(Math.floor(now.epochMilliseconds / 1000))
})

test('an event that a receiver rejects is resent with growing delays and the same id until accepted', async () => {
  await admit(capture, callFacts())
  answer = { status: 500 }
  await deliverWebhooks(delivery)
  await deliverWebhooks(delivery)
  expect(received).toHaveLength(1)
  expect(await state()).toMatchObject({ waiting: 1, lastAnswer: 'status 500' })
  later({ seconds: 6 })
  await deliverWebhooks(delivery)
  expect(received).toHaveLength(2)
  later({ seconds: 6 })
  await deliverWebhooks(delivery)
  expect(received, 'the second delay is twice as long').toHaveLength(2)
  answer = { status: 200 }
  later({ seconds: 6 })
  await deliverWebhooks(delivery)
  expect(received).toHaveLength(3)
  expect(new Set(received.map(({ headers }) => headers['webhook-id'])).size).toBe(1)
  expect(await state()).toMatchObject({ waiting: 0 })
})

test('an unavailable receiver is sent nothing during its pause, and then every waiting event', async () => {
  const ids: string[] = []
  for (let count = 0; count < 3; count++) ids.push((await admit(capture, callFacts())).contactId)
  answer = { status: 503, headers: { 'retry-after': '120' } }
  await deliverWebhooks(delivery)
  later({ seconds: 60 })
  await deliverWebhooks(delivery)
  expect(received).toHaveLength(1)
  answer = { status: 200 }
  later({ seconds: 61 })
  await deliverWebhooks(delivery)
  expect(
    received
      .slice(1)
      .map((sent) => eventOf(sent)['subject'])
      .sort(),
  ).toEqual([...ids].sort())
})

test('an event is not delivered if the URL redirects or does not answer', async () => {
  await admit(capture, callFacts())
  answer = { status: 302, headers: { location: target.url } }
  await deliverWebhooks(delivery)
  expect(await state()).toMatchObject({ waiting: 1, lastAnswer: 'status 302' })
  later({ minutes: 1 })
  await deliverWebhooks({ ...delivery, targets: [{ ...target, url: await closedUrl() }] })
  expect(await state()).toMatchObject({ waiting: 1, lastAnswer: 'ECONNREFUSED' })
})

test('after three days an event is abandoned and shown as such, and resent on request', async () => {
  await admit(capture, callFacts())
  answer = { status: 404 }
  later({ hours: 73 })
  await deliverWebhooks(delivery)
  expect(await state()).toMatchObject({ waiting: 0, givenUp: 1, lastAnswer: 'status 404' })
  later({ hours: 2 })
  await deliverWebhooks(delivery)
  expect(received).toHaveLength(1)
  answer = { status: 200 }
  expect(await retryWebhooks(database.as().db, now)).toBe(1)
  await deliverWebhooks(delivery)
  expect(received).toHaveLength(2)
  expect(await state()).toMatchObject({ waiting: 0, givenUp: 0 })
})

test('an event whose time is in the future is not sent, not even by a requested retry', async () => {
  await admit(capture, callFacts())
  const at = now.add({ hours: 8 })
  await database.as().pool.query('update webhook_delivery set at = $1, next_at = $1', [at.toString()])
  expect(await retryWebhooks(database.as().db, now)).toBe(0)
  await deliverWebhooks(delivery)
  expect(received).toHaveLength(0)
  later({ hours: 9 })
  await deliverWebhooks(delivery)
  expect(received).toHaveLength(1)
})

test('an abandoned event is deleted after two weeks', async () => {
  await admit(capture, callFacts())
  answer = { status: 404 }
  later({ hours: 73 })
  await deliverWebhooks(delivery)
  later({ hours: 24 * 14 + 1 })
  await deliverWebhooks(delivery)
  expect(await state()).toMatchObject({ waiting: 0, givenUp: 0 })
})

test('an event of a rolled-back transaction is never sent', async () => {
  const facts = callFacts()
  await expect(
    capture.transaction().execute(async (tx) => {
      await tx
        .insertInto('contact')
        .values({
          id: randomUUID(),
          started_at: facts.startedAt,
          caller_kind: 'withheld',
          number_called: '1',
          number_kind: 'UNKNOWN',
        } as never)
        .execute()
      throw new Error('no')
    }),
  ).rejects.toThrow('no')
  expect(await state()).toMatchObject({ waiting: 0 })
})

test('only the events that a target names are stored for that target, and none without a target', async () => {
  await replaceTargets(custodian, [{ ...target, events: ['recording.sealed'] }])
  await admit(capture, callFacts())
  expect(await state()).toMatchObject({ waiting: 0 })
  await replaceTargets(custodian, [])
  await admit(capture, callFacts())
  const { rows } = await database.as().pool.query('select * from webhook_delivery')
  expect(rows).toEqual([])
})

test('a slow receiver delays no other', async () => {
  const slow = createServer((request, response) => {
    request.resume().on('end', () => setTimeout(() => response.writeHead(204).end(), 500))
  })
  await once(slow.listen(0, '127.0.0.1'), 'listening')
  try {
    const url = `http://127.0.0.1:${(slow.address() as AddressInfo).port}/`
    const targets = [target, { ...target, name: 'slow', url }]
    await replaceTargets(custodian, targets)
    for (let calls = 0; calls < 20; calls += 1) await admit(capture, callFacts())
    const run = deliverWebhooks({ ...delivery, targets })
    await expect.poll(() => received.length).toBeGreaterThanOrEqual(20)
    const { contactId } = await register.record()
    later({ minutes: 1 })
    await run
    await deliverWebhooks({ ...delivery, targets })
    expect(received.map((sent) => eventOf(sent)['subject'])).toContain(contactId)
    // Events for the slow receiver are still waiting.
    const states = await readTargets(custodian)
    expect(states.find(({ target: name }) => name === 'slow')?.waiting).toBeGreaterThan(5)
  } finally {
    slow.closeAllConnections()
    slow.close()
  }
})
