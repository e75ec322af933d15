/**
 * Inserts a row into every empty table of a schema at any migration, as its columns and checks require. As far as the
 * checks determine it, the application could have written each row.
 */
import type { Client } from 'pg'

type Column = { name: string; type: string; isNeeded: boolean }

const at = `'2026-03-02 10:00Z'`
const later = `'2026-03-02 11:00Z'`
const hash = `sha256('x')`

/**
 * SQL for columns whose types and checks do not determine a value, by table and column; columns that a version lacks
 * are left out.
 */
const values: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  access_right: { requested_by: 'gen_random_uuid()', approved_by: 'gen_random_uuid()' },
  admission_part: {
    kinds: `'{contact}'`,
    ids: 'array[gen_random_uuid()]',
    starts: `array['2026-03-02 10:00Z'::timestamptz]`,
  },
  audit_leaf: { index: '0' },
  audit_pruning: { minimum_index: '256' },
  authority_disclosure: { number: `'V-2026-1'` },
  capture_hour: { hour: `'2026-03-02 10:00Z'` },
  described_role: { role: `'OFFICIAL'`, duty: 'null', scope: `'own'`, purposes: `'{}'` },
  destruction_entry: { object_kind: `'recording'`, cause: `'term'`, object_id: 'gen_random_uuid()' },
  directory_change: { kind: `'directory'` },
  disclosed_copy: { recording_id: 'gen_random_uuid()' },
  disclosure_package: { research_id: 'gen_random_uuid()', delivery: `'LINK'`, token_hash: hash },
  download: { package_id: 'gen_random_uuid()' },
  home_request: { party: `'CALLER'`, kinds: `'{KNOW}'` },
  ledger_content: { salt: hash, content: `'{}'` },
  ledger_leaf: { index: '0' },
  letter: { content: `'{}'`, erased_at: 'null' },
  office_slot: { ends_at: later },
  one_time_link: { person_id: 'gen_random_uuid()', expires_at: `now() + interval '1 hour'` },
  openness_lead: { research_id: 'gen_random_uuid()' },
  person_placement: { unit_id: 'gen_random_uuid()' },
  place_of_data: { first_used_at: at },
  proof: { holds: 'false', broken_since: at, facts: `'{}'` },
  recorded_part: { state: `'g'` },
  recording: { recording_months: '2' },
  research_disclosure: { number: `'T-2026-1'` },
  sampling_draw: { week: `'2026-03-02'` },
  sampling_plan: { days_left: '10' },
  subject_request: { number: `'P-2026-1'`, party: `'CALLER'`, kinds: `'{KNOW}'` },
  training_moment: { to_ms: '2', recording_id: 'gen_random_uuid()' },
  webhook_target: { events: `'{contact.admitted}'` },
}

/** Names of the tables, except the record of applied migrations. */
export async function tablesOf(client: Client): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(`
    select relname::text as name from pg_class where relnamespace = 'public'::regnamespace
      and relkind in ('r', 'p') and not relispartition and relname not in ('migration', 'applied_functions') order by 1`)
  return rows.map(({ name }) => name)
}

/** Inserts a row into an empty table, without triggers, as if written long ago. */
export async function fillTable(client: Client, table: string): Promise<void> {
  if (((await client.query(`select from "${table}" limit 1`)).rowCount ?? 0) > 0) return
  const { rows: columns } = await client.query<Column>(
    `select attname::text as name, format_type(atttypid, atttypmod) as type,
       attnotnull and not atthasdef and attidentity = '' as "isNeeded"
     from pg_attribute where attrelid = $1::regclass and attnum > 0 and not attisdropped and attgenerated = ''`,
    [`public."${table}"`],
  )
  const { rows: checks } = await client.query<{ text: string }>(
    `select pg_get_constraintdef(oid) as text from pg_constraint where conrelid = $1::regclass and contype = 'c'`,
    [`public."${table}"`],
  )
  const own = values[table] ?? {}
  const given = columns.filter(({ name, isNeeded }) => isNeeded || name in own)
  const texts = given.map(
    (column) =>
      own[column.name] ??
      valueOf(
        column,
        checks.map(({ text }) => text),
      ),
  )
  await client.query('begin')
  await client.query('set local session_replication_role = replica')
  await client
    .query(
      given.length === 0
        ? `insert into "${table}" default values`
        : `insert into "${table}" (${given.map(({ name }) => `"${name}"`).join(', ')}) values (${texts.join(', ')})`,
    )
    .catch((cause: unknown) => {
      throw new Error(`${table} takes no such row: ${(cause as Error).message}; give its values in fill-tables.ts`, {
        cause,
      })
    })
  await client.query('commit')
}

const byType: Readonly<Record<string, string>> = {
  text: `'x'`,
  uuid: 'gen_random_uuid()',
  'timestamp with time zone': at,
  date: `'2026-03-01'`,
  bytea: hash,
  boolean: 'false',
  jsonb: `'{}'`,
  inet: `'127.0.0.1'`,
  interval: `'1 hour'`,
  'double precision': '1',
}

/** Returns the first value that a check allows; if there is none, one by type. */
function valueOf({ name, type }: Column, checks: readonly string[]): string {
  for (const check of checks) {
    const [, word] = new RegExp(`\\b${name}\\b\\)?(?:::text)? = (?:ANY \\(+ARRAY\\[)?'([^']*)'`).exec(check) ?? []
    if (word !== undefined) return `'${word}'`
  }
  return type.endsWith('[]') ? `'{}'` : (byType[type] ?? '1')
}

/** Returns every row of a table as JSON. */
export async function rowsOf(client: Client, table: string): Promise<Record<string, unknown>[]> {
  const { rows } = await client.query<{ row: Record<string, unknown> }>(
    `select to_jsonb(t) as row from "${table}" t order by t::text`,
  )
  return rows.map(({ row }) => row)
}
