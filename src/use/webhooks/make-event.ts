import { createHmac } from 'node:crypto'
import type { WebhookEvent } from './webhooks-file.ts'

/** What has happened, as the database has it. */
export interface Happened {
  eventId: string
  event: WebhookEvent
  objectId: string
  at: Temporal.Instant
}

/**
 * A CloudEvent 1.0 in structured mode (CloudEvents JSON format; HTTP protocol binding, 3.2). It names the contact or the
 * recording by its id, and holds nothing of it: who wants to know more signs in, under a purpose.
 */
export function makeEvent({ eventId, event, objectId, at }: Happened, source: string): string {
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
 * The headers of one telling (Standard Webhooks 1.0): HMAC-SHA256 of id, time and body, so that neither can be told again
 * under another nor later as if it were new.
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
