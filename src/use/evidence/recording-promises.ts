/** Promises about what is recorded: a part of the calls to service numbers, as drawn by the plan, from signal to signal. */
import { sql } from 'kysely'

import { queryOne, countsPublicly, intervalsOf } from './evidence-queries.ts'
import type { Check, CheckContext } from './promise.ts'

const daysChecked = 28
/** From this share on a number counts as recorded in full. */
const fullShare = 0.95
/** With fewer calls, all of them can be drawn by chance. */
const fewestCalls = 20

type PartialFacts = {
  days: number
  answered: number
  recorded: number
  share: number
  numbers: number
  /** Numbers recorded in full for a limited time, by their rule. */
  inFull: number
  /** Numbers recorded in full without such a rule. */
  tooMany: number
  /** Highest share of a number without such a rule. */
  highest: number | null
  highestNumber: string | null
  example: string | null
}

/** R13, R15. */
export const recordingPartial: Check<PartialFacts> = {
  rule: `In the last ${daysChecked} days less than ${fullShare * 100} % of the answered calls to each service number with ${fewestCalls} or more were recorded, unless a rule for a limited time records more, and less than that of the calls to all numbers together.`,
  test: {
    file: 'src/use/evidence/evidence.test.ts',
    title: 'recording.partial is broken by a number recorded in full, unless its rule allows that for a limited time',
  },
  remedy:
    'Compare the planned and the actual shares (the page of shares). Lower the share of the rule in a new version of the description, or find out why more calls are recorded than drawn.',
  async check({ db, version, versions, now }) {
    const start = now.subtract({ hours: 24 * daysChecked })
    const { rows } = await sql<{ number: string; answered: number; recorded: number }>`
      select s.number_reached as number, count(*) as answered, count(r.id) filter (where i.recording_id is null) as recorded
      from segment s left join recording r on r.segment_id = s.id left join imported_recording i on i.recording_id = r.id
      where s.answered_at >= ${start} and s.answered_at <= ${now} and s.contact_started_at >= ${start}::timestamptz - interval '1 day'
        -- Recordings of an earlier recorder are left out, because this plan did not choose them.
        and s.decision_reason not in ('conference', 'imported')
      group by 1`.execute(db)
    const limited = new Set(
      versions.flatMap(({ description }) =>
        description.recordingPlan.rules
          .filter(({ share, until, from }) => share === 1 && until && inForceBetween(from, until, start, now))
          .flatMap(({ numbers }) => [...numbers] as string[]),
      ),
    )
    const served = rows.filter(({ number }) => kindOf(version, number) !== 'SWITCHBOARD')
    const counted = served.filter(({ answered }) => answered >= fewestCalls)
    const tooMany = counted.filter(
      ({ number, answered, recorded }) => !limited.has(number) && recorded / answered >= fullShare,
    )
    const answered = sum(served.map((row) => row.answered))
    const recorded = sum(served.map((row) => row.recorded))
    const everything = served.length > 1 && answered >= fewestCalls && recorded / answered >= fullShare
    const ordinary = counted.filter(({ number }) => !limited.has(number))
    const highest = ordinary.sort((a, b) => b.recorded / b.answered - a.recorded / a.answered)[0]
    return {
      holds: tooMany.length === 0 && !everything,
      facts: {
        days: daysChecked,
        answered,
        recorded,
        share: answered === 0 ? 0 : recorded / answered,
        numbers: served.length,
        inFull: served.filter(({ number }) => limited.has(number)).length,
        tooMany: everything ? Math.max(tooMany.length, 1) : tooMany.length,
        highest: highest ? highest.recorded / highest.answered : null,
        highestNumber: highest ? displayOf(version, highest.number) : null,
        example: tooMany[0]?.number ?? (everything ? 'all' : null),
      },
    }
  },
  more: ({ share, highest, highestNumber }, { percent, part }) => ({
    share: percent(share),
    peak:
      highest !== null && highestNumber !== null
        ? part('promise.recording.partial.peak', { number: highestNumber, share: percent(highest) })
        : '',
  }),
}

type SwitchboardFacts = {
  switchboards: number
  days: number
  /** Calls answered by the switchboard in those days. */
  calls: number
  recordings: number
  /** Recordings of switchboard calls. */
  recorded: number
  example: string | null
}

