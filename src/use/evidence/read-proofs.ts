import { promises, type PromiseId } from '#description/promises.ts'
import type { Trilingual } from '#description/register-description.ts'
import type { HoldingSafeguards } from '#safeguards/tables.ts'
import type { Kysely } from 'kysely'
import { catalogue } from './catalogue.ts'
import type { Facts } from './promise.ts'
import type { EvidenceTables } from './tables.ts'

/** A proof older than this is none any more: whoever checks has stopped. */
export const proofHoldsMinutes = 30

/** A proof as the contract shows it; instants are ISO 8601. */
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

const notChecked: Trilingual = {
  fi: 'Tarkistus ei ole onnistunut puoleen tuntiin. Viimeksi todettua: ',
  sv: 'Kontrollen har inte lyckats på en halvtimme. Det senast konstaterade: ',
  en: 'The check has not succeeded for half an hour. Last found: ',
}

/**
 * The last proof of every promise, in the order of the list; a promise that has never been checked is not in it. A proof
 * that is older than half an hour does not hold, and says so.
 */
export async function readProofs(holding: HoldingSafeguards, now: Temporal.Instant): Promise<Proof[]> {
  const db = holding as Kysely<EvidenceTables>
  const rows = await db.selectFrom('proof').selectAll().execute()
  return promises.flatMap((promise) => {
    const row = rows.find((one) => one.promise === promise)
    if (!row) return []
    const check = catalogue[promise]
    const ends = row.checked_at.add({ minutes: proofHoldsMinutes })
    const stale = Temporal.Instant.compare(ends, now) < 0
    const text = check.say(row.facts, now)
    const brokenSince = row.broken_since ?? (stale ? ends : undefined)
    return [
      {
        promise,
        holds: row.holds && !stale,
        checkedAt: row.checked_at.toString(),
        text: stale ? joined(notChecked, text) : text,
        facts: row.facts,
        rule: check.rule,
        test: `${check.test.file}: ${check.test.title}`,
        ...(brokenSince && { brokenSince: brokenSince.toString() }),
      },
    ]
  })
}

function joined(first: Trilingual, second: Trilingual): Trilingual {
  return { fi: first.fi + second.fi, sv: first.sv + second.sv, en: first.en + second.en }
}
