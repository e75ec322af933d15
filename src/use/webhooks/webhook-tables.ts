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
    at: Instant
    attempts: Generated<number>
    next_at: Instant
    last_answer: string | null
    given_up_at: Instant | null
  }
}
