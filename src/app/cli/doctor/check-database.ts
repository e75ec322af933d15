import { connectDatabase } from '#platform/database/connect.ts'
import { isLocalServer } from '../create-database/local-server.ts'
import { error, lineOf, ok, warning, type Finding } from './finding.ts'

const oldestVersion = 15
const maxConnections = 100
const clockSkewWarningMs = 1_000
const clockSkewErrorMs = 30_000
/** With weaker settings an acknowledged commit can be lost. */
const durable: Record<string, readonly string[]> = {
  fsync: ['on'],
  full_page_writes: ['on'],
  synchronous_commit: ['on', 'remote_apply'],
}

/** Checks the database of DATABASE_URL; the embedded one is set up by Seloste. */
export async function checkDatabase(url: string | undefined): Promise<Finding[]> {
  if (url === undefined) return [ok('database', 'the embedded PostgreSQL is used')]
  const { pool, close } = connectDatabase({
    ...{ url, applicationName: 'seloste-doctor', size: 1 },
    onIdleError: () => undefined,
  })
  try {
    const before = performance.now()
    const { rows } = await pool.query<DatabaseFacts & { atMs: number }>(
      `select current_setting('server_version_num')::int as version, current_setting('server_encoding') as encoding, lower('Ä') = 'ä' as "lowersUmlauts",
        current_setting('max_connections')::int as connections, current_setting('fsync') as fsync,
        current_setting('full_page_writes') as full_page_writes, current_setting('synchronous_commit') as synchronous_commit,
        current_setting('data_checksums') as checksums, rolsuper or rolcreaterole as "createsRoles",
        has_database_privilege(current_database(), 'CREATE') as "createsTables",
        to_char('2026-07-15 12:00Z'::timestamptz at time zone 'Europe/Helsinki', 'HH24') as summer,
        current_setting('log_error_verbosity') <> 'terse' or current_setting('log_statement') <> 'none'
          or current_setting('log_min_error_statement') not in ('fatal', 'panic') or current_setting('log_parameter_max_length_on_error') <> '0'
          or current_setting('log_parameter_max_length') <> '0' and current_setting('log_min_duration_statement') <> '-1' as "logsValues",
        extract(epoch from clock_timestamp())::float8 * 1000 as "atMs"
      from pg_roles where rolname = current_user`,
    )
    const { atMs, ...facts } = rows[0]!
    const nowMs = Temporal.Now.instant().epochMilliseconds - (performance.now() - before) / 2
    return judgeDatabase(facts, Math.abs(nowMs - atMs))
  } catch (thrown) {
    return [judgeConnectionError(thrown, url)]
  } finally {
    await close()
  }
}

export interface DatabaseFacts {
  /** As in server_version_num. */
  version: number
  encoding: string
  /** True if the database's locale maps Ä to lower case; C and POSIX do not. */
  lowersUmlauts: boolean
  connections: number
  fsync: string
  full_page_writes: string
  synchronous_commit: string
  checksums: string
  createsRoles: boolean
  createsTables: boolean
  /** True if failed statements are logged with their values. */
  logsValues: boolean
  /** Hour in Helsinki at 12.00 UTC of a summer day, according to the database. */
  summer: string
}

export function judgeDatabase(facts: DatabaseFacts, skewMs: number): Finding[] {
  const version = Math.floor(facts.version / 10_000)
  const found = [
    version >= oldestVersion
      ? ok('database.version', `PostgreSQL ${version} answers`)
      : error(
          'database.version',
          `PostgreSQL ${version} is too old`,
          `use ${oldestVersion} or later; 15, 17 and 18 are tested`,
        ),
    facts.encoding === 'UTF8'
      ? ok('database.encoding', 'the database is UTF-8')
      : error(
          'database.encoding',
          `the database has the encoding ${facts.encoding}, which cannot store Finnish and Swedish names`,
          `create it anew: createdb --encoding=UTF8 --locale=C.UTF-8 --template=template0`,
        ),
    facts.lowersUmlauts
      ? ok('database.locale', 'its locale handles case for all letters')
      : error(
          'database.locale',
          'its locale is C or POSIX, so Ä and ä do not match: searches miss names',
          `create it anew with another: createdb --encoding=UTF8 --locale=C.UTF-8 --template=template0, and restore a backup into it`,
        ),
    facts.createsRoles && facts.createsTables
      ? ok('database.rights', 'its user may create roles and tables')
      : error(
          'database.rights',
          `its user may not create ${facts.createsTables ? 'roles' : 'tables'}`,
          'alter role … createrole, and alter database … owner to …: the processes sign in as roles of their own',
        ),
    facts.summer === '15'
      ? ok('database.time-zone', 'its time zone data for Europe/Helsinki are correct')
      : error('database.time-zone', 'its time zone data are wrong', 'update tzdata on its machine'),
    facts.connections >= maxConnections
      ? ok('database.connections', `it allows ${facts.connections} connections`)
      : warning(
          'database.connections',
          `it allows ${facts.connections} connections; the processes need up to 80`,
          `set max_connections to ${maxConnections} or more`,
        ),
    facts.logsValues
      ? warning(
          'database.log',
          'its log contains failed statements, with names and numbers in them',
          'as a superuser, apply the settings in docs/operate/database-and-store.md, “Its log”, to this database',
        )
      : ok('database.log', 'its log contains no names and numbers'),
    judgeClockSkew(skewMs),
  ]
  for (const [name, allowed] of Object.entries(durable)) {
    const setting = facts[name as 'fsync']
    if (allowed.includes(setting)) continue
    found.push(error(`database.${name}`, `${name} is ${setting}: acknowledged calls can be lost`, `set ${name} to on`))
  }
  if (facts.checksums !== 'on') {
    const remedy = 'stop it, and run "pg_checksums --enable" on its cluster'
    found.push(warning('database.checksums', 'data checksums are off: corruption on its disk is not detected', remedy))
  }
  return found
}

