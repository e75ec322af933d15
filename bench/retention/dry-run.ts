/**
 * Measures the dry run of a changed term over a million held recordings. Yardstick: a bare count of the same rows. Half a year
 * of calls to the seed's three service numbers, as seen by the custodian's role.
 */
import { mkdtemp, readFile, rm, chmod } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { dryRunTerms } from '#destruction/retention/dry-run.ts'
import { applyTerms } from '#destruction/retention/apply-terms.ts'
import { editDescription } from '#description/edit/edit-description.ts'
import { phoneNumberKey } from '#description/phone-numbers/normalise-phone-number.ts'
import { parseDescription, seedDescriptionFile } from '#description/read-description.ts'
import type { RegisterDescription } from '#description/register-description.ts'
import { connectDatabase } from '#platform/database/connect.ts'
import { startEmbeddedPostgres } from '#platform/database/embedded.ts'
import { migrate } from '#platform/database/migrate.ts'
import { setRolePasswords } from '#platform/database/role-passwords.ts'
import type { RegisterTables } from '#register/tables.ts'
import { ms, ratio, type Row } from '../rows.ts'

const role = 'seloste_custodian'
const password = 'only-for-the-bench'
const numbers = ['029 497 000', '029 497 001', '029 497 010'].map((written) => phoneNumberKey(written))
const maxMs = 2_000
const rounds = 5

/** Measures the medians of the dry run and of the count. Required: the dry run takes at most two seconds. */
export async function dryRun({ recordings = 1_000_000, applied = 20_000 } = {}): Promise<Row[]> {
  const folder = await mkdtemp(join(process.env['SELOSTE_BENCH_DATA'] ?? tmpdir(), 'seloste-bench-'))
  await chmod(folder, 0o711)
  const log = { info: () => undefined, warn: (message: string) => void process.stderr.write(`${message}\n`) }
  const server = await startEmbeddedPostgres({ dataDirectory: join(folder, 'database'), log })
  const onIdleError = () => undefined
  const admin = connectDatabase({ url: server.adminUrl(), applicationName: 'bench', size: 1, onIdleError })
  try {
    await migrate(server.adminUrl())
    await setRolePasswords(server.adminUrl(), { [role]: password })
    await admin.pool.query('set session_replication_role = replica')
    await admin.pool.query(fill, [recordings, numbers])
    await admin.pool.query('vacuum analyze recording')
    const custodian = connectDatabase<RegisterTables>({
      url: server.urlFor(role, password, 'postgres'),
      applicationName: 'bench',
      size: 1,
      onIdleError,
    })
    const now = Temporal.Now.instant()
    const [six, three] = [await versionWith(6, now), await versionWith(3, now)]
    const bare = await median(() => custodian.pool.query('select count(*) from recording where destroy_at > now()'))
    let counted: Awaited<ReturnType<typeof dryRunTerms>> = []
    const dryRunMs = await median(async () => (counted = await dryRunTerms(custodian.db, six, three)))
    const destroyed = counted.reduce((sum, one) => sum + one.destroyed, 0)
    const shortened = counted.reduce((sum, one) => sum + one.shortened, 0)
    console.log(`${recordings} recordings, from 6 to 3 months: ${destroyed} destroyed, ${shortened} shortened`)
    console.log(`bare count               median ${bare.toFixed(0)} ms`)
    console.log(
      `dry run                  median ${dryRunMs.toFixed(0)} ms  x${(dryRunMs / bare).toFixed(1)}  (at most ${maxMs} ms)`,
    )

    await admin.pool.query('delete from recording where id not in (select id from recording limit $1)', [applied])
    const began = performance.now()
    const reached = await applyTerms(custodian.db, three, now)
    const each = (performance.now() - began) / Math.max(1, reached)
    console.log(`applied                  ${reached} recordings, ${each.toFixed(2)} ms each`)
    await custodian.close()
    return [
      {
        what: `dry run of a shorter term over ${recordings} recordings`,
        measured: ms(dryRunMs),
        yardstick: `bare count ${ms(bare)}`,
        ratio: ratio(dryRunMs, bare),
        target: `at most ${maxMs / 1000} s`,
        isReached: dryRunMs <= maxMs,
      },
    ]
  } finally {
    await admin.close()
    await server.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

/** Calls spread evenly over the last half year, in the order of their ends; retained for six months. */
const fill = `
  insert into recording (id, segment_id, contact_id, contact_started_at, state, started_at, ended_at, intake_day,
    recording_months, number_reached, call_ended_at, min_keep_until, destroy_at, expiry_month, size_bytes, sha256, kept_at,
    duration_ms, packets_received, packets_lost)
  select gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), ended - interval '5 minutes', 'STORED',
    ended - interval '4 minutes', ended, ended::date, 6,
    ($2::text[])[1 + n % 3], ended,
    ended + interval '2 months', ended + interval '6 months' - interval '1 day',
    date_trunc('month', ended + interval '6 months'), 480000, sha256(n::text::bytea), ended, 240000, 24000, 0
  from (select n, now() - n * (interval '178 days' / $1::int) as ended from generate_series($1::int, 1, -1) n) calls`

async function versionWith(months: number, effectiveFrom: Temporal.Instant): Promise<RegisterDescription> {
  const edits = [{ path: ['recordingPlan', 'rules', 0, 'recordingMonths'], value: months }]
  const parsed = parseDescription(editDescription(await readFile(seedDescriptionFile, 'utf8'), edits))
  if (!parsed.ok) throw new Error('the seed cannot be read')
  return { ...parsed.description, effectiveFrom }
}

async function median(work: () => Promise<unknown>): Promise<number> {
  const times: number[] = []
  for (let round = 0; round < rounds; round++) {
    const began = performance.now()
    await work()
    times.push(performance.now() - began)
  }
  return times.sort((a, b) => a - b)[Math.floor(rounds / 2)]!
}
