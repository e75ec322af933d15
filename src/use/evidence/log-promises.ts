/** Promises about the audit log: complete, as signed, and with all protections in place. */
import { sql } from 'kysely'
import { expectedProtections, findProtectionProblems } from '#platform/database/protections.ts'
import { processRoles } from '#safeguards/audit/appenders.ts'
import { readLogKey } from '#safeguards/audit/log-key.ts'
import { maxAgeMinutes, newestVerification, type LastVerification } from '#safeguards/audit/log-verifications.ts'
import { queryOne } from './evidence-queries.ts'
import type { Check } from './promise.ts'

type LogFacts = {
  /** End of the last verification of the whole log. */
  verifiedAt: string | null
  entries: number
  problems: number
  /** Triggers, policies, functions, constraints and grants that differ from the program's version. */
  protections: number
  /** Breaks that no operator has accepted. */
  breaks: number
  /** The last verification is too old: the verifier has stopped. */
  late: boolean
  example: string | null
}

/** `since`: start of the time that counts towards a late verification. `checkedAt`: the last check. */
type LogMemo = { since: string; checkedAt?: string }

/** R21. */
export const logWhole: Check<LogFacts> = {
  rule: 'The whole audit log is as it was signed, by a verification at regular intervals, and triggers, policies, functions, constraints and grants in the database are those of this version.',
  test: {
    file: 'test/attacks/log-integrity.test.ts',
    title: 'a changed row of the log breaks the promise at the next verification',
  },
  remedy:
    'Run “seloste audit verify”: it names each problem. docs/operate/audit-log.md says what to do; “seloste audit resume --reason” accepts what has been explained.',
  async check({ db, keys, now, afresh, lastVerification }, memo) {
    // A process remembers its own last verification, even if that is deleted from the database.
    const last = newerOf(await newestVerification(db, await readLogKey(keys)), lastVerification?.())
    const { breaks } = await queryOne(
      db,
      sql<{ breaks: number }>`select count(*)::integer as breaks from audit_break where accepted_at is null`,
    )
    const changed = await findProtectionProblems(db, processRoles, await expectedProtections())
    if (!last && breaks === 0 && changed.length === 0) return 'not-yet'
    const before = memo as LogMemo | undefined
    const since = (afresh ? countedFrom(before, last, now) : before && Temporal.Instant.from(before.since))?.toString()
    const late = last !== undefined && isLate(last, since, now)
    const [first] = changed
    const problems = last?.found ?? 0
    return {
      holds: last !== undefined && problems === 0 && breaks === 0 && changed.length === 0 && !late,
      facts: {
        verifiedAt: last?.endedAt.toString() ?? null,
        entries: last?.entries ?? 0,
        problems,
        protections: changed.length,
        breaks,
        late,
        example: first ? `${first.kind} ${first.name}` : (last?.first ?? null),
      },
      ...(since !== undefined && { memo: { since, checkedAt: now.toString() } satisfies LogMemo }),
    }
  },
  more: ({ verifiedAt: at }, { ago, part }) => ({
    verifiedAt: at === null ? part('promise.log.whole.never') : ago(at),
  }),
}

function newerOf(one: LastVerification | undefined, other: LastVerification | undefined): LastVerification | undefined {
  if (!one || !other) return one ?? other
  return Temporal.Instant.compare(one.endedAt, other.endedAt) > 0 ? one : other
}

/**
 * Returns the start of the time that counts towards a late verification: only time in which a process ran, in this process
 * or before.
 */
function countedFrom(
  { since, checkedAt = since }: Partial<LogMemo> = {},
  last: LastVerification | undefined,
  now: Temporal.Instant,
): Temporal.Instant {
  if (since === undefined || checkedAt === undefined) return now
  const ranMs = [since, last?.endedAt ?? since].map((at) =>
    Temporal.Instant.from(checkedAt).since(at).total('milliseconds'),
  )
  return now.subtract({ milliseconds: Math.round(Math.max(0, Math.min(...ranMs))) })
}

function isLate(last: LastVerification, from: string | undefined, now: Temporal.Instant): boolean {
  const minutes = Math.min(
    now.since(last.endedAt).total('minutes'),
    from === undefined ? Infinity : now.since(Temporal.Instant.from(from)).total('minutes'),
  )
  return minutes > maxAgeMinutes(last)
}
