import { createHmac } from 'node:crypto'
import type { WebhookEvent } from './webhooks-file.ts'

/** An event, as the database has it. */
export interface StoredEvent {
  eventId: string
  event: WebhookEvent
  objectId: string
  at: Temporal.Instant
}

/**
 * Makes a CloudEvent 1.0 in structured mode (CloudEvents JSON format; HTTP protocol binding, 3.2). It contains only the id of
 * the contact or recording: reading more needs a session and a purpose.
 */
export function makeEvent({ eventId, event, objectId, at }: StoredEvent, source: string): string {
  const [kind] = event.split('.')
  return JSON.stringify({
    specversion: '1.0',
    id: eventId,
    source,
    type: `fi.seloste.${event}`,
    subject: objectId,
    time: at.toString({ fractionalSecondDigits: 3 }),
    datacontenttype: 'application/json',
    data: { [`${kind}Id`]: objectId },
  })
}

/**
 * Returns the headers of one delivery (Standard Webhooks 1.0): HMAC-SHA256 of id, time and body, against replay under another
 * id or at a later time.
 */
export function signEvent(
  secret: Uint8Array,
  { eventId, body, at }: { eventId: string; body: string; at: Temporal.Instant },
): Record<string, string> {
  const seconds = Math.floor(at.epochMilliseconds / 1000)
  const signature = createHmac('sha256', secret).update(`${eventId}.${seconds}.${body}`).digest('base64')
  return {
    'content-type': 'application/cloudevents+json; charset=utf-8',
    'webhook-id': eventId,
    'webhook-timestamp': String(seconds),
    'webhook-signature': `v1,${signature}`,
  }
}
