import { Fault } from '../fault.ts'

/** Codes of this folder's faults, each with the operator's remedy. */
export const databaseFaults = {
  'database-binaries-missing': 'The PostgreSQL binaries for this machine are not installed: run npm ci again.',
  'database-in-use': 'Another running Seloste has this database folder: stop it first.',
  'database-start-failed': 'PostgreSQL did not start; the message carries its own last words.',
  'database-stopped': 'PostgreSQL ended by itself; the message carries its own last words.',
  'database-hangs':
    'PostgreSQL accepts connections and answers nothing: see to its processes, its disk or the way there.',
  'database-disk-full': 'The disk that holds the database is full: free some space.',
  'database-unsafe': 'PostgreSQL is set up so that acknowledged commits can be lost: undo that setting.',
  'database-password-lost': 'The cluster is there and the file with its superuser password is not: restore both.',
  'database-older': 'The database folder is of an earlier PostgreSQL: run seloste upgrade-database.',
  'database-newer': 'The database folder is of a later PostgreSQL: start the version of Seloste that has it.',
  'migration-misnamed': 'A file in migrations/ does not follow NNNN-name.sql, or a number is missing or used twice.',
  'migration-changed': 'A migration that was already applied was edited: write a new one.',
  'migration-unknown': 'The database has migrations that this program does not know: the program is too old.',
  'migration-too-old': 'The database is older than the baseline: start the last version before 1.0.0 on it once.',
  'migration-failed': 'A migration was rolled back; the message carries what PostgreSQL said.',
  'functions-failed':
    'Functions, views, triggers, policies and grants were rolled back; the message carries what PostgreSQL said.',
  'database-role-wrong': 'A process signs in to the database as another role than its own: mend DATABASE_URL.',
  'database-quarantined': 'A restore or a move into this database has not ended: run it again, to its end.',
  'database-moved': 'The register was moved from this database to another one: set DATABASE_URL to that.',
} as const

export type DatabaseFaultCode = keyof typeof databaseFaults

/** Database fault, with a code of `databaseFaults`. */
export class DatabaseFault extends Fault<DatabaseFaultCode> {}
