/**
 * Dry run of a draft's terms (R25): counts the held recordings that would be destroyed when the draft comes into force, and
 * those that would be kept for a shorter time.
 */
import { sql, type Kysely } from 'kysely'
import type { PhoneNumberKey } from '#description/phone-numbers/phone-number.ts'
import type { RegisterDescription } from '#description/register-description.ts'
import { termSteps, type TermStep } from '#description/term-steps.ts'
import type { RegisterTables } from '#register/tables.ts'
import { destructionAt, dueBounds } from './due-bounds.ts'

/** Consequence of a shorter term for one number's recordings. */
export interface TermConsequence extends TermStep {
  /** Recordings that would be destroyed at `at` only because of the draft. */
  destroyed: number
  /** Recordings that would be destroyed later than `at`, but earlier than without the draft. */
  shortened: number
}

/**
 * Counts recordings held now; future calls are not predicted.
 * @param countedAt the instant for which a step is counted, if not its own
 */
export async function dryRunTerms(
  db: Kysely<RegisterTables>,
  before: RegisterDescription,
  after: RegisterDescription,
  countedAt = (at: Temporal.Instant) => at,
): Promise<TermConsequence[]> {
  const together = Map.groupBy(termSteps(before, after), ({ at, months, from }) =>
    [at.toString(), months, from].join(' '),
  )
  const counted: TermConsequence[] = []
  for (const steps of together.values()) counted.push(...(await count(db, steps, countedAt(steps[0]!.at))))
  return counted.sort((a, b) => Temporal.Instant.compare(a.at, b.at))
}

/** Counts recordings for steps that differ only in their telephone numbers. */
async function count(
  db: Kysely<RegisterTables>,
  steps: readonly TermStep[],
  at: Temporal.Instant,
): Promise<TermConsequence[]> {
  const { months, from } = steps[0]!
  const keys = steps.map(({ key }) => key)
  const due = dueBounds(at, months)
  // Calls before this are past their term without the draft too.
  const dueAnyway = from === undefined ? undefined : dueBounds(at, from)
  const counts = new Map(keys.map((key) => [key, { destroyed: 0, shortened: 0 }]))
  const affected = db
    .selectFrom('recording')
    .where('number_reached', 'in', keys)
    .where('recording_months', '>', months)
    // The exact expression of the index recording_terms.
    .where(sql<boolean>`state not in ('DESTROYING', 'DESTROYED')`)
    .where('destroy_at', '>', at)

  const sure = await affected
    .$if(dueAnyway !== undefined, (query) => query.where('call_ended_at', '>=', dueAnyway!.until))
    .where((eb) => eb.or([eb('call_ended_at', '<', due.from), eb('call_ended_at', '>=', due.until)]))
    .select([
      'number_reached',
      sql<number>`count(*) filter (where call_ended_at < ${due.from} and min_keep_until <= ${at})`.as('destroyed'),
      sql<number>`count(*)`.as('all'),
    ])
    .groupBy('number_reached')
    .execute()
  for (const { number_reached: key, destroyed, all } of sure) {
    add(key, { destroyed: Number(destroyed), shortened: Number(all) - Number(destroyed) })
  }

  // Calls that ended on a boundary day are checked one by one: there the time of day decides.
  const within = (ends: { from: Temporal.Instant; until: Temporal.Instant }) =>
    sql<boolean>`(call_ended_at >= ${ends.from} and call_ended_at < ${ends.until})`
  const unsure = await affected
    .where((eb) => eb.or([within(due), ...(dueAnyway ? [within(dueAnyway)] : [])]))
    .select(['number_reached', 'call_ended_at', 'min_keep_until'])
    .execute()
  const isDue = (recording: Parameters<typeof destructionAt>[0], months: number) =>
    Temporal.Instant.compare(destructionAt(recording, months), at) <= 0
  for (const { number_reached: key, call_ended_at, min_keep_until } of unsure) {
    if (!call_ended_at || !min_keep_until) continue
    const recording = { call_ended_at, min_keep_until }
    if (from !== undefined && isDue(recording, from)) continue
    const destroyed = isDue(recording, months) ? 1 : 0
    add(key, { destroyed, shortened: 1 - destroyed })
  }
  return steps.map((step) => ({ ...step, ...counts.get(step.key)! }))

  function add(key: PhoneNumberKey | null, more: { destroyed: number; shortened: number }): void {
    const known = key === null ? undefined : counts.get(key)
    if (!known) return
    known.destroyed += more.destroyed
    known.shortened += more.shortened
  }
}