/** R13. */
export const neverSwitchboard: Check<SwitchboardFacts> = {
  rule: 'No recording, held or destroyed, is of a segment answered at a number that was a switchboard at the time.',
  test: {
    file: 'src/description/decide-recording.test.ts',
    title: 'a switchboard call is never recorded, whatever the rules are (R13, AC3)',
  },
  remedy:
    'The example is the id of a recording. Its segment has the version and the rule that decided. The recording is destroyed with the cause trimming once the controller has decided that.',
  async check({ db, versions, version, now }) {
    const switchboards = intervalsOf(versions).flatMap(({ version: one, since, until }) =>
      one.description.numbers
        .filter(({ kind }) => kind === 'SWITCHBOARD')
        .map(({ key, validFrom, validTo }) => ({
          key,
          since: since !== null && Temporal.Instant.compare(since, validFrom) > 0 ? since : validFrom.toString(),
          until:
            validTo && (until === null || Temporal.Instant.compare(validTo, until) < 0) ? validTo.toString() : until,
        })),
    )
    const from = now.subtract({ hours: 24 * daysChecked })
    const json = JSON.stringify(switchboards)
    const row = await queryOne(
      db,
      sql<{ calls: number; recordings: number; recorded: string[] }>`
        with board as (select * from jsonb_to_recordset(${json}::jsonb) as b(key text, since timestamptz, until timestamptz))
        select
          (select count(*) from segment s where s.answered_at >= ${from} and s.contact_started_at >= ${from}::timestamptz - interval '1 day'
            and exists (select from board b where b.key = s.number_reached)) as calls,
          (select count(*) from recording where ${countsPublicly(now)}) as recordings,
          (select coalesce(array_agg(r.id::text), '{}') from recording r
            where exists (select from board b where b.key = r.number_reached and r.started_at >= b.since
              and r.started_at < coalesce(b.until, 'infinity'))) as recorded`,
    )
    return {
      holds: row.recorded.length === 0,
      facts: {
        switchboards: version.description.numbers.filter(({ kind }) => kind === 'SWITCHBOARD').length,
        days: daysChecked,
        calls: row.calls,
        recordings: row.recordings,
        recorded: row.recorded.length,
        example: row.recorded[0] ?? null,
      },
    }
  },
}

type SignalFacts = { toleranceMs: number; recordings: number; outside: number; example: string | null }

/** R16 allows two seconds. */
const toleranceMs = 2_000

/** R16. */
export const withinSignals: Check<SignalFacts> = {
  rule: `No recording that is held begins more than ${toleranceMs} ms before its segment was answered, ends more than ${toleranceMs} ms after the segment ended, or has audio that is longer than the call by more than ${toleranceMs} ms.`,
  test: {
    file: 'src/capture/session/machine/session.test.ts',
    title: 'ends with its end signal, is finished, and reports what is stored, or that no media arrived',
  },
  remedy:
    'The example is the id of a recording. Find its call in the log of the recording client. Audio outside the call must not be used: report it to the controller.',
  async check({ db, now }) {
    const row = await queryOne(
      db,
      sql<{ recordings: number; outside: string[] }>`
        with held as (
          select recording.id, ${countsPublicly(now)} as is_counted, recording.started_at < s.answered_at - ${sql.lit(`${toleranceMs} ms`)}::interval
              or recording.ended_at > s.ended_at + ${sql.lit(`${toleranceMs} ms`)}::interval
              or recording.duration_ms > extract(epoch from s.ended_at - s.answered_at) * 1000 + ${sql.lit(toleranceMs)} as outside
          from recording join segment s on s.id = recording.segment_id and s.contact_started_at = recording.contact_started_at
          where recording.state <> 'DESTROYED'
        )
        select count(*) filter (where is_counted) as recordings, coalesce(array_agg(id::text) filter (where outside), '{}') as outside from held`,
    )
    return {
      holds: row.outside.length === 0,
      facts: { toleranceMs, recordings: row.recordings, outside: row.outside.length, example: row.outside[0] ?? null },
    }
  },
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, one) => all + one, 0)
}

function kindOf({ description }: CheckContext['version'], key: string) {
  return description.numbers.find((number) => number.key === key)?.kind
}

function displayOf({ description }: CheckContext['version'], key: string): string {
  return description.numbers.find((number) => number.key === key)?.display ?? key
}

/** Returns a condition: [from, until) and [since, now] overlap. */
function inForceBetween(
  from: Temporal.Instant,
  until: Temporal.Instant,
  start: Temporal.Instant,
  now: Temporal.Instant,
) {
  return Temporal.Instant.compare(from, now) <= 0 && Temporal.Instant.compare(until, start) > 0
}
