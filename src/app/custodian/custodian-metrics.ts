import { Gauge, type Registry } from 'prom-client'
import type { Clock } from '#platform/clock/clock.ts'
import type { KeyStore } from '#safeguards/keys/key-store.ts'
import type { SafeguardsDatabase } from '#safeguards/tables.ts'
import { countOpenRequests } from '#use/requests/erase-requests.ts'
import { countWaiting } from '#use/retention/count-waiting.ts'

/** A healthy store answers in milliseconds. */
const keyStoreMs = 3_000
/** Name of a key and of an object that never exist: a request for them tests whether the store responds. */
export const absentName = 'is-it-there'

/** Metrics of the custodian: delays, and whether the keys are reachable. */
export function measureCustodian(
  registry: Registry,
  { db, keys, clock }: { db: SafeguardsDatabase; keys: Pick<KeyStore, 'kind' | 'has'>; clock: Clock },
): void {
  const registers = [registry]
  let lastRead: { atMs: number; waiting: ReturnType<typeof countWaiting> } | undefined
  /** One query per scrape. */
  const waiting = () => {
    const nowMs = clock.monotonicMs()
    if (!lastRead || nowMs - lastRead.atMs > 500) lastRead = { atMs: nowMs, waiting: countWaiting(db) }
    return lastRead.waiting
  }
  for (const which of ['open', 'overdue'] as const) {
    new Gauge({
      name: `seloste_requests_${which}`,
      help: `Data subject requests that are ${which === 'open' ? 'open' : 'open past their due date'}`,
      registers,
      async collect() {
        this.set((await countOpenRequests(db))[which])
      },
    })
  }
  new Gauge({
    name: 'seloste_records_overdue',
    help: 'Records held past their retention term, by kind; those under a legal hold or an open case are not counted',
    labelNames: ['kind'],
    registers,
    async collect() {
      const { overdue } = await waiting()
      this.set({ kind: 'recording' }, overdue.recordings)
      this.set({ kind: 'contact' }, overdue.contacts)
    },
  })
  new Gauge({
    name: 'seloste_recordings_unsealed',
    help: 'Recordings stored by capture and not yet ingested by the custodian',
    registers,
    async collect() {
      this.set((await waiting()).unsealed.recordings)
    },
  })
  new Gauge({
    name: 'seloste_recordings_sealing_lag_seconds',
    help: 'Age of the oldest recording waiting for ingest, counted from the end of its call; 0 if there is none',
    registers,
    async collect() {
      this.set((await waiting()).unsealed.oldestSeconds)
    },
  })
  new Gauge({
    name: 'seloste_recordings_not_ingested',
    help: 'Recordings whose ingest failed; they cannot be played',
    registers,
    async collect() {
      this.set((await waiting()).failed)
    },
  })
  new Gauge({
    name: 'seloste_key_store_up',
    help: '1 if the key store answered for this scrape, otherwise 0',
    labelNames: ['kind'],
    registers,
    async collect() {
      this.set({ kind: keys.kind }, (await keyStoreAnswers(keys)) ? 1 : 0)
    },
  })
}

async function keyStoreAnswers(keys: Pick<KeyStore, 'has'>): Promise<boolean> {
  const late = Promise.withResolvers<boolean>()
  const timer = setTimeout(() => late.resolve(false), keyStoreMs)
  const request = keys.has(absentName).then(
    () => true,
    () => false,
  )
  return Promise.race([request, late.promise]).finally(() => clearTimeout(timer))
}
