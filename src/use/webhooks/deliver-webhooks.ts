/**
 * Delivers events to other systems at least once, normally in order; failed deliveries are retried and finally given up. Events
 * contain only ids.
 */
import { sql, type Kysely } from 'kysely'
import type { SafeguardsDatabase } from '#safeguards/tables.ts'
import { makeEvent, signEvent } from './make-event.ts'
import type { WebhookTables } from './webhook-tables.ts'
import type { WebhookTarget } from './webhooks-file.ts'

export type WebhookDelivery = {
  db: SafeguardsDatabase
  targets: readonly WebhookTarget[]
  /** URI of this installation: `source` of its events. */
  source: string
  now: () => Temporal.Instant
  /** Consecutive failures by target, and the end of the target's pause. Kept between runs. */
  pauses: Map<string, { failures: number; until: Temporal.Instant }>
  /** In [0, 1): jitter for retries. */
  random: () => number
  signal?: AbortSignal
  /** Called after each attempt; `silent`: the target did not answer. */
  onAnswer?: (target: string, answer: 'told' | 'refused' | 'silent') => void
}

const batchSize = 200
const requestTimeoutMs = 10_000
/** Longest time per target and run: the next run begins when every target is done. */
const maxRunMs = 2_000
const initialBackoffMs = 5_000
const maxBackoffMs = 3_600_000
/** Age at which an event is abandoned. */
const giveUpAfterHours = 72
const deleteAfterDays = 14

type Row = { id: number; event_id: string; object_id: string; attempts: number } & Pick<
  WebhookTables['webhook_delivery'],
  'event' | 'at'
>

/** Replaces the database's targets by those of the file. Pending events of removed targets are deleted. */
export async function replaceTargets(database: SafeguardsDatabase, targets: readonly WebhookTarget[]): Promise<void> {
  const db = tablesOf(database)
  await db.transaction().execute(async (tx) => {
    const names = targets.map(({ name }) => name)
    await tx
      .deleteFrom('webhook_target')
      .$if(names.length > 0, (query) => query.where('name', 'not in', names))
      .execute()
    for (const { name, events } of targets) {
      await tx
        .insertInto('webhook_target')
        .values({ name, events: [...events] })
        .onConflict((conflict) => conflict.column('name').doUpdateSet({ events: [...events] }))
        .execute()
    }
  })
}

/** Sends every target its due events. A target that fails is paused. */
export async function deliverWebhooks(delivery: WebhookDelivery): Promise<void> {
  await Promise.all(delivery.targets.map((target) => deliverToTarget(delivery, target)))
  await tablesOf(delivery.db)
    .deleteFrom('webhook_delivery')
    .where('given_up_at', '<', delivery.now().subtract({ hours: 24 * deleteAfterDays }))
    .execute()
}

/**
 * Makes abandoned and waiting events due at once, except ends by term whose night has not come.
 * @returns the number of events
 */
export async function retryWebhooks(
  database: SafeguardsDatabase,
  now: Temporal.Instant,
  target?: string,
): Promise<number> {
  const { numUpdatedRows } = await tablesOf(database)
    .updateTable('webhook_delivery')
    .set({ given_up_at: null, next_at: now, attempts: 0 })
    .where('at', '<=', now)
    .$if(target !== undefined, (query) => query.where('target', '=', target!))
    .executeTakeFirst()
  return Number(numUpdatedRows)
}

export interface TargetState {
  target: string
  waiting: number
  givenUp: number
  oldestAt: Temporal.Instant | null
  lastAnswer: string | null
}

/** Returns each target's delivery state. Events of ends by term count only from the night in which they are sent. */
export async function readTargets(database: SafeguardsDatabase): Promise<TargetState[]> {
  const { rows } = await sql<TargetState>`
    select t.name as target,
      count(d.id) filter (where given_up_at is null and d.at <= clock_timestamp())::float8 as waiting,
      count(d.id) filter (where given_up_at is not null)::float8 as "givenUp",
      min(d.at) filter (where given_up_at is null and d.at <= clock_timestamp()) as "oldestAt",
      (array_agg(d.last_answer order by d.id desc) filter (where d.last_answer is not null))[1] as "lastAnswer"
    from webhook_target t left join webhook_delivery d on d.target = t.name group by t.name order by t.name`.execute(
    tablesOf(database),
  )
  return rows
}

