import { hash } from 'node:crypto'
import { sql } from 'kysely'
import { RootCheck, type SeenCheckpoint, type TrustedKeys } from './check-roots.ts'
import { TreeCheck, readSubtrees } from './check-tree.ts'
import { leafHashOf, canonicalJson } from './entry-bytes.ts'
import { Findings, type AnyDatabase } from './report.ts'
import type { VerifierKey } from './signed-note.ts'

/** An entry of the ledger in its hashed form (docs/formats/ledger.md), with its index and hash in the tree. */
interface LedgerLine {
  index: number | null
  hash: string | null
  v: 1
  seq: number | null
  at: string
  kind: string
  id: string | null
  name: string | null
  cause: string
  done_by: string
  detail: Record<string, unknown>
  targets: Record<string, unknown>
  salt: string
}

const batch = 5_000

/**
 * Verifies the destruction ledger of a running database (docs/formats/ledger.md): entries against hashes, hashes against heads,
 * heads against keys; and that the key of each destroyed recording is recorded as destroyed.
 * @returns how many entries it has, including those without a number
 */
export async function checkLedger(
  tx: AnyDatabase,
  keys: TrustedKeys,
  seen: readonly SeenCheckpoint[],
  findings: Findings,
): Promise<number> {
  // Problems of the tree, which log and ledger share, are reported as the ledger's.
  const own = new Findings()
  const roots = new RootCheck(own, { log: ledgerKeyOf(keys.log), witnesses: keys.witnesses })
  const { rows: heads } = await sql<{ size: number; root: Buffer; note: string; lines: string[] }>`
    select h.size::float8 as size, h.root, h.note,
      coalesce((select array_agg(s.line order by s.witness) from ledger_cosignature s where s.size = h.size), '{}') as lines
    from ledger_head h order by h.size`.execute(tx)
  for (const { size, root, note, lines } of heads) {
    const read = roots.add(note, `the head of size ${size}`, 'own', lines)
    if (read && (read.size !== size || !read.root.equals(root))) {
      findings.add('ledger-head-wrong', `The row says ${size}, the note ${read.size}.`)
    }
  }
  for (const { source, note } of seen) roots.add(note, source, 'seen')

  const subtrees = await readSubtrees(tx, 'ledger_subtree')
  const tree = new TreeCheck(own, roots.expected, (height, index, made) => {
    if (height % 8 !== 0) return
    const place = `${height / 8}/${index}`
    if (subtrees.get(place) !== made.toString('hex'))
      findings.add('ledger-altered', `The hash inside the tree at ${place}.`)
    subtrees.delete(place)
  })
  const keyCheck = new KeyCheck()
  let checked = 0
  for (let from = 0; ; from += batch) {
    const lines = await linesBetween(tx, from, from + batch)
    for (const line of lines) {
      for (let hole = tree.tree.size; hole < (line.index ?? 0); hole++) {
        findings.add('ledger-altered', `Entry ${hole + 1} has no hash.`)
        tree.add(undefined)
      }
      tree.add(Buffer.from(line.hash ?? '', 'hex'))
      checked += 1
      if (line.seq === null) findings.add('ledger-altered', `Entry ${line.index! + 1} was deleted.`)
      else if (hashOf(line) !== line.hash) {
        findings.add('ledger-altered', `Entry ${line.index! + 1}: ${line.kind} ${line.id ?? line.name}.`)
      }
      keyCheck.checkKeys(line)
    }
    if (lines.length === 0) break
  }
  tree.judge()
  for (const place of subtrees.keys())
    findings.add('ledger-altered', `The hash inside the tree at ${place} covers no entries.`)
  if (tree.tree.size > 0 && heads.length === 0) findings.add('ledger-head-wrong', 'There is none.')
  checked += await checkUnsealed(tx, keyCheck, findings)
  await checkContents(tx, findings)
  keyCheck.judge(findings)
  reportAsLedger(own, findings)
  return checked
}

/** Reports problems of tree and heads as the ledger's. */
export function reportAsLedger(own: Findings, findings: Findings): void {
  for (const { code, message } of own.inOrder()) {
    findings.add(headCodes.has(code) ? 'ledger-head-wrong' : 'ledger-altered', message)
  }
}

const headCodes: ReadonlySet<string> = new Set(['checkpoint-unreadable', 'checkpoint-unsigned', 'witness-wrong'])

