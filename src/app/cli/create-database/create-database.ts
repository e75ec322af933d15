import { readFile, realpath } from 'node:fs/promises'
import { setTimeout as wait } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import type { Settings } from '#platform/config/settings.ts'
import { databaseSetupScript, databaseSetupSteps } from '#platform/database/database-setup.ts'
import { Fault } from '#platform/fault.ts'
import { replaceText } from '#platform/files/replace-text.ts'
import { hbaLines, identLines, withHba, withIdent } from './access-lines.ts'
import { queryAs, localServerOf } from './local-server.ts'

const owner = 'seloste'
const superuser = 'postgres'
const reloadMs = 10_000
const retryMs = 200

/** Runs a statement as the superuser, and returns its rows. */
export type QueryAsSuperuser = (database: string, statement: string) => Promise<string[][]>

/**
 * `create-database`: makes the register's database in the PostgreSQL of this machine, and lets the roles sign in by their
 * operating system users. May be repeated. `--print`: prints the statements and lines instead, for the administrator of another
 * machine's PostgreSQL.
 */
export async function createDatabase(readSettings: () => Settings, args: string[]): Promise<void> {
  const { values } = parseArgs({ args, options: { print: { type: 'boolean' } } })
  if (values.print === true) {
    process.stdout.write(statementsToPrint('seloste'))
    return
  }
  const { database, ...server } = localServerOf(readSettings().databaseUrl)
  if (process.getuid?.() !== 0) {
    throw new Fault('argument-wrong', 'create-database changes PostgreSQL’s settings: run it as root, or with --print')
  }
  const query: QueryAsSuperuser = (where, statement) => queryAs(superuser, server, where, statement)
  for (const line of await makeDatabase(query, { owner, database })) console.log(line)
  const deadline = performance.now() + reloadMs
  for (;;) {
    try {
      await queryAs(owner, server, database, 'select')
      break
    } catch (error) {
      if (performance.now() > deadline) throw error
      await wait(retryMs)
    }
  }
  console.log(
    `The database ${database} is ready: next, seloste doctor. If Seloste has run on it before: seloste prepare.`,
  )
}

/**
 * Creates database and owner, and writes the access lines; restores both files if PostgreSQL does not accept them.
 * @returns what was done
 */
export async function makeDatabase(
  query: QueryAsSuperuser,
  { owner, database }: { owner: string; database: string },
): Promise<string[]> {
  const done: string[] = []
  for (const { database: where, statement, unless } of databaseSetupSteps(owner, database)) {
    if (unless !== undefined && (await query('postgres', `select count(*) from (${unless}) as found`))[0]?.[0] !== '0')
      continue
    await query(where, statement)
    if (unless !== undefined) done.push(statement)
  }
  done.push('revoked from everybody: advisory locks, large objects, WAL messages; no values in PostgreSQL’s log')
  await assertOwned(query, owner, database)
  const [[hba = '', ident = ''] = []] = await query(
    'postgres',
    `select current_setting('hba_file'), current_setting('ident_file')`,
  )
  const originals = [await replace(ident, withIdent), await replace(hba, (text) => withHba(text, database))]
  const wrong = await query(
    'postgres',
    `select 'pg_hba.conf', line_number, error from pg_hba_file_rules where error is not null
     union all select 'pg_ident.conf', line_number, error from pg_ident_file_mappings where error is not null`,
  )
  if (wrong.length > 0) {
    for (const { path, text } of originals) await replace(path, () => text)
    const [file, line, error] = wrong[0]!
    throw new Fault(
      'database-access-file-wrong',
      `${file} has an error in line ${line} (${error}); both files were restored`,
    )
  }
  for (const { path, text } of originals) {
    if ((await readFile(path, 'utf8')) !== text) done.push(`wrote the lines of Seloste to ${path}`)
  }
  await query('postgres', 'select pg_reload_conf()')
  return done
}

/** Checks owner, encoding and rights: the database may have existed before. @throws Fault `database-unfit` */
async function assertOwned(query: QueryAsSuperuser, owner: string, database: string): Promise<void> {
  const [[isOwned, isUtf8, isSuperuser, createsRoles] = []] = await query(
    database,
    `select pg_get_userbyid(datdba) = '${owner}', pg_encoding_to_char(encoding) = 'UTF8', rolsuper, rolcreaterole
     from pg_database, pg_roles where datname = current_database() and rolname = '${owner}'`,
  )
  const reasons = [
    ...(isOwned === 't' ? [] : [`its owner is not ${owner}`]),
    ...(isUtf8 === 't' ? [] : ['its encoding is not UTF8']),
    ...(isSuperuser === 'f' ? [] : [`${owner} is a superuser`]),
    ...(createsRoles === 't' ? [] : [`${owner} may not create roles`]),
  ]
  if (reasons.length === 0) return
  throw new Fault('database-unfit', `The database ${database} exists already, but ${reasons.join(', ')}.`)
}

/** Changes a file’s text. Returns what it was. */
async function replace(file: string, change: (text: string) => string): Promise<{ path: string; text: string }> {
  const path = await realpath(file)
  const text = await readFile(path, 'utf8')
  const changed = change(text)
  if (changed !== text) await replaceText(path, changed)
  return { path, text }
}

function statementsToPrint(database: string): string {
  return `-- For the superuser, with psql. Then, where the owner signs in with a password: \\password ${owner}
${databaseSetupScript(databaseSetupSteps(owner, database))}
-- If the roles run on PostgreSQL’s machine and sign in by their operating system users.
-- pg_hba.conf, before all other lines:
${hbaLines(database)
  .map((line) => `--   ${line}`)
  .join('\n')}
-- pg_ident.conf:
${identLines.map((line) => `--   ${line}`).join('\n')}
`
}
