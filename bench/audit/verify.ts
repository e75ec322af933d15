/**
 * Measures the verification of a million entries of the audit log, with one edited entry to be found. Yardsticks: the hashes
 * alone, and the same rows read and discarded.
 */
import { hash } from 'node:crypto'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql, type Kysely } from 'kysely'
import { connectDatabase } from '#platform/database/connect.ts'
import { startEmbeddedPostgres } from '#platform/database/embedded.ts'
import { migrate } from '#platform/database/migrate.ts'
import { setRolePasswords } from '#platform/database/role-passwords.ts'
import type { SafeguardTables } from '#safeguards/tables.ts'
import { entryText, leafHashOf, type LoggedEntry } from '#safeguards/audit/verify/entry-bytes.ts'
import { GrowingTree } from '#safeguards/audit/verify/merkle-tree.ts'
import { readVerifierKey, type VerifierKey } from '#safeguards/audit/verify/signed-note.ts'
import { verifyDatabase } from '#safeguards/audit/verify/verify-database.ts'
import { makeSigner, signNote } from '#test/audit/seal-log.ts'
import { print, measureCost } from '../measure-cost.ts'
import { ratio, type Row } from '../rows.ts'

const role = 'seloste_custodian'
const password = 'only-for-the-bench'
const batch = 20_000
const maxSeconds = 20

/**
 * Measures seconds and CPU seconds, of this process and of the database. Required: less than 20 CPU seconds for a million
 * entries (a quiet machine is faster, because both processes run in parallel), and the edited entry found.
 */
export async function verifyLog({ entries = 1_000_000 } = {}): Promise<Row[]> {
  const folder = await mkdtemp(join(process.env['SELOSTE_BENCH_DATA'] ?? tmpdir(), 'seloste-bench-'))
  await chmod(folder, 0o711)
  const log = { info: () => undefined, warn: (message: string) => void process.stderr.write(`${message}\n`) }
  const server = await startEmbeddedPostgres({ dataDirectory: join(folder, 'database'), log })
  const open = (url: string) =>
    connectDatabase<SafeguardTables>({ url, applicationName: 'bench', size: 1, onIdleError: () => undefined })
  const admin = open(server.adminUrl())
  try {
    await migrate(server.adminUrl())
    await setRolePasswords(server.adminUrl(), { [role]: password })
    const signer = makeSigner('seloste/bench/1', 1)
    const example = await fill(admin.db, entries, (size, root) => signNote(signer, size, root))
    const custodian = open(server.urlFor(role, password, 'postgres'))
    const keys = { log: readVerifierKey(signer.verifierKey) as VerifierKey, witnesses: [] }
    const verify = () =>
      custodian.db
        .transaction()
        .setIsolationLevel('repeatable read')
        .execute((tx) => verifyDatabase(tx, { keys }))

    const { rows: backends } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(custodian.db)
    const spend = measureCost(backends[0]?.pid ?? 0)
    const hashes = await spend(() => {
      for (let n = 0; n < 2 * entries; n++) hash('sha256', `\0${example}`, 'buffer')
    })
    const rows = await spend(() => readAndDiscard(custodian.db, entries))
    let report: Awaited<ReturnType<typeof verify>> | undefined
    const whole = await spend(async () => (report = await verify()))
    const wasWhole = report?.found === 0
    const edited = Math.floor(entries / 3)
    await admin.db.transaction().execute(async (tx) => {
      await sql`set local session_replication_role = replica`.execute(tx)
      await sql`update audit_entry set person_id = gen_random_uuid()
        where seq = (select seq from audit_leaf where index = ${edited})`.execute(tx)
    })
    const { problems, found } = await verify()
    await custodian.close()

    print('hashes alone', hashes)
    print('rows alone', rows)
    print('verified', whole, `${ratio(whole.cpuSeconds, rows.cpuSeconds)} rows alone  (under ${maxSeconds} s)`)
    console.log(`${report?.entries ?? 0} entries whole: ${wasWhole}; found: ${problems[0]?.message ?? 'nothing'}`)
    const wasFound = found === 1 && problems[0]?.leaf === edited
    return [
      {
        what: `audit log of ${entries} entries verified; an edited entry found at its place: ${wasFound ? 'yes' : 'no'}`,
        measured: `${whole.cpuSeconds.toFixed(1)} s of CPU`,
        yardstick: `rows read and thrown away ${rows.cpuSeconds.toFixed(1)} s`,
        ratio: ratio(whole.cpuSeconds, rows.cpuSeconds),
        target: `under ${maxSeconds} s of CPU`,
        isReached: whole.cpuSeconds < maxSeconds && wasWhole && wasFound,
      },
    ]
  } finally {
    await admin.close()
    await server.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

/** Fills a log with views, adds them to its tree and signs the tree; returns the hashed text of the last entry. */
async function fill(
  db: Kysely<SafeguardTables>,
  entries: number,
  sign: (size: number, root: Buffer) => string,
): Promise<string> {
  await sql`set session_replication_role = replica`.execute(db)
  await sql`delete from audit_pending`.execute(db)
  await sql`delete from audit_entry`.execute(db)
  const subtrees: { level: number; index: number; hash: Buffer }[] = []
  const tree = new GrowingTree((height, index, made) => {
    if (height % 8 === 0) subtrees.push({ level: height / 8, index, hash: made })
  })
  let example = ''
  for (let from = 0; from < entries; from += batch) {
    const { rows } = await sql<LoggedEntry>`
      insert into audit_entry (person_id, right_id, role, action, purpose, object_kind, object_id, result, detail)
      select gen_random_uuid(), gen_random_uuid(), 'SUPERVISOR', 'listening.served', 'QUALITY', 'listening', gen_random_uuid(),
        'ok', jsonb_build_object('fromMs', n * 1000, 'toMs', n * 1000 + 900, 'recording', gen_random_uuid())
      from generate_series(1, ${Math.min(batch, entries - from)}::integer) n
      returning seq::float8 as seq, to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at, person_id, right_id, role,
        action, purpose, reference, object_kind, object_id, result, detail, replace(salt::text, '-', '') as salt`.execute(
      db,
    )
    const leaves = rows.map((row, index) => {
      const text = entryText(row)
      const made = leafHashOf(text)
      tree.add(made)
      example = text
      return { index: from + index, seq: row.seq, hash: made.toString('hex') }
    })
    await sql`
      insert into audit_leaf (index, seq, hash)
      select index, seq, decode(hash, 'hex') from jsonb_to_recordset(${JSON.stringify(leaves)}::jsonb)
        as l(index bigint, seq bigint, hash text)`.execute(db)
  }
  for (let from = 0; from < subtrees.length; from += 5_000) {
    await db
      .insertInto('audit_subtree')
      .values(subtrees.slice(from, from + 5_000))
      .execute()
  }
  const root = tree.root()
  await db
    .insertInto('audit_checkpoint')
    .values({ size: tree.size, root, note: sign(tree.size, root) })
    .execute()
  await sql`vacuum analyze`.execute(db)
  return example
}

async function readAndDiscard(db: Kysely<SafeguardTables>, entries: number): Promise<void> {
  for (let from = 0; from < entries; from += batch) {
    await sql`
      select l.index, l.hash, e.* from audit_leaf l join audit_entry e on e.seq = l.seq
      where l.index >= ${from} and l.index < ${from + batch} order by l.index`.execute(db)
  }
}