/** The log's key signs the heads of its ledger under the ledger's name. */
export function ledgerKeyOf(log: VerifierKey): VerifierKey {
  const name = `${log.name}/ledger`
  const raw = Buffer.from(log.key.export({ format: 'jwk' }).x ?? '', 'base64url')
  const id = hash('sha256', Buffer.concat([Buffer.from(`${name}\n`), Buffer.of(1), raw]), 'hex').slice(0, 8)
  return { ...log, name, id }
}

function hashOf({ index: _index, hash: _hash, ...entry }: LedgerLine): string {
  return leafHashOf(canonicalJson(entry)).toString('hex')
}

const columns =
  sql.raw(`1 as v, e.seq::float8 as seq, to_char(e.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at,
  e.object_kind as kind, e.object_id as id, e.object_name as name, e.cause, e.done_by, e.detail, e.targets,
  replace(e.salt::text, '-', '') as salt`)

async function linesBetween(tx: AnyDatabase, from: number, to: number): Promise<LedgerLine[]> {
  const { rows } = await sql<LedgerLine>`
    select l.index::float8 as index, encode(l.hash, 'hex') as hash, ${columns}
    from ledger_leaf l left join destruction_entry e on e.seq = l.seq
    where l.index >= ${from}::bigint and l.index < ${to}::bigint order by l.index`.execute(tx)
  return rows
}

/**
 * Checks entries that wait for a number, and those that are missing.
 * @returns how many wait
 */
async function checkUnsealed(tx: AnyDatabase, keys: KeyCheck, findings: Findings): Promise<number> {
  const { rows } = await sql<LedgerLine & { waiting: number; numbered: boolean }>`
    select null as index, null as hash, p.seq::float8 as waiting, l.seq is not null as numbered, ${columns}
    from ledger_pending p left join destruction_entry e on e.seq = p.seq left join ledger_leaf l on l.seq = p.seq
    order by p.seq`.execute(tx)
  for (const { waiting, numbered, ...line } of rows) {
    if (line.seq === null) findings.add('ledger-altered', `Row ${waiting} was deleted before it had a number.`)
    else if (numbered) findings.add('ledger-altered', `Row ${waiting} has a number and still waits for one.`)
    else keys.checkKeys(line)
  }
  const { rows: unplaced } = await sql<{ seq: number }>`
    select e.seq::float8 as seq from destruction_entry e
    where not exists (select from ledger_leaf l where l.seq = e.seq) and not exists (select from ledger_pending p where p.seq = e.seq)
    order by e.seq limit 1000`.execute(tx)
  for (const { seq } of unplaced) findings.add('ledger-altered', `Row ${seq} has no number and does not wait for one.`)
  return rows.length
}

/** Checks the contents of the last 31 days' entries against their hashes: without them no backup can be restored. */
async function checkContents(tx: AnyDatabase, findings: Findings): Promise<void> {
  const { rows } = await sql<{ seq: number; name: string | null; salt: string | null; content: string | null }>`
    select coalesce(c.seq, e.seq)::float8 as seq, case when e.object_id is null then e.object_name end as name, encode(c.salt, 'hex') as salt, c.content
    from ledger_content c full join (
      select * from destruction_entry where object_id is null and object_name ~ '^[0-9a-f]{64}$'
        and (at > (select destruction_now() - interval '31 days') or seq in (select seq from ledger_content))) e on e.seq = c.seq
    order by 1`.execute(tx)
  for (const { seq, name, salt, content } of rows) {
    if (content === null) findings.add('ledger-altered', `The content of row ${seq} was deleted.`)
    else if (hash('sha256', Buffer.concat([Buffer.from(salt ?? '', 'hex'), Buffer.from(content)]), 'hex') !== name) {
      findings.add('ledger-altered', `The content of row ${seq} was altered.`)
    }
  }
}

/**
 * Each destroyed recording names the version of the month key destroyed with its key: that key's end must be in the ledger too.
 */
export class KeyCheck {
  readonly #gone = new Set<string>()
  readonly #named = new Map<string, string>()

  checkKeys({
    kind,
    id,
    name,
    detail,
  }: Pick<LedgerLine, 'kind' | 'id' | 'name'> & { detail: LedgerLine['detail'] | null }): void {
    if (kind === 'month-key' && name !== null) this.#gone.add(name)
    const key = detail?.['monthKey']
    if (kind === 'recording' && typeof key === 'string' && !this.#named.has(key)) this.#named.set(key, id ?? '')
  }

  judge(findings: Findings): void {
    for (const [key, recording] of this.#named) {
      if (!this.#gone.has(key)) findings.add('ledger-receipt-missing', `${key}, of recording ${recording}.`)
    }
  }
}
