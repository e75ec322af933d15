import { promises, type PromiseId } from '#description/promises.ts'
import { appendAudit } from '#safeguards/audit/append.ts'
import { readLogKey } from '#safeguards/audit/log-key.ts'
import type { Signer } from '#safeguards/audit/note.ts'
import { catalogue } from './catalogue.ts'
import type { Check, CheckResult, CheckContext } from './promise.ts'
import { openMemo, sealMemo } from './seal-memo.ts'
import { signProof } from './sign-proof.ts'
import type { Facts } from './tables.ts'

/** Result of a promise's check, with the rule and the remedy. */
export interface CheckedPromise {
  promise: PromiseId
  /** Counts found; null if the check failed. */
  facts: Facts | null
  /** Why the check failed: an error code, or the name of the error's class. */
  fault: string | null
  rule: string
  remedy: string
}

export interface Checked {
  /** Promises that do not hold now, new or not. */
  broken: CheckedPromise[]
  /** Promises that held at their last check and do not now. */
  newlyBroken: CheckedPromise[]
  /** Promises that did not hold and do now. */
  restored: CheckedPromise[]
  /** Errors of failed checks; their promises are among the broken ones. */
  errors: { promise: PromiseId; error: unknown }[]
}

/** Runs last: it may take minutes, and no other check should wait for it. */
const slowest: PromiseId = 'recording.as-drawn'
const everyPromise = [...promises.filter((promise) => promise !== slowest), slowest]

type Catalogue = Readonly<Record<PromiseId, Check>>

/**
 * Checks promises one after another (by default all) and stores the proofs; each change adds an entry to the audit log. A
 * failed check is a proof that does not hold.
 * @throws if the result cannot be stored; the last proof then expires
 */
export async function checkPromises(
  context: CheckContext,
  which: readonly PromiseId[] = everyPromise,
  checks: Catalogue = catalogue,
): Promise<Checked> {
  const checked: Checked = { broken: [], newlyBroken: [], restored: [], errors: [] }
  const signer = await readLogKey(context.keys)
  for (const promise of which) {
    if (context.signal?.aborted) break
    await checkOne(context, signer, [promise, checks[promise]], checked)
  }
  return checked
}

async function checkOne(
  context: CheckContext,
  signer: Signer | undefined,
  [promise, check]: [PromiseId, Check],
  checked: Checked,
): Promise<void> {
  const { db } = context
  // Microseconds, as in the database: the instant is signed.
  const now = context.now.round({ smallestUnit: 'microsecond', roundingMode: 'trunc' })
  const before = await db
    .selectFrom('proof')
    .select(['holds', 'facts', 'broken_since', 'memo'])
    .where('promise', '=', promise)
    .executeTakeFirst()
  const begun = performance.now()
  const made = await runCheck(check, context, openMemo(context, promise, before?.memo))
  // An aborted check proves nothing.
  if (context.signal?.aborted) return
  if (made === 'not-yet') return
  if ('error' in made) checked.errors.push({ promise, error: made.error })
  const holds = 'found' in made && made.found.holds
  const finding: CheckedPromise = {
    promise,
    facts: 'found' in made ? made.found.facts : null,
    fault: 'error' in made ? codeOf(made.error) : null,
    rule: check.rule,
    remedy: check.remedy,
  }
  const proof = {
    promise,
    checked_at: now,
    holds,
    // A failed check keeps the previous facts.
    facts: 'found' in made ? made.found.facts : (before?.facts ?? null),
    fault: finding.fault,
    broken_since: holds ? null : (before?.broken_since ?? now),
  }
  const row = {
    ...proof,
    facts: proof.facts === null ? undefined : JSON.stringify(proof.facts),
    signature: signer ? signProof(signer, proof) : null,
    duration_ms: Math.round(performance.now() - begun),
    ...('found' in made && {
      memo: sealMemo(context, promise, made.found.memo),
    }),
  }
  // A promise without a proof counts as holding: a first proof that it does not is a change.
  const changed = (before?.holds ?? true) !== holds
  await db.transaction().execute(async (tx) => {
    await tx
      .insertInto('proof')
      .values({ ...row, facts: row.facts ?? null })
      .onConflict((conflict) => conflict.column('promise').doUpdateSet(row))
      .execute()
    if (!changed) return
    await tx
      .insertInto('proof_change')
      .values({ promise, holds, facts: finding.facts && JSON.stringify(finding.facts), fault: finding.fault })
      .execute()
    await appendAudit(tx, {
      action: holds ? 'promise.restored' : 'promise.broken',
      result: 'ok',
      object: { kind: 'promise' },
      detail: { promise, ...finding.facts, ...(finding.fault !== null && { fault: finding.fault }) },
    })
  })
  if (!holds) checked.broken.push(finding)
  if (changed) (holds ? checked.restored : checked.newlyBroken).push(finding)
}

async function runCheck(
  check: Check,
  context: CheckContext,
  memo: unknown,
): Promise<{ found: CheckResult } | { error: unknown } | 'not-yet'> {
  try {
    const found = await check.check(context, memo)
    return found === 'not-yet' ? found : { found }
  } catch (error) {
    return { error }
  }
}

/** Returns a code, as a message might contain names. */
function codeOf(error: unknown): string {
  const { code, name } = error as { code?: unknown; name?: unknown }
  return typeof code === 'string' ? code : typeof name === 'string' ? name : 'unknown'
}
