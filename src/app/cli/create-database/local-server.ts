import { spawn } from 'node:child_process'
import { Fault } from '#platform/fault.ts'

/** PostgreSQL server on this machine, reached over its socket. */
export interface LocalServer {
  /** Folder of its socket. */
  host: string
  port: number
}

/** Separates fields of a row; no path or message contains this character. */
const separator = '\u001f'

/** Returns true if a DATABASE_URL names the socket of a server on this machine: `setup` makes its database. */
export function isLocalServer(databaseUrl: string | undefined): boolean {
  return /^postgres(ql)?:\/\/\/.*[?&]host=(\/|%2f)/i.test(databaseUrl ?? '')
}

/**
 * Returns the server of a DATABASE_URL, and the database's name.
 * @throws Fault `argument-wrong` if it is on another machine, or embedded
 */
export function localServerOf(databaseUrl: string | undefined): LocalServer & { database: string } {
  const printed = '"seloste create-database --print" prints what its administrator has to run'
  if (databaseUrl === undefined) {
    throw new Fault(
      'argument-wrong',
      `DATABASE_URL is not set: the embedded PostgreSQL needs no preparation. For one of your own, ${printed}`,
    )
  }
  const url = new URL(databaseUrl)
  const host = url.searchParams.get('host') ?? decodeURIComponent(url.hostname)
  if (!host.startsWith('/')) {
    throw new Fault(
      'argument-wrong',
      `DATABASE_URL names ${host || 'no socket'}, not a server on this machine: ${printed}`,
    )
  }
  return {
    host,
    port: Number(url.searchParams.get('port') ?? (url.port || 5432)),
    database: decodeURIComponent(url.pathname.slice(1)),
  }
}

/**
 * Runs a statement with Debian's psql as an operating system user, who signs in by that name.
 * @returns the rows
 * @throws Fault `database-statement-failed`
 */
export async function queryAs(
  user: string,
  server: LocalServer,
  database: string,
  statement: string,
): Promise<string[][]> {
  const args = ['-XAtq', '-v', 'ON_ERROR_STOP=1', '-F', separator, '-h', server.host, '-p', String(server.port)]
  const { code, out, error } = await run('runuser', ['-u', user, '--', 'psql', ...args, '-d', database], statement)
  if (code === 0) {
    return out
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => line.split(separator))
  }
  throw new Fault(
    'database-statement-failed',
    `PostgreSQL answers to ${user}: ${error.trim() || `psql ended with ${code}`}`,
  )
}

function run(program: string, args: string[], input: string): Promise<{ code: number; out: string; error: string }> {
  return new Promise((resolve, reject) => {
    // Passes on neither the package's PGUSER nor its settings: psql signs in as the user that it runs as.
    const child = spawn(program, args, { env: { PATH: process.env['PATH'], LC_ALL: 'C.UTF-8' }, cwd: '/' })
    let [out, error] = ['', '']
    child.stdout.on('data', (text: Buffer) => (out += text.toString()))
    child.stderr.on('data', (text: Buffer) => (error += text.toString()))
    child.on('error', (cause: NodeJS.ErrnoException) =>
      reject(new Fault('database-statement-failed', `${program} does not run (${cause.code ?? cause.message})`, cause)),
    )
    child.on('close', (code) => resolve({ code: code ?? 1, out, error }))
    child.stdin.on('error', () => undefined) // Its end is reported by `close`.
    child.stdin.end(statement(input))
  })
}

function statement(text: string): string {
  return `${text};\n`
}
