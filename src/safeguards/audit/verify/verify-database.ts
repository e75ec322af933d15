import { setTimeout as wait } from 'node:timers/promises'
import { sql, type RawBuilder } from 'kysely'
import { findProtectionProblems, type ExpectedProtections } from '#platform/database/protections.ts'
import { EntryCheck, type Disorder, type LogFacts } from './check-entries.ts'
import { checkLedger } from './check-ledger.ts'
import { RootCheck, type SeenCheckpoint, type TrustedKeys } from './check-roots.ts'
import { TreeCheck, readSubtrees, SubtreeCheck } from './check-tree.ts'
import { entryText, leafHashOf, type LoggedEntry } from './entry-bytes.ts'
import { checkRecordings, checkDestructions } from './check-register.ts'
import { Findings, type Progress, type Report, type AnyDatabase } from './report.ts'
import { separateAcceptedInDatabase } from './separate-accepted.ts'
import { readCheckpoint, readSignedFrom } from './signed-note.ts'

export interface DatabaseOptions {
  keys: TrustedKeys
  /** Checkpoints stored elsewhere. */
  seen?: readonly SeenCheckpoint[]
  /** Heads of the destruction ledger stored elsewhere. */
  seenLedger?: readonly SeenCheckpoint[]
  /** Leaf hashes stored elsewhere, 32 bytes each, [from, to); fewer if present are no more. */
  storedLeaves?: ((from: number, to: number) => Promise<Buffer>) | undefined
  /** The program's triggers, policies, functions and grants, and the processes' database roles. */
  protections?: { expected: ExpectedProtections; roles: readonly string[] } | undefined
  /** Most problems reported; default 200. */
  max?: number | undefined
  onProgress?: (progress: Progress) => void
  signal?: AbortSignal | undefined
}

const batch = 5_000
/** Most missing hashes listed one by one. */
const maxHoles = 1_000_000

/**
 * Verifies the log of a running database (docs/formats/audit-log.md, "The tables") in one snapshot.
 * @param tx a repeatable read transaction
 * @throws the signal's reason once it is aborted
 */
export async function verifyDatabase(tx: AnyDatabase, options: DatabaseOptions): Promise<Report> {
  const findings = new Findings()
  const roots = new RootCheck(findings, options.keys)
  const { rows: sizes } = await sql<{ upTo: number; present: number; entries: number; pending: number }>`
    select coalesce((select max(index) + 1 from audit_leaf), 0)::float8 as "upTo",
      (select count(*) from audit_leaf)::float8 as present,
      (select count(*) from audit_entry)::float8 as entries,
      (select count(*) from audit_pending)::float8 as pending`.execute(tx)
  const { upTo, present, entries, pending } = sizes[0]!
  // A hash far beyond the end would extend the verification without limit.
  const hasTooManyHoles = upTo - present > maxHoles
  const leaves = hasTooManyHoles ? present : upTo
  if (hasTooManyHoles)
    findings.add('leaf-missing', `${upTo - present} of the hashes up to index ${upTo - 1}.`, { leaf: present })
  const report = (step: Progress['step'], checked: number) => {
    options.signal?.throwIfAborted()
    options.onProgress?.({ step, checked, entries: leaves })
  }

  report('signatures', 0)
  const disorders = await readCheckpoints(tx, roots, findings)
  for (const { source, note } of options.seen ?? []) {
    const seen = roots.add(note, source, 'seen')
    if (seen && seen.size > (roots.newest?.size ?? 0) && seen.size <= leaves) {
      findings.add('checkpoint-missing', `The table has none as new as ${source}, of size ${seen.size}.`)
    }
  }
  if (!roots.newest && leaves > 0) findings.add('checkpoint-missing', `The tree has ${leaves} leaves.`, { leaf: 0 })

  const subtrees = new SubtreeCheck(findings, await readSubtrees(tx, 'audit_subtree'))
  const tree = new TreeCheck(findings, roots.expected, (height, index, hash) => subtrees.check(height, index, hash))
  const { rows: signed } = await sql<{ note: string }>`select note from audit_signed_from`.execute(tx)
  const check = new EntryCheck(findings, options.keys.log, readSignedFrom(signed[0]?.note, options.keys.log))
  const walk = await walkLeaves(tx, { leaves, findings, tree, check, report, storedLeaves: options.storedLeaves })
  tree.judge()
  subtrees.judge()

  const waiting = await checkPending(tx, findings, check)
  if (entries !== walk.present + waiting) await reportCountDifference(tx, findings)
  check.judgePrunings()
  for (const disorder of disorders) check.checkOrder(disorder)
  const { notes: orderNotes, outOfOrder } = check.judgeOrder()
  // A witness may just have been configured.
  const notes = [...orderNotes, ...roots.judgeWitnesses(check.newestAt, false)]
  const { facts } = check
  const pruned = reportMissingEntries(walk.absent, facts.minimumIndex, findings)
  await comparePrunings(tx, facts, findings)

  report('recordings', leaves)
  const recordings = await checkRecordings(tx, facts, findings)
  report('destructions', leaves)
  const destructions = await checkDestructions(tx, facts, findings)
  const ledger = await checkLedger(tx, options.keys, options.seenLedger ?? [], findings)
  if (options.protections) await checkProtections(tx, options.protections, findings)
  const settled = await separateAcceptedInDatabase(tx, facts, findings, options.max)
  options.signal?.throwIfAborted()
  return {
    entries: leaves,
    pruned,
    pending,
    checkpoints: tree.matching,
    witnesses: roots.cosigned,
    recordings,
    destructions,
    ledger,
    ...(roots.newest && {
      newest: { origin: roots.newest.origin, size: roots.newest.size, root: roots.newest.root.toString('base64') },
    }),
    ...(notes.length > 0 && { notes }),
    ...(outOfOrder && { outOfOrder }),
    ...settled,
  }
}