function judgeClockSkew(skewMs: number): Finding {
  const says = `its clock and this machine's are ${Math.round(skewMs)} ms apart`
  const remedy = 'synchronise both by NTP; terms and the log use its clock, calls use this one'
  if (skewMs > clockSkewErrorMs) return error('database.clock', says, remedy)
  return skewMs > clockSkewWarningMs ? warning('database.clock', says, remedy) : ok('database.clock', says)
}

const remedies: Record<string, string> = {
  ECONNREFUSED: 'start PostgreSQL, and let it listen where DATABASE_URL says (listen_addresses)',
  ENOTFOUND: 'correct the host in DATABASE_URL; this name is unknown',
  ETIMEDOUT: 'check the network: a firewall, a wrong address',
  // SQLSTATE codes of PostgreSQL.
  '28P01': 'correct the password in DATABASE_URL',
  '28000': 'allow the user in the server’s pg_hba.conf',
  '3D000': 'create the database: createdb --encoding=UTF8 --locale=C.UTF-8 --template=template0',
  // Node's TLS codes.
  SELF_SIGNED_CERT_IN_CHAIN:
    'name the authority that signed the server’s certificate: sslrootcert=/path in DATABASE_URL',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    'name the authority that signed the server’s certificate: sslrootcert=/path in DATABASE_URL',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'name the server’s own certificate: sslrootcert=/path in DATABASE_URL',
  ERR_TLS_CERT_ALTNAME_INVALID: 'use the host name in DATABASE_URL that is in the server’s certificate',
  CERT_HAS_EXPIRED: 'renew the certificate of the server (ssl_cert_file), and reload it',
  ENOENT: 'correct the path of sslrootcert, sslcert or sslkey in DATABASE_URL',
}
const missingSocketRemedy =
  'start PostgreSQL, or correct host= in DATABASE_URL: it must be the folder in the server’s unix_socket_directories'
/** Before `setup`, neither database nor users nor access lines exist: PostgreSQL reports the first that is missing. */
const isNotMade = (code: string | undefined) => code === '28000' || code === '3D000'
const setupRemedy =
  'run "seloste setup", or "seloste create-database" alone: it makes the database and lets each role sign in. If it has run: run this command as root or as the user of a role, which pg_hba.conf and pg_ident.conf must allow'
const printRemedy =
  'let the server’s administrator run what "seloste create-database --print" prints: it makes the database and its owner, and has the lines for pg_hba.conf'
const missingTlsRemedy = 'enable TLS on the server: ssl = on, ssl_cert_file and ssl_key_file in its postgresql.conf'

/** @param url the DATABASE_URL, which is not printed */
export function judgeConnectionError(thrown: unknown, url?: string): Finding {
  const { code, message, syscall } = thrown as { code?: string; message?: string; syscall?: string }
  const remedy =
    // ENOENT of `connect` is a missing socket; any other ENOENT is a missing TLS file (in `remedies`).
    (code === 'ENOENT' && syscall === 'connect' ? missingSocketRemedy : undefined) ??
    (isNotMade(code) && url !== undefined ? (isLocalServer(url) ? setupRemedy : printRemedy) : undefined) ??
    remedies[code ?? ''] ??
    (message?.includes('does not support SSL') ? missingTlsRemedy : undefined) ??
    'correct DATABASE_URL, or check the server and the network'
  return error('database', `cannot connect to the database of DATABASE_URL: ${lineOf(thrown)}`, remedy)
}
