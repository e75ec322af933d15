import { readFile } from 'node:fs/promises'
import { Counter, Gauge, type Registry } from 'prom-client'
import type { Clock } from '#platform/clock/clock.ts'
import { every, type EveryOptions } from '#platform/jobs/every.ts'
import type { Log } from '#platform/log/log.ts'
import type { SafeguardsDatabase } from '#safeguards/tables.ts'
import { readTargets, replaceTargets, deliverWebhooks, type WebhookDelivery } from '#use/webhooks/deliver-webhooks.ts'
import { readWebhooks } from '#use/webhooks/webhooks-file.ts'

const deliverMs = 2_000

/** Delivers events to other systems, if SELOSTE_WEBHOOKS is set (docs/operate/webhooks.md). */
export async function startWebhooks({
  db,
  pool,
  clock,
  log,
  registry,
  webhooksFile,
  publicUrl,
}: {
  db: SafeguardsDatabase
  pool: EveryOptions['pool']
  clock: Clock
  log: Log
  registry: Registry
  webhooksFile: string | undefined
  publicUrl: string | undefined
}): Promise<{ stop: () => Promise<void> }> {
  const targets = webhooksFile === undefined ? [] : readWebhooks(await readFile(webhooksFile, 'utf8'), webhooksFile)
  await replaceTargets(db, targets)
  if (targets.length === 0) return { stop: () => Promise.resolve() }
  const onAnswer = registerMetrics(registry, db, clock)
  const failing = new Set<string>()
  const backoffs: WebhookDelivery['pauses'] = new Map()
  return every({
    pool,
    intervalMs: deliverMs,
    lockName: 'seloste.webhooks',
    work: (signal) =>
      deliverWebhooks({
        ...{ db, targets, signal, pauses: backoffs },
        source: publicUrl ?? 'urn:seloste',
        now: () => clock.now(),
        random: () => crypto.getRandomValues(new Uint32Array(1))[0]! / 2 ** 32,
        onAnswer: (target, answer) => {
          onAnswer(target, answer)
          if (answer === 'told' && failing.delete(target))
            log.info({ target }, 'webhook delivery to a system works again')
          if (answer === 'told' || failing.has(target)) return
          failing.add(target)
          log.warn(
            { target, answer },
            'webhook delivery to a system fails; events are retried for up to three days: check that system, or its address in SELOSTE_WEBHOOKS; "seloste webhooks list" shows its last response',
          )
        },
      }),
    onError: (error) => {
      log.error({ err: error }, 'cannot deliver webhook events; retrying in a few seconds')
    },
  })
}

function registerMetrics(registry: Registry, db: SafeguardsDatabase, clock: Clock) {
  const registers = [registry]
  new Gauge({
    name: 'seloste_webhook_deliveries',
    help: 'Undelivered webhook events, by target and state: waiting, or given up after three days',
    labelNames: ['target', 'state'],
    registers,
    async collect() {
      this.reset()
      for (const { target, waiting, givenUp } of await readTargets(db)) {
        this.set({ target, state: 'waiting' }, waiting)
        this.set({ target, state: 'given-up' }, givenUp)
      }
    },
  })
  new Gauge({
    name: 'seloste_webhook_oldest_seconds',
    help: 'Age of the oldest undelivered webhook event; 0 if there is none',
    labelNames: ['target'],
    registers,
    async collect() {
      this.reset()
      for (const { target, oldestAt } of await readTargets(db)) {
        const age = oldestAt ? (clock.now().epochMilliseconds - oldestAt.epochMilliseconds) / 1000 : 0
        this.set({ target }, Math.max(0, age))
      }
    },
  })
  const attempts = new Counter({
    name: 'seloste_webhook_attempts_total',
    help: 'Webhook delivery attempts, by result: told (delivered), refused (error status), silent (no response)',
    labelNames: ['target', 'answer'],
    registers,
  })
  return (target: string, answer: 'told' | 'refused' | 'silent') => attempts.inc({ target, answer })
}