async function checkProtections(
  tx: AnyDatabase,
  { expected, roles }: NonNullable<DatabaseOptions['protections']>,
  findings: Findings,
): Promise<void> {
  for (const { kind, name } of await findProtectionProblems(tx, roles, expected)) {
    findings.add(`protection-${kind}`, `${name}.`)
  }
}

const snapshotTries = 10
const retryDelayMs = 300

/**
 * Verifies the log of a database while it grows.
 * @param readOutside reads the checkpoint of the log, or of the ledger, that is stored beside the custodian's keys before the
 * database has it: if the snapshot is older, another is taken
 */
export async function verifyRunningLog(
  db: AnyDatabase,
  readOutside: (tree: 'log' | 'ledger') => Promise<string | undefined>,
  options: DatabaseOptions,
): Promise<Report> {
  for (let tries = 1; ; tries++) {
    const [note, ledgerNote] = [await readOutside('log'), await readOutside('ledger')]
    const [size, ledgerSize] = [sizeOf(note), sizeOf(ledgerNote)]
    const report = await db
      .transaction()
      .setIsolationLevel('repeatable read')
      .setAccessMode('read only')
      .execute(async (tx) => {
        const { rows } = await sql<{ newest: number; ledger: number }>`
          select coalesce((select max(size) from audit_checkpoint), 0)::float8 as newest,
            coalesce((select max(size) from ledger_head), 0)::float8 as ledger`.execute(tx)
        const { newest = 0, ledger = 0 } = rows[0] ?? {}
        if ((size > newest || ledgerSize > ledger) && tries < snapshotTries) return undefined
        const seen = note === undefined ? [] : [{ source: 'the checkpoint beside the keys', note }]
        const seenLedger = ledgerNote === undefined ? [] : [{ source: 'the head beside the keys', note: ledgerNote }]
        return verifyDatabase(tx, {
          ...options,
          seen: [...seen, ...(options.seen ?? [])],
          seenLedger: [...seenLedger, ...(options.seenLedger ?? [])],
        })
      })
    if (report) return report
    options.signal?.throwIfAborted()
    await wait(retryDelayMs)
  }
}

function sizeOf(note: string | undefined): number {
  const read = note === undefined ? undefined : readCheckpoint(note)
  return typeof read === 'object' ? read.size : 0
}

