import { sql } from 'kysely'
import type { DescriptionVersion } from '#safeguards/versions/versions.ts'
import { queryOne } from './evidence-queries.ts'
import type { Finding } from './judge-decision.ts'
import { unloggedTimes } from './lost-times.ts'
import type { Check, CheckContext } from './promise.ts'
import type { EvidenceTables } from './tables.ts'
import { verifyDraws, type Verified } from './verify-draws.ts'

type DrawFacts = {
  judged: number
  drawn: number
  recorded: number
  /** Recordings from files of an earlier recorder; not in proofs of earlier versions. */
  imported?: number
  /** Recordings of calls that were not drawn. */
  extra: number
  /** Drawn calls without a recording or a fault that explains it. */
  omitted: number
  /** Decisions that do not follow from the plan, the key and the call's own id. */
  otherwise: number
  /** Drawn calls that could not be recorded, with a reason: failures, not choices. */
  failed: number
  /** Recordings not ingested in time (`maxMinutesToIngest`, `maxHoursToArrive`), to which nobody can listen. */
  unkept?: number
  /** Decisions that cannot be recomputed: made before the first version, or the official was reported later. */
  unverifiable: number
  /** Last time that all decisions were recomputed. */
  verifiedAt: string
  example: string | null
}

type DrawMemo = { facts: DrawFacts; tookMs: number }

const verifyAllEveryMinutes = 55
/** A full recomputation that takes less than this runs every time. */
const quickMs = 10_000
/** Otherwise only decisions of this period are recomputed: calls seldom wait longer for the database. */
const recentHours = 3

/** The custodian retries a failed ingestion; after this time a person must act. */
const maxMinutesToIngest = 60
/** A recording that was never tried waits for its capture node or the custodian, at most this long: the disk may be lost. */
const maxHoursToArrive = 24

/** R14. */
export const recordingAsDrawn: Check<DrawFacts> = {
  rule: 'Every stored decision equals the decision recomputed from the version in force at the time, the draw key and the call’s own id, and no recording has another term than decided. Every drawn call has a recording or the reason why there is none, and no other call has a recording, except from an earlier recorder’s file that the log names, under a term of the number’s rules. A recording is ingested within an hour of its call’s end, or within a day if it came late from its capture node; an imported one within an hour of its import.',
  test: {
    file: 'src/use/evidence/verify-draws.test.ts',
    title: 'finds one planted extra recording and one planted omission by id, and nothing else',
  },
  remedy:
    'The example is the kind of the finding and the id of a segment. Compare its stored decision with the plan of that day. Very many findings mean that the draw key was lost or replaced. If a recording is not ingested, the custodian’s log and recording.keeping_fault have the reason.',
  async check(context, memo) {
    const before = memo as DrawMemo | undefined
    const unkept = await countNotIngested(context)
    if (
      !before ||
      context.afresh ||
      before.tookMs < quickMs ||
      countWrong({ ...before.facts, unkept: 0 }) > 0 ||
      hasExpired(before, context.now)
    ) {
      const begun = performance.now()
      const facts = withNotIngested(factsOf(await verify(context), context), unkept)
      const tookMs = Math.round(performance.now() - begun)
      return { holds: countWrong(facts) === 0, facts, memo: { facts, tookMs } satisfies DrawMemo }
    }
    const recent = factsOf(await verify(context, context.now.subtract({ hours: recentHours })), context)
    const { extra, omitted, otherwise, example } = recent
    // The other figures are those of the last full recomputation.
    const facts = withNotIngested({ ...before.facts, extra, omitted, otherwise, example }, unkept)
    return { holds: countWrong(facts) === 0, facts, memo: { ...before, facts } satisfies DrawMemo }
  },
  more: ({ verifiedAt, unkept = 0, imported = 0 }, { ago, number, part }) => ({
    verifiedAt: ago(verifiedAt),
    unkept: number(unkept),
    imports: imported > 0 ? part('promise.recording.as-drawn.imports', { number: number(imported) }) : '',
  }),
}

async function verify(context: CheckContext, since?: Temporal.Instant): Promise<Verified> {
  const { db, versions, drawKey, signal } = context
  const lost = await unloggedTimes(context)
  return verifyDraws(db.$omitTables<keyof EvidenceTables>(), { versions, drawKey, since, lost, signal })
}

function factsOf(
  { judged, drawn, recorded, imported, counts, findings }: Verified,
  { versions, now }: CheckContext,
): DrawFacts {
  const undecided = findings.filter((finding) => lacksDecision(finding, versions[0]))
  const wrong = [...findings.filter(({ kind }) => kind !== 'failed' && kind !== 'unverifiable'), ...undecided]
  const [first] = wrong
  return {
    judged,
    drawn,
    recorded,
    imported,
    extra: counts.extra,
    omitted: counts.omitted,
    otherwise: counts['decision-differs'] + counts['foreign-draw'] + undecided.length,
    failed: counts.failed,
    unverifiable: counts.unverifiable - undecided.length,
    verifiedAt: now.toString(),
    example: first ? `${first.kind}: ${first.segmentId}` : null,
  }
}

/**
 * Returns true if a call answered since the first version has no decision. The program always stores a decision, so somebody
 * else wrote the call.
 */
function lacksDecision({ kind, differences, answeredAt }: Finding, first: DescriptionVersion | undefined): boolean {
  return (
    kind === 'unverifiable' &&
    differences.length === 0 &&
    first !== undefined &&
    Temporal.Instant.compare(answeredAt, first.approvedAt) > 0
  )
}

/**
 * Counts recordings whose ingestion was tried and failed, and recordings that never left capture. Recordings missing in a
 * backup are not counted: the restore reports them.
 */
function countNotIngested({ db, now }: CheckContext): Promise<{ unkept: number; segment: string | null }> {
  const [from, late] = [now.subtract({ minutes: maxMinutesToIngest }), now.subtract({ hours: maxHoursToArrive })]
  return queryOne(
    db,
    sql<{ unkept: number; segment: string | null }>`
      select count(*) as unkept, min(segment_id::text) as segment
      from recording left join imported_recording i on i.recording_id = recording.id
      where kept_at is null and (
        state = 'STORED' and keeping_fault <> 'not-in-backup' and coalesce(i.admitted_at, call_ended_at, started_at) < ${from}
        or state = 'STORED' and keeping_fault is null and coalesce(i.admitted_at, call_ended_at, started_at) < ${late}
        or state = 'CAPTURING' and call_ended_at < ${late})`,
  )
}

function withNotIngested(
  facts: DrawFacts,
  { unkept, segment }: Awaited<ReturnType<typeof countNotIngested>>,
): DrawFacts {
  return { ...facts, unkept, example: facts.example ?? (segment === null ? null : `unkept: ${segment}`) }
}

function countWrong({ extra, omitted, otherwise, unkept = 0 }: DrawFacts): number {
  return extra + omitted + otherwise + unkept
}

function hasExpired({ facts }: DrawMemo, now: Temporal.Instant): boolean {
  const verifiedAt = Temporal.Instant.from(facts.verifiedAt)
  return Temporal.Instant.compare(verifiedAt.add({ minutes: verifyAllEveryMinutes }), now) < 0
}
