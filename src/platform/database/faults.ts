import { Fault } from '../fault.ts'

/** Codes of this folder's faults, each with the operator's remedy. */
export const databaseFaults = {
  'database-binaries-missing': 'The PostgreSQL binaries for this machine are not installed: run npm ci again.',
  'database-in-use': 'Another running Seloste uses this database folder: stop it first.',
  'database-start-failed': 'PostgreSQL did not start; the message has its last log lines.',
  'database-stopped': 'PostgreSQL exited; the message has its last log lines.',
  'database-hangs':
    'PostgreSQL accepts connections but does not answer: check its processes, its disk and the network.',
  'database-disk-full': 'The disk that holds the database is full: free some space.',
  'database-unsafe': 'PostgreSQL is set so that acknowledged commits can be lost: undo that setting.',
  'database-password-lost': 'The cluster exists but the file with its superuser password does not: restore both.',
  'database-older': 'The database folder was made by an earlier PostgreSQL: run seloste upgrade-database.',
  'database-newer':
    'The database folder was made by a later PostgreSQL: start the version of Seloste that includes it.',
  'migration-misnamed': 'A file in migrations/ does not follow NNNN-name.sql, or a number is missing or used twice.',
  'migration-changed': 'A migration that was already applied was edited: write a new one.',
  'migration-unknown': 'The database has migrations that this program does not know: the program is too old.',
  'migration-too-old': 'The database is older than the baseline: start the last version before 1.0.0 on it once.',
  'migration-failed': 'A migration was rolled back; the message has PostgreSQL’s error.',
  'functions-failed':
    'Functions, views, triggers, policies and grants were rolled back; the message has PostgreSQL’s error.',
  'database-role-wrong': 'A process connects to the database as the wrong role: correct DATABASE_URL.',
  'database-quarantined': 'A restore or move into this database is incomplete: run it again until it completes.',
  'database-moved': 'The register was moved from this database to another one: set DATABASE_URL to the new one.',
} as const

export type DatabaseFaultCode = keyof typeof databaseFaults

/** Database fault, with a code of `databaseFaults`. */
export class DatabaseFault extends Fault<DatabaseFaultCode> {}

/**
 * Returns PostgreSQL's message with its line. PostgreSQL counts an error's position in characters, from 1, over the whole text
 * sent.
 */
export function describeStatementError(cause: unknown, statements: string): string {
  const { message = String(cause), position } = cause as { message?: string; position?: string }
  if (!position) return message
  const line = statements.slice(0, Number(position)).split('\n').length
  return `${message} (line ${line})`
}
