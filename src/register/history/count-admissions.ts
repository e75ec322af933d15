/**
 * Counts admissions from their queue (R9, R21): parts of an hour, each with its count and Merkle root in the audit log, so that
 * deletions by the database owner are detected (use/evidence). Ids only.
 */
import { randomUUID } from 'node:crypto'
import { sql, type Kysely } from 'kysely'
import { appendAudit } from '#safeguards/audit/append.ts'
import { hashLeaf, RightEdge } from '#safeguards/audit/tree.ts'
import type { AdmissionKind, RegisterTables } from '../tables.ts'

/** An admitted contact, segment or recording, or a change of a segment; `startedAt` is the start of its call. */
export interface AdmittedFact {
  kind: AdmissionKind
  id: string
  startedAt: Temporal.Instant
  /** The contact of a segment, the segment of a recording; null in counts of earlier versions and where a node does not know it. */
  belongsTo: string | null
  /** Digest of a segment's official, unit and number; null of other kinds, in counts of earlier versions and in a node's. */
  content: string | null
}

const maxBatch = 10_000

/**
 * Counts the queued admissions.
 * @returns how many facts
 */
export async function countAdmissions(db: Kysely<RegisterTables>, signal?: AbortSignal): Promise<number> {
  let counted = 0
  while (!signal?.aborted) {
    const some = await countSome(db)
    counted += some
    if (some < maxBatch) break
  }
  return counted
}

function countSome(db: Kysely<RegisterTables>): Promise<number> {
  return db.transaction().execute(async (tx) => {
    const rows = await tx.selectFrom('admission_told').selectAll().orderBy('seq').limit(maxBatch).execute()
    if (rows.length === 0) return 0
    // Changes last and together, so that the log has each after the segment's admission and its earlier changes.
    const { admitted = [], changes } = Object.groupBy(rows, ({ kind }) => (kind === 'change' ? 'changes' : 'admitted'))
    const groups = Map.groupBy(admitted, ({ source, at }) => `${hourOf(at)} ${source}`)
    for (const group of [...groups.values(), ...(changes ? [changes] : [])]) {
      const [{ source, at }] = group as [(typeof group)[0]]
      await appendPart(
        tx,
        { source, hour: hourOf(at) },
        group.map(({ kind, id, started_at, belongs_to, content }) => ({
          kind,
          id,
          startedAt: started_at,
          belongsTo: belongs_to,
          content,
        })),
      )
    }
    const counted = rows.map(({ seq }) => seq)
    await sql`delete from admission_told where seq = any(${counted}::bigint[])`.execute(tx)
    return rows.length
  })
}

async function appendPart(
  tx: Kysely<RegisterTables>,
  { source, hour }: { source: string; hour: string },
  facts: readonly AdmittedFact[],
): Promise<void> {
  const id = randomUUID()
  const root = admissionRoot(facts)
  await sql`
    insert into admission_part (id, hour, source, kinds, ids, starts, belongs_to, contents, root)
    values (${id}, ${hour}::timestamptz, ${source}, ${facts.map(({ kind }) => kind)}::text[],
      ${facts.map((fact) => fact.id)}::uuid[], ${facts.map(({ startedAt }) => startedAt.toString())}::timestamptz[],
      ${facts.map(({ belongsTo }) => belongsTo)}::uuid[], ${facts.map(({ content }) => content)}::uuid[], ${root})`.execute(
    tx,
  )
  const changed = facts.flatMap((fact, n) => (fact.kind === 'change' ? [{ id: fact.id, place: n + 1 }] : []))
  if (changed.length > 0)
    await sql`
      insert into segment_change (segment_id, part_id, place)
      select c.id, ${id}, c.place
      from unnest(${changed.map((one) => one.id)}::uuid[], ${changed.map(({ place }) => place)}::integer[]) c (id, place)`.execute(
      tx,
    )
  const countOf = (wanted: AdmissionKind) => facts.filter(({ kind }) => kind === wanted).length
  await appendAudit(tx, {
    action: 'admissions.counted',
    result: 'ok',
    object: { kind: 'admissions', id },
    detail: {
      hour,
      source,
      contacts: countOf('contact'),
      segments: countOf('segment'),
      recordings: countOf('recording'),
      ...(changed.length > 0 && { changes: changed.length }),
      root: root.toString('hex'),
    },
  })
}

/** Returns the Merkle root (RFC 6962) over the facts in order; docs/formats/audit-log.md. */
export function admissionRoot(facts: readonly AdmittedFact[]): Buffer {
  const tree = new RightEdge()
  for (const { kind, id, startedAt, belongsTo, content } of facts) {
    const words = [kind, id, startedAt.toString(), belongsTo, content].filter((word) => word !== null)
    tree.append(hashLeaf(Buffer.from(words.join(' '))))
  }
  return tree.root()
}

/** Deletes parts whose calls are all past their term. */
export async function endAdmissionParts(db: Kysely<RegisterTables>): Promise<void> {
  await sql`select end_admission_parts()`.execute(db)
}

/** Returns the UTC hour of an admission. */
export function hourOf(at: Temporal.Instant): string {
  return at.round({ smallestUnit: 'hour', roundingMode: 'floor' }).toString()
}
