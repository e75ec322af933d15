import { sql } from 'kysely'
import type { LogFacts } from './check-entries.ts'
import type { Findings, AnyDatabase } from './report.ts'

/** Rows per batch, by id. */
const batch = 10_000
const lowestId = '00000000-0000-0000-0000-000000000000'

/**
 * Compares each ingested recording with the entry of its ingestion: it exists and has the same hash. And each recording
 * ingested by the log still exists or was destroyed.
 * @returns how many recordings were compared
 */
export async function checkRecordings(tx: AnyDatabase, facts: LogFacts, findings: Findings): Promise<number> {
  const missing = new Set(facts.ingested.keys())
  let compared = 0
  let after: string | undefined = lowestId
  while (after !== undefined) {
    const { rows }: { rows: { id: string; state: string; kept_at: string | null; sha256: string | null }[] } =
      await sql<{
        id: string
        state: string
        kept_at: string | null
        sha256: string | null
      }>`
      select id, state, to_char(kept_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as kept_at, encode(sha256, 'hex') as sha256
      from recording where id > ${after}::uuid order by id limit ${batch}`.execute(tx)
    for (const { id, state, kept_at, sha256 } of rows) {
      missing.delete(id)
      if (kept_at === null || state === 'DESTROYED' || state === 'DESTROYING') continue
      const recorded = facts.ingested.get(id)
      if (!recorded) {
        // Entries older than the oldest remaining one were pruned.
        if (!isPruned(kept_at, facts)) findings.add('recording-unlogged', `Recording ${id}, stored since ${kept_at}.`)
        continue
      }
      compared += 1
      if (recorded.sha256 !== undefined && recorded.sha256 !== sha256) {
        findings.add(
          'recording-altered',
          `Recording ${id}: ${sha256 ?? 'no hash'}, and in entry ${recorded.seq} ${recorded.sha256}.`,
          recorded,
        )
      }
    }
    after = rows.length === batch ? rows.at(-1)?.id : undefined
  }
  for (const id of missing) {
    const recorded = facts.ingested.get(id)
    if (recorded && !facts.destroyed.has(id))
      findings.add('recording-vanished', `Recording ${id}, entry ${recorded.seq}.`, recorded)
  }
  return compared
}

/**
 * Compares the destruction ledger with the log: the same destructions, for the same causes. A recording marked as destroyed is
 * in both.
 * @returns how many destructions were compared
 */
export async function checkDestructions(tx: AnyDatabase, facts: LogFacts, findings: Findings): Promise<number> {
  const unledgered = new Set(facts.destroyed.keys())
  let compared = 0
  let after = 0
  for (let more = true; more;) {
    const { rows } = await sql<{ seq: number; id: string; cause: string; at: string }>`
      select seq::float8 as seq, object_id as id, cause, to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at
      from destruction_entry
      where seq > ${after}::bigint and object_kind = 'recording' order by seq limit ${batch}`.execute(tx)
    for (const { seq, id, cause, at } of rows) {
      after = seq
      const recorded = facts.destroyed.get(id)
      unledgered.delete(id)
      if (!recorded) {
        if (!isPruned(at, facts))
          findings.add('destruction-unlogged', `Recording ${id}, row ${seq} of the ledger, of ${at}.`)
        continue
      }
      compared += 1
      if (recorded.cause !== cause) {
        findings.add(
          'destruction-differs',
          `Recording ${id}: ${cause}, and in entry ${recorded.seq} ${recorded.cause ?? 'none'}.`,
          recorded,
        )
      }
    }
    more = rows.length === batch
  }
  for (const id of unledgered) {
    const recorded = facts.destroyed.get(id)!
    findings.add('destruction-unledgered', `Recording ${id}, entry ${recorded.seq}.`, recorded)
  }
  const { rows: marked } = await sql<{ id: string; at: string }>`
    select r.id, to_char(r.destroyed_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at
    from recording r
    where r.state = 'DESTROYED' and not exists (select from destruction_entry d where d.object_id = r.id)
    order by r.id limit 1000`.execute(tx)
  for (const { id, at } of marked) {
    if (!facts.destroyed.has(id))
      findings.add('destruction-unlogged', `Recording ${id} is marked as destroyed at ${at}.`)
  }
  return compared
}

function isPruned(at: string, { minimumIndex, oldestAt }: LogFacts): boolean {
  return minimumIndex > 0 && (oldestAt === undefined || at < oldestAt)
}
