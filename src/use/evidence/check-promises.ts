import { sql } from 'kysely'
import { promises, type PromiseId } from '#description/promises.ts'
import { appendAudit } from '#safeguards/audit/append.ts'
import { catalogue } from './catalogue.ts'
import type { Facts, Found, Looking } from './promise.ts'

/** The database tells here that a promise is broken, or holds again; the payload is its id. */
export const proofChannel = 'seloste_proof'

export interface Change {
  promise: PromiseId
  holds: boolean
  facts: Facts
  rule: string
  remedy: string
}

export interface Checked {
  /** Promises that began not to hold, or to hold again. */
  changes: Change[]
  /** Checks that could not be made; their last proof stays, and grows old. */
  failed: { promise: PromiseId; error: unknown }[]
}

/** Checks promises one after another (all of them unless told), and writes down what it finds. */
export async function checkPromises(
  looking: Looking,
  which: readonly PromiseId[] = promises,
  signal?: AbortSignal,
): Promise<Checked> {
  const checked: Checked = { changes: [], failed: [] }
  for (const promise of which) {
    if (signal?.aborted) break
    try {
      const change = await checkOne(looking, promise)
      if (change) checked.changes.push(change)
    } catch (error) {
      checked.failed.push({ promise, error })
    }
  }
  return checked
}

async function checkOne(looking: Looking, promise: PromiseId): Promise<Change | undefined> {
  const { db, now } = looking
  const check = catalogue[promise]
  const before = await db
    .selectFrom('proof')
    .select(['holds', 'broken_since', 'memo'])
    .where('promise', '=', promise)
    .executeTakeFirst()
  const begun = performance.now()
  const found = await check.check(looking, remembered(before?.memo))
  const row = rowOf(found, now, before?.broken_since ?? null, Math.round(performance.now() - begun))
  // A promise that has never been proved is taken to hold: the first proof that it does not is a change.
  const changed = (before?.holds ?? true) !== found.holds
  await db.transaction().execute(async (tx) => {
    await tx
      .insertInto('proof')
      .values({ promise, ...row })
      .onConflict((conflict) => conflict.column('promise').doUpdateSet(row))
      .execute()
    if (!changed) return
    await tx
      .insertInto('proof_change')
      .values({ promise, holds: found.holds, facts: JSON.stringify(found.facts) })
      .execute()
    await appendAudit(tx, {
      action: found.holds ? 'promise.restored' : 'promise.broken',
      result: 'ok',
      object: { kind: 'promise' },
      detail: { promise, ...found.facts },
    })
    await sql`select pg_notify(${proofChannel}, ${promise})`.execute(tx)
  })
  if (!changed) return undefined
  return { promise, holds: found.holds, facts: found.facts, rule: check.rule, remedy: check.remedy }
}

function rowOf(found: Found, now: Temporal.Instant, brokenSince: Temporal.Instant | null, durationMs: number) {
  return {
    checked_at: now,
    holds: found.holds,
    facts: JSON.stringify(found.facts),
    broken_since: found.holds ? null : (brokenSince ?? now),
    duration_ms: durationMs,
    memo: JSON.stringify(found.memo ?? {}),
  }
}

function remembered(memo: unknown): unknown {
  return memo !== null && typeof memo === 'object' && Object.keys(memo).length > 0 ? memo : undefined
}