async function readCheckpoints(tx: AnyDatabase, roots: RootCheck, findings: Findings): Promise<Disorder[]> {
  const disorders: Disorder[] = []
  const { rows } = await sql<{
    size: number
    root: Buffer
    note: string
    at: string
    lines: string[]
    misnamed: number
  }>`
    select c.size::float8 as size, c.root, c.note, to_char(c.signed_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at,
      coalesce((select array_agg(s.line order by s.witness) from audit_cosignature s where s.size = c.size), '{}') as lines,
      (select count(*)::integer from audit_cosignature s where s.size = c.size and s.line not like '— ' || s.witness || ' %') as misnamed
    from audit_checkpoint c order by c.size`.execute(tx)
  let before = ''
  for (const { size, root, note, at, lines, misnamed } of rows) {
    const source = `the checkpoint of size ${size}`
    const read = roots.add(note, source, 'own', lines)
    if (read && (read.size !== size || !read.root.equals(root))) {
      findings.add('checkpoint-differs', `The row says ${size}, the note ${read.size}.`, {
        leaf: Math.min(size, read.size),
      })
    }
    if (misnamed > 0) findings.add('witness-wrong', `Size ${size}: a line is in another name than its row.`)
    if (at < before) {
      const message = `The one of size ${size} is dated ${at}, a smaller one ${before}.`
      disorders.push({ code: 'checkpoint-order', message, at, after: before })
    }
    before = at
  }
  return disorders
}

/** A row of the tree with its entry: see {@link leavesBetween}. */
type LeafRow = [
  index: number,
  seq: number | null,
  hash: string,
  found: number | null,
  at: string,
  personId: string | null,
  rightId: string | null,
  role: string | null,
  action: string,
  purpose: string | null,
  reference: string | null,
  objectKind: string | null,
  objectId: string | null,
  result: string,
  detail: Record<string, unknown>,
  salt: string,
]

/** One JSON text per batch: much faster than rows of fifteen columns. */
function leavesBetween(from: number, to: number): RawBuilder<{ leaves: string | null }> {
  return sql`
    select json_agg(json_build_array(l.index, l.seq, encode(l.hash, 'hex'), ${entryColumns}) order by l.index)::text as leaves
    from audit_leaf l left join audit_entry e on e.seq = l.seq
    where l.index >= ${from}::bigint and l.index < ${to}::bigint`
}

const entryColumns =
  sql.raw(`e.seq, to_char(e.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), e.person_id, e.right_id,
  e.role, e.action, e.purpose, e.reference, e.object_kind, e.object_id, e.result, e.detail, replace(e.salt::text, '-', '')`)

interface Absent {
  leaf: number
  seq: number | null
}

async function walkLeaves(
  tx: AnyDatabase,
  options: {
    leaves: number
    findings: Findings
    tree: TreeCheck
    check: EntryCheck
    report: (step: Progress['step'], checked: number) => void
    storedLeaves: DatabaseOptions['storedLeaves']
  },
): Promise<{ present: number; absent: Absent[] }> {
  const { leaves, findings, tree, check, report } = options
  const absent: Absent[] = []
  let present = 0
  const read = async (from: number) => {
    const { rows } = await leavesBetween(from, from + batch).execute(tx)
    return JSON.parse(rows[0]?.leaves ?? '[]') as LeafRow[]
  }
  let nextBatch = leaves > 0 ? read(0) : undefined
  for (let from = 0; from < leaves; from += batch) {
    const rows = await nextBatch!
    // The database prepares the next batch while this one is hashed.
    nextBatch = from + batch < leaves ? read(from + batch) : undefined
    nextBatch?.catch(() => undefined)
    const stored = await options.storedLeaves?.(from, from + batch)
    for (const row of rows) {
      const [index, seq, hash, found] = row
      if (index < tree.tree.size) {
        findings.add('leaf-twice', `Index ${index} is there more than once.`, { leaf: index })
        continue
      }
      for (let hole = tree.tree.size; hole < index; hole++) addHole(hole)
      const leaf = Buffer.from(hash, 'hex')
      const storedHash = stored?.subarray((index - from) * 32, (index - from + 1) * 32)
      if (storedHash?.length === 32 && !storedHash.equals(leaf)) {
        findings.add('leaf-altered', `Index ${index}, entry ${seq ?? 'unknown'}.`, {
          leaf: index,
          seq: seq ?? undefined,
        })
      }
      tree.add(leaf)
      if (found === null) {
        absent.push({ leaf: index, seq })
        continue
      }
      present += 1
      const entry = entryOf(row)
      const isIntact = leafHashOf(entryText(entry)).toString('hex') === hash
      if (!isIntact) {
        findings.add('entry-altered', `Entry ${entry.seq} at index ${index}: ${entry.action} of ${entry.at}.`, {
          leaf: index,
          seq: entry.seq,
        })
      }
      check.checkEntry(entry, index, isIntact)
    }
    report('tree', Math.min(leaves, from + batch))
  }
  for (let hole = tree.tree.size; hole < leaves; hole++) addHole(hole)
  return { present, absent }

  function addHole(index: number): void {
    findings.add('leaf-missing', `Index ${index}.`, { leaf: index })
    tree.add(undefined)
  }
}

