/**
 * The dry run of a draft's shares (R15). In: the description that would hold without the draft, the draft, the history.
 * Out: how many of last week's calls to each number would have been recorded. Never here: a change of anything, or which
 * calls they were.
 */
import { sql, type Kysely } from 'kysely'
import type { PhoneNumberKey } from '#description/phone-numbers/phone-number.ts'
import { inForce, type RegisterDescription } from '#description/register-description.ts'
import type { RegisterTables } from '#register/tables.ts'

/** What a changed share would have done to one number's calls of the last seven days. */
export interface ShareConsequence {
  key: PhoneNumberKey
  /** Shares, 0 to 1; 0 where no rule is in force. */
  from: number
  to: number
  /** Answered calls of the last seven days. */
  calls: number
  /** Of them, those that were drawn to be recorded, and those that would have been. Quotas are left out of account. */
  recorded: number
  wouldBe: number
}

const lookBackHours = 7 * 24

/** Draws are kept, so another share is another line drawn through them; calls that were not drawn count by the share. */
export async function tryShares(
  db: Kysely<RegisterTables>,
  before: RegisterDescription,
  after: RegisterDescription,
  now: Temporal.Instant,
): Promise<ShareConsequence[]> {
  const [old, changed] = [before, after].map((description) => sharesAt(description, after.effectiveFrom))
  const keys = [...new Set([...old!.keys(), ...changed!.keys()])]
  const steps = keys
    .map((key) => ({ key, from: old!.get(key) ?? 0, to: changed!.get(key) ?? 0 }))
    .filter(({ from, to }) => from !== to)
  return Promise.all(
    steps.map(async ({ key, from, to }) => {
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
        .where('answered_at', '>=', now.subtract({ hours: lookBackHours }))
        .where('answered_at', '<=', now)
        .executeTakeFirstOrThrow()
      return {
        key,
        from,
        to,
        calls: Number(row.calls),
        recorded: Number(row.recorded),
        wouldBe: Number(row.wouldBe),
      }
    }),
  )
}

/** The share of each number's calls that its rules in force record; the largest, where several rules share the hours. */
function sharesAt({ recordingPlan }: RegisterDescription, at: Temporal.Instant): Map<PhoneNumberKey, number> {
  const shares = new Map<PhoneNumberKey, number>()
  for (const rule of recordingPlan.rules) {
    if (!inForce(rule.from, rule.until, at)) continue
    for (const key of rule.numbers) shares.set(key, Math.max(rule.share, shares.get(key) ?? 0))
  }
  return shares
}
