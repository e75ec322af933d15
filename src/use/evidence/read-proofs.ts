import type { Kysely, Selectable } from 'kysely'
import { promises, type PromiseId } from '#description/promises.ts'
import texts from '#texts/server/promise.json' with { type: 'json' }
import { inEach, trilingualTexts, type Trilingual } from '#platform/texts/texts.ts'
import type { VerifierKey } from '#safeguards/audit/note.ts'
import type { SafeguardsDatabase } from '#safeguards/tables.ts'
import { catalogue } from './catalogue.ts'
import { isProofSigned } from './sign-proof.ts'
import type { EvidenceTables, Facts } from './tables.ts'
import { describePromise } from './describe-promise.ts'
import { formatterAt } from './formatter.ts'
import { shownFacts } from './shown-facts.ts'

const t = trilingualTexts(texts)

/** Age at which a proof expires: checks run at least every five minutes, and a round may take five minutes too. */
const proofValidMinutes = 15
/** A proof dated further in the future is invalid: a clock was wrong, so its time is unknown, and it would expire too late. */
const maxClockSkewMinutes = 5

/** A proof as in the API contract; instants are ISO 8601. */
export interface Proof {
  promise: PromiseId
  holds: boolean
  checkedAt: string
  text: Trilingual
  facts: Facts
  rule: string
  test: string
  brokenSince?: string
}

/**
 * Key by which a proof must be signed: the log's. `unknown` if the process with the key cannot be reached: then nothing is
 * proved. `any` for readers who do not have the key: signatures are not checked.
 */
export type ProofKey = VerifierKey | 'unknown' | 'any'

/**
 * Returns the last proof of every promise that was ever checked, in the order of the list. A proof does not hold, and its
 * text gives the reason, if it is older than a quarter of an hour, dated in the future or unsigned, or if its check failed.
 */
export async function readProofs(database: SafeguardsDatabase, now: Temporal.Instant, key: ProofKey): Promise<Proof[]> {
  return readAll(database, now, key, (_, facts) => facts)
}

/** Same as {@link readProofs}, with the facts and sentences that people see: {@link shownFacts}. */
export async function readShownProofs(
  database: SafeguardsDatabase,
  now: Temporal.Instant,
  key: ProofKey,
): Promise<Proof[]> {
  return readAll(database, now, key, shownFacts)
}

type Shown = (promise: PromiseId, facts: Facts) => Facts

async function readAll(database: SafeguardsDatabase, now: Temporal.Instant, key: ProofKey, shown: Shown) {
  const rows = await (database as Kysely<EvidenceTables>).selectFrom('proof').selectAll().execute()
  return promises.flatMap((promise) => {
    const row = rows.find((one) => one.promise === promise)
    return row ? [toProof({ ...row, facts: row.facts && shown(promise, row.facts) }, now, key, row)] : []
  })
}

/** Same as {@link readProofs}, for one promise. */
export async function readProof(
  database: SafeguardsDatabase,
  promise: PromiseId,
  now: Temporal.Instant,
  key: ProofKey,
): Promise<Proof | undefined> {
  const row = await (database as Kysely<EvidenceTables>)
    .selectFrom('proof')
    .selectAll()
    .where('promise', '=', promise)
    .executeTakeFirst()
  return row && toProof(row, now, key, row)
}

type ProofRow = Selectable<EvidenceTables['proof']>

function toProof(row: ProofRow, now: Temporal.Instant, key: ProofKey, signed: ProofRow): Proof {
  const check = catalogue[row.promise]
  const known = {
    promise: row.promise,
    checkedAt: row.checked_at.toString(),
    rule: check.rule,
    test: `${check.test.file}: ${check.test.title}`,
  }
  // Unsigned facts are not shown either.
  if (key !== 'any' && (key === 'unknown' || !isProofSigned(key, signed)))
    return { ...known, holds: false, text: t('promise.not-signed'), facts: {}, brokenSince: now.toString() }
  const ends = row.checked_at.add({ minutes: proofValidMinutes })
  const stale = Temporal.Instant.compare(ends, now) < 0
  const early = isEarly(row, now)
  const brokenSince = row.broken_since ?? (stale ? ends : early ? now : undefined)
  return {
    ...known,
    holds: row.holds && !stale && !early,
    text: textOf(row, stale, now),
    facts: row.facts ?? {},
    ...(brokenSince && { brokenSince: brokenSince.toString() }),
  }
}

function isEarly({ checked_at }: ProofRow, now: Temporal.Instant): boolean {
  return Temporal.Instant.compare(checked_at, now.add({ minutes: maxClockSkewMinutes })) > 0
}

function textOf(row: ProofRow, stale: boolean, now: Temporal.Instant): Trilingual {
  const found = row.facts && describePromise(row.promise, row.facts, now)
  const { ago, instant } = formatterAt(now)
  const at = row.checked_at.toString()
  const missing = [
    ...(stale ? [t('promise.not-checked', { since: ago(at) })] : []),
    ...(isEarly(row, now) ? [t('promise.not-yet', { at: instant(at) })] : []),
    ...(row.fault === null ? [] : [t('promise.could-not-check', { fault: row.fault })]),
  ]
  const all = !found ? missing : missing.length === 0 ? [found] : [...missing, t('promise.found-before'), found]
  return inEach((language) => all.map((text) => text[language]).join(' '))
}