function entryOf(row: LeafRow): LoggedEntry {
  const [
    ,
    ,
    ,
    seq,
    at,
    personId,
    rightId,
    role,
    action,
    purpose,
    reference,
    objectKind,
    objectId,
    result,
    detail,
    salt,
  ] = row
  return {
    seq: seq!,
    at,
    person_id: personId,
    right_id: rightId,
    role,
    action,
    purpose,
    reference,
    object_kind: objectKind,
    object_id: objectId,
    result,
    detail,
    salt,
  }
}

/** Reports missing entries: pruned below the minimum index, a problem elsewhere. */
function reportMissingEntries(absent: readonly Absent[], minimumIndex: number, findings: Findings): number {
  let pruned = 0
  for (const { leaf, seq } of absent) {
    if (leaf < minimumIndex) pruned += 1
    else if (seq === null) findings.add('entry-lost', `Index ${leaf}.`, { leaf })
    else findings.add('entry-missing', `Entry ${seq} at index ${leaf}.`, { leaf, seq })
  }
  return pruned
}

/**
 * Checks entries that are not in the tree yet.
 * @returns how many present are
 */
async function checkPending(tx: AnyDatabase, findings: Findings, check: EntryCheck): Promise<number> {
  const { rows } = await sql<{ seq: number; leaf: number | null; entry: string }>`
    select p.seq::float8 as seq, l.index::float8 as leaf, json_build_array(null, null, null, ${entryColumns})::text as entry
    from audit_pending p left join audit_entry e on e.seq = p.seq left join audit_leaf l on l.seq = p.seq
    order by p.seq`.execute(tx)
  let present = 0
  for (const { seq, leaf, entry } of rows) {
    const row = JSON.parse(entry) as LeafRow
    if (leaf !== null) findings.add('pending-in-tree', `Entry ${seq}, index ${leaf}.`, { leaf, seq })
    else if (row[3] === null) findings.add('pending-missing', `Entry ${seq}.`, { seq })
    else {
      present += 1
      check.checkEntry(entryOf(row), undefined, true)
    }
  }
  return present
}

/** If the counts differ, lists entries that are missing or duplicated. */
async function reportCountDifference(tx: AnyDatabase, findings: Findings): Promise<void> {
  const { rows } = await sql<{ seq: number; places: number; leaf: number | null }>`
    select e.seq::float8 as seq, count(l.index)::integer as places, max(l.index)::float8 as leaf
    from audit_entry e left join audit_leaf l on l.seq = e.seq
    where not exists (select from audit_pending p where p.seq = e.seq)
    group by e.seq having count(l.index) <> 1 order by e.seq limit 1000`.execute(tx)
  for (const { seq, places: indexes, leaf } of rows) {
    if (indexes === 0) findings.add('entry-outside', `Entry ${seq}.`, { seq })
    else findings.add('entry-twice', `Entry ${seq} has ${indexes} places.`, { seq, leaf: leaf ?? undefined })
  }
}

async function comparePrunings(tx: AnyDatabase, { minimumIndex }: LogFacts, findings: Findings): Promise<void> {
  const { rows } = await sql<{ most: number | null }>`
    select max(minimum_index)::float8 as most from audit_pruning`.execute(tx)
  const max = rows[0]?.most ?? 0
  if (max !== minimumIndex) {
    findings.add(
      'pruning-differs',
      `By the table entries below ${max} were pruned, by the log those below ${minimumIndex}.`,
      {
        leaf: Math.min(max, minimumIndex),
      },
    )
  }
}
