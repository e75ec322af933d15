/**
 * Detects steps of the database's clock, which dates the log, by a monotonic clock and the time of the last entry. Appends an
 * entry, signed with the log's key, that explains later disorder.
 */
import { sql } from 'kysely'
import type { Clock } from '#platform/clock/clock.ts'
import { safeguardsOf, type SafeguardsDatabase } from '../tables.ts'
import { appendAudit } from './append.ts'
import type { Signer } from './note.ts'
import { signDetail } from './signed-entries.ts'

export interface ClockStep {
  /** Time the clock would show without the step. */
  from: Temporal.Instant
  to: Temporal.Instant
}

export interface ClockWatch {
  /** Compares the clocks and appends a step to the log. Call it about once a second. */
  check: () => Promise<ClockStep | undefined>
}

const minStepMs = 5_000

/**
 * @param monotonicMs monotonic clock of this process
 * @param readKey returns the log's key; a log without one has nothing to explain
 */
export function watchClock(
  database: SafeguardsDatabase,
  { monotonicMs }: Pick<Clock, 'monotonicMs'>,
  readKey: () => Promise<Signer | undefined>,
): ClockWatch {
  const db = safeguardsOf(database)
  let last: { at: Temporal.Instant; earliestMs: number; latestMs: number } | undefined

  async function check(): Promise<ClockStep | undefined> {
    const earliestMs = monotonicMs()
    const { at, logged } = await readTimes(database, last === undefined)
    const latestMs = monotonicMs()
    const expected = last ? { least: earliestMs - last.latestMs, most: latestMs - last.earliestMs } : undefined
    const before = last
    last = { at, earliestMs, latestMs }
    const step = before && expected ? stepSince(before.at, at, expected) : stepDuringPause(logged, at)
    if (!step) return undefined
    const { from, to } = step
    const detail = {
      from: from.toString(),
      to: to.toString(),
      seconds: Math.round(to.since(from).total('seconds')),
    }
    const [action, signer] = ['clock.stepped' as const, await readKey()]
    await appendAudit(db, {
      action,
      result: 'ok',
      object: { kind: 'clock' },
      detail: signer ? signDetail(signer, action, detail) : detail,
    })
    return step
  }

  return { check }
}

/** Compares the clock's progress between two calls with the bounds of the monotonic clock. */
function stepSince(
  before: Temporal.Instant,
  at: Temporal.Instant,
  { least, most }: { least: number; most: number },
): ClockStep | undefined {
  const clockMs = at.since(before).total('milliseconds')
  const isStep = clockMs < least - minStepMs || clockMs > most + minStepMs
  const elapsedMs = clockMs < least ? least : most
  return isStep ? { from: before.add({ milliseconds: Math.round(elapsedMs) }), to: at } : undefined
}

/** After a pause: a clock behind the last entry was set back meanwhile. */
function stepDuringPause(logged: Temporal.Instant | null, at: Temporal.Instant): ClockStep | undefined {
  const isBack = logged !== null && logged.since(at).total('milliseconds') > minStepMs
  return isBack ? { from: logged, to: at } : undefined
}

/** Reads the database's clock and, if requested, the time of the last sequenced entry. */
async function readTimes(
  database: SafeguardsDatabase,
  withLog: boolean,
): Promise<{ at: Temporal.Instant; logged: Temporal.Instant | null }> {
  const newest = sql`(select greatest(
    (select signed_at from audit_checkpoint order by size desc limit 1),
    (select e.at from audit_leaf l join audit_entry e on e.seq = l.seq order by l.index desc limit 1)))`
  const { rows } = await sql<{ at: Temporal.Instant; logged: Temporal.Instant | null }>`
    select clock_timestamp() as at, ${withLog ? newest : sql`null::timestamptz`} as logged`.execute(database)
  return rows[0]!
}