async function deliverToTarget(delivery: WebhookDelivery, target: WebhookTarget): Promise<void> {
  const db = tablesOf(delivery.db)
  const pause = delivery.pauses.get(target.name)
  if (pause && Temporal.Instant.compare(delivery.now(), pause.until) < 0) return
  const due = await db
    .selectFrom('webhook_delivery')
    .select(['id', 'event_id', 'event', 'object_id', 'at', 'attempts'])
    .where('target', '=', target.name)
    .where('given_up_at', 'is', null)
    .where('next_at', '<=', delivery.now())
    .orderBy('next_at')
    // Events that are due together are sent in random order: an order of ends would reveal preservation orders.
    .orderBy('event_id')
    .limit(batchSize)
    .execute()
  const runEndsMs = performance.now() + maxRunMs
  for (const row of due) {
    if (delivery.signal?.aborted || performance.now() > runEndsMs) return
    const answer = await post(delivery, target, row)
    delivery.onAnswer?.(target.name, answer.kind)
    if (answer.kind === 'told') {
      await db.deleteFrom('webhook_delivery').where('id', '=', row.id).execute()
      delivery.pauses.delete(target.name)
      continue
    }
    const now = delivery.now()
    const failures = (delivery.pauses.get(target.name)?.failures ?? 0) + 1
    const after = (times: number) =>
      now.add({ milliseconds: Math.round(backoffMs(times, delivery.random(), answer.afterMs)) })
    delivery.pauses.set(target.name, { failures, until: after(failures - 1) })
    const isAbandoned = Temporal.Instant.compare(row.at.add({ hours: giveUpAfterHours }), now) <= 0
    await db
      .updateTable('webhook_delivery')
      .set({
        attempts: row.attempts + 1,
        last_answer: answer.text,
        next_at: after(row.attempts),
        ...(isAbandoned && { given_up_at: now }),
      })
      .where('id', '=', row.id)
      .execute()
    return
  }
}

/**
 * Exponential backoff of at most an hour, varied by a quarter; or the pause that the target requested, if that is longer, at
 * most an hour.
 */
function backoffMs(attempts: number, random: number, requestedMs: number): number {
  const doubled = Math.min(maxBackoffMs, initialBackoffMs * 2 ** Math.min(attempts, 20))
  return Math.max(doubled * (0.75 + random / 2), Math.min(requestedMs, maxBackoffMs))
}

type Answer = { kind: 'told' } | { kind: 'refused' | 'silent'; text: string; afterMs: number }

async function post({ source, now, signal }: WebhookDelivery, target: WebhookTarget, row: Row): Promise<Answer> {
  const event = { eventId: row.event_id, event: row.event, objectId: row.object_id, at: row.at }
  const body = makeEvent(event, source)
  const timeout = AbortSignal.timeout(requestTimeoutMs)
  try {
    const answer = await fetch(target.url, {
      method: 'POST',
      headers: signEvent(target.secret, { eventId: row.event_id, body, at: now() }),
      body,
      // The configured URL itself must accept the event: redirects are not followed.
      redirect: 'manual',
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
    })
    // Discards the body.
    await answer.body?.cancel()
    if (answer.ok) return { kind: 'told' }
    const seconds = Number(answer.headers.get('retry-after'))
    return { kind: 'refused', text: `status ${answer.status}`, afterMs: seconds > 0 ? seconds * 1000 : 0 }
  } catch (error) {
    const cause = (error as Error).cause as { code?: unknown } | undefined
    const code = typeof cause?.code === 'string' ? cause.code : (error as Error).name
    return { kind: 'silent', text: code.slice(0, 60), afterMs: 0 }
  }
}

function tablesOf(database: SafeguardsDatabase): Kysely<WebhookTables> {
  return database as Kysely<WebhookTables>
}
