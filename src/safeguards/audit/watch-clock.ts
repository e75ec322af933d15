/**
 * Steps of the clock that dates the log: the database's. In: that clock, beside one that only goes forward, and the time of what
 * was logged last. Out: an entry in the log for each step, which explains what is out of order after it,
 * signed with the log's key. Never here: a clock
 * that is set right.
 */
import { sql } from 'kysely'
import type { Clock } from '#platform/clock/clock.ts'
import { safeguardsOf, type HoldingSafeguards } from '../tables.ts'
import { appendAudit } from './append.ts'
import type { Signer } from './note.ts'
import { signDetail } from './signed-entries.ts'

export interface StepOfClock {
  /** What the clock would say without the step. */
  from: Temporal.Instant
  to: Temporal.Instant
}

export interface ClockWatch {
  /** Compares the clocks, and appends a step to the log. To be called about once a second. */
  look: () => Promise<StepOfClock | undefined>
}

const smallestStepMs = 5_000

/**
 * @param monotonicMs of this process
 * @param readKey the log's key; a log that has none yet has nothing that a step explains
 */
export function watchClock(
  holding: HoldingSafeguards,
  { monotonicMs }: Pick<Clock, 'monotonicMs'>,
  readKey: () => Promise<Signer | undefined>,
): ClockWatch {
  const db = safeguardsOf(holding)
  let last: { at: Temporal.Instant; earliestMs: number; latestMs: number } | undefined

  async function look(): Promise<StepOfClock | undefined> {
    const earliestMs = monotonicMs()
    const { at, logged } = await readTimes(holding, last === undefined)
    const latestMs = monotonicMs()
    const expected = last ? { least: earliestMs - last.latestMs, most: latestMs - last.earliestMs } : undefined
    const before = last
    last = { at, earliestMs, latestMs }
    const step = before && expected ? stepSince(before.at, at, expected) : stepWhileAway(logged, at)
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

  return { look }
}

/** The clock's own way between two looks, beside how long it took by the other one: between so much and so much. */
function stepSince(
  before: Temporal.Instant,
  at: Temporal.Instant,
  { least, most }: { least: number; most: number },
): StepOfClock | undefined {
  const wentMs = at.since(before).total('milliseconds')
  const passedMs = wentMs < least ? least : most
  const isStep = wentMs < least - smallestStepMs || wentMs > most + smallestStepMs
  return isStep ? { from: before.add({ milliseconds: Math.round(passedMs) }), to: at } : undefined
}

/** Nobody looked: a clock that is behind what was logged last was set back since. */
function stepWhileAway(logged: Temporal.Instant | null, at: Temporal.Instant): StepOfClock | undefined {
  const isBack = logged !== null && logged.since(at).total('milliseconds') > smallestStepMs
  return isBack ? { from: logged, to: at } : undefined
}

/** The database's clock, and, where asked, the time of what was taken into the tree and signed last. */
async function readTimes(
  holding: HoldingSafeguards,
  withLog: boolean,
): Promise<{ at: Temporal.Instant; logged: Temporal.Instant | null }> {
  const newest = sql`(select greatest(
    (select signed_at from audit_checkpoint order by size desc limit 1),
    (select e.at from audit_leaf l join audit_entry e on e.seq = l.seq order by l.index desc limit 1)))`
  const { rows } = await sql<{ at: Temporal.Instant; logged: Temporal.Instant | null }>`
    select clock_timestamp() as at, ${withLog ? newest : sql`null::timestamptz`} as logged`.execute(
    safeguardsOf(holding),
  )
  return rows[0]!
}
