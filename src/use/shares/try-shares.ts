/** Dry run of a draft's shares (R15): how many of last week's calls to each number would have been recorded. */
import { sql, type Kysely } from 'kysely'
import { roundToFive } from '#description/round-to-five.ts'
import type { PhoneNumberKey } from '#description/phone-numbers/phone-number.ts'
import { inForce, type RegisterDescription } from '#description/register-description.ts'
import { termZone } from '#description/terms.ts'
import type { RegisterTables } from '#register/tables.ts'

/**
 * Effect of a changed share on one number's calls of the last week. Whole days and fives: otherwise repeated dry runs would show
 * people without a right to calls when each is answered (R41).
 */
export interface ShareConsequence {
  key: PhoneNumberKey
  /** Shares, 0 to 1; 0 without a rule in force. */
  from: number
  to: number
  /** Answered calls of the last seven whole days; this and the next two in fives. */
  calls: number
  /** Recorded calls, and those that would have been. Quotas are not considered. */
  recorded: number
  wouldBe: number
}

const daysCompared = 7

/** Compares the stored draws with the new share; calls without a draw are counted in proportion to the share. */
export async function tryShares(
  db: Kysely<RegisterTables>,
  before: RegisterDescription,
  after: RegisterDescription,
  now: Temporal.Instant,
): Promise<ShareConsequence[]> {
  const today = now.toZonedDateTimeISO(termZone).startOfDay()
  const [old, changed] = [before, after].map((description) => sharesAt(description, after.effectiveFrom))
  const keys = [...new Set([...old!.keys(), ...changed!.keys()])]
  const changes = keys
    .map((key) => ({ key, from: old!.get(key) ?? 0, to: changed!.get(key) ?? 0 }))
    .filter(({ from, to }) => from !== to)
  return Promise.all(
    changes.map(async ({ key, from, to }) => {
      const drawn = (share: number) =>
        sql<number>`count(*) filter (where draw < ${share}::float8) + round(${share}::float8 * count(*) filter (where draw is null))`
      const row = await db
        .selectFrom('segment')
        .select([
          sql<number>`count(*)`.as('calls'),
          sql<number>`count(*) filter (where decision_record)`.as('recorded'),
          drawn(to).as('wouldBe'),
        ])
        .where('number_reached', '=', key)
        .where('decision_reason', '<>', 'imported')
        .where('answered_at', '>=', today.subtract({ days: daysCompared }).toInstant())
        .where('answered_at', '<', today.toInstant())
        .executeTakeFirstOrThrow()
      return {
        key,
        from,
        to,
        calls: roundToFive(Number(row.calls)),
        recorded: roundToFive(Number(row.recorded)),
        wouldBe: roundToFive(Number(row.wouldBe)),
      }
    }),
  )
}

/** Returns the share of each number by its rules in force; the largest, if rules for several hours share the number. */
function sharesAt({ recordingPlan }: RegisterDescription, at: Temporal.Instant): Map<PhoneNumberKey, number> {
  const shares = new Map<PhoneNumberKey, number>()
  for (const rule of recordingPlan.rules) {
    if (!inForce(rule.from, rule.until, at)) continue
    for (const key of rule.numbers) shares.set(key, Math.max(rule.share, shares.get(key) ?? 0))
  }
  return shares
}
