import { expect, test } from 'vitest'
import { readWebhooks, webhookEvents } from './webhooks-file.ts'

const secret = 'a secret that nobody guesses'
const valid = { name: 'crm', url: 'https://crm.example/events', secret }

const read = (webhooks: unknown) => readWebhooks(JSON.stringify({ webhooks }), '/etc/webhooks.yaml')

test('a target gets every event unless it names some, and its secret is text or Base64', () => {
  const [first, second] = read([
    valid,
    { ...valid, name: 'b', events: ['recording.sealed'], secret: `whsec_${Buffer.alloc(24, 7).toString('base64')}` },
  ])
  expect(first).toEqual({ ...valid, secret: Buffer.from(secret), events: webhookEvents })
  expect(second).toMatchObject({ events: ['recording.sealed'], secret: Buffer.alloc(24, 7) })
})

test.each([
  [[], 'a list named "webhooks" is expected'],
  [[{ ...valid, name: 'CRM' }], 'entry 1: its name must have only lower-case letters, digits and -'],
  [[valid, valid], 'entry 2: the name "crm" is used twice'],
  [
    [{ ...valid, url: 'http://crm.example/' }],
    'entry 1: its url must be https://… without a user name, or http://… of this machine',
  ],
  [[{ ...valid, url: 'https://user:word@crm.example/' }], 'entry 1: its url must be https://… without a user name'],
  [[{ ...valid, secret: 'short' }], 'entry 1: its secret must have at least 24 bytes'],
  [[{ ...valid, events: ['caller.heard'] }], 'entry 1: its events must be a list of contact.admitted'],
  [[{ ...valid, colour: 'red' }], 'entry 1: "colour" is unknown; allowed are name, url, secret, events'],
])('problems of a file are reported by entry, without its secret: %j', (webhooks, problem) => {
  expect(() => read(webhooks)).toThrow(problem)
  expect(() => read(webhooks)).toThrow(/^(?!.*a secret that)/)
})

test('a file that is not YAML is reported as such', () => {
  expect(() => readWebhooks('{ webhooks: [', '/etc/webhooks.yaml')).toThrow('they cannot be read as YAML')
})
