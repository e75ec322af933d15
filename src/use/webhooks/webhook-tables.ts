import type { Generated } from 'kysely'
import type { WebhookEvent } from './webhooks-file.ts'

type Instant = Temporal.Instant

/** Webhook targets, and events waiting for delivery (database/functions/webhooks/webhooks.sql). */
export interface WebhookTables {
  webhook_target: { name: string; events: WebhookEvent[] }
  webhook_delivery: {
    id: Generated<number>
    target: string
    event_id: string
    event: WebhookEvent
    object_id: string
    /** When the event happened; for an end by its term, the following night. */
    at: Instant
    attempts: Generated<number>
    /** When it is due for the next attempt. */
    next_at: Instant
    /** HTTP status or error code of the last attempt. */
    last_answer: string | null
    given_up_at: Instant | null
  }
}
