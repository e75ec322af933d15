import { promises, type PromiseId } from '#description/promises.ts'
import { appendAudit } from '#safeguards/audit/append.ts'
import { readLogKey } from '#safeguards/audit/log-key.ts'
import type { Signer } from '#safeguards/audit/note.ts'
import { catalogue } from './catalogue.ts'
import type { Check, Found, Looking } from './promise.ts'
import { openMemo, sealMemo } from './seal-memo.ts'
import { signProof } from './sign-proof.ts'
import type { Facts } from './tables.ts'

/** A promise as it was found, in the words of the program. */
export interface CheckedPromise {
  promise: PromiseId
  /** What was found; nothing where the check could not be made. */
  facts: Facts | null
  /** Why the check could not be made: a code, or the name of the error. */
  fault: string | null
  rule: string
  remedy: string
}

export interface Checked {
  /** Promises that do not hold now, whether that is new or not. */
  broken: CheckedPromise[]
  /** Promises that held when they were checked last and do not now. */
  newlyBroken: CheckedPromise[]
  /** Promises that did not hold and do now. */
  restored: CheckedPromise[]
  /** What kept checks from being made; those promises are among the broken ones. */
  errors: { promise: PromiseId; error: unknown }[]
}

/** The one that may take minutes comes last, so that no other waits for it. */
const slowest: PromiseId = 'recording.as-drawn'
const everyPromise = [...promises.filter((promise) => promise !== slowest), slowest]

type Catalogue = Readonly<Record<PromiseId, Check>>

/**
 * Checks promises one after another (all of them unless told), and writes down what it finds: the proof, and with a change
 * an entry in the audit log. A check that cannot be made is a proof that does not hold.
 * @throws when not even that can be written down; what was written last grows old then, and stops being a proof
 */
export async function checkPromises(
  looking: Looking,
  which: readonly PromiseId[] = everyPromise,
  checks: Catalogue = catalogue,
): Promise<Checked> {
  const checked: Checked = { broken: [], newlyBroken: [], restored: [], errors: [] }
  const signer = await readLogKey(looking.keys)
  for (const promise of which) {
    if (looking.signal?.aborted) break
    await checkOne(looking, signer, [promise, checks[promise]], checked)
  }
  return checked
}

async function checkOne(
  looking: Looking,
  signer: Signer | undefined,
  [promise, check]: [PromiseId, Check],
  checked: Checked,
): Promise<void> {
  const { db } = looking
  // As exactly as the database has it: it is signed.
  const now = looking.now.round({ smallestUnit: 'microsecond', roundingMode: 'trunc' })
  const before = await db
    .selectFrom('proof')
    .select(['holds', 'facts', 'broken_since', 'memo'])
    .where('promise', '=', promise)
    .executeTakeFirst()
  const begun = performance.now()
  const made = await make(check, looking, openMemo(looking, promise, before?.memo))
  // A check that was broken off proves nothing, either way.
  if (looking.signal?.aborted) return
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
  const said = {
    promise,
    checked_at: now,
    holds,
    // A check that could not be made leaves what was found before.
    facts: 'found' in made ? made.found.facts : (before?.facts ?? null),
    fault: finding.fault,
    broken_since: holds ? null : (before?.broken_since ?? now),
  }
  const row = {
    ...said,
    facts: said.facts === null ? undefined : JSON.stringify(said.facts),
    signature: signer ? signProof(signer, said) : null,
    duration_ms: Math.round(performance.now() - begun),
    ...('found' in made && {
      memo: sealMemo(looking, promise, made.found.memo),
    }),
  }
  // A promise that has never been proved is taken to hold: the first proof that it does not is a change.
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

async function make(
  check: Check,
  looking: Looking,
  memo: unknown,
): Promise<{ found: Found } | { error: unknown } | 'not-yet'> {
  try {
    const found = await check.check(looking, memo)
    return found === 'not-yet' ? found : { found }
  } catch (error) {
    return { error }
  }
}

/** A message may name what it should not; a code names none. */
function codeOf(error: unknown): string {
  const { code, name } = error as { code?: unknown; name?: unknown }
  return typeof code === 'string' ? code : typeof name === 'string' ? name : 'unknown'
}
