/** The register's side of an import, for the command that runs it. */
import type { Kysely } from 'kysely'
import { admitImported, beginImport, takenIn, type ImportRun } from '#register/admit-imported.ts'
import type { RegisterTables } from '#register/tables.ts'
import type { ImportSink, ImportWork } from './run-import.ts'

export function beginImportIn(db: Kysely<RegisterTables>): (run: ImportRun) => Promise<void> {
  return (run) => beginImport(db, run)
}

export function admitImportedTo(db: Kysely<RegisterTables>): ImportSink['admit'] {
  return (importId, facts, digests) => admitImported(db, importId, facts, digests)
}

export function takenInTo(db: Kysely<RegisterTables>): ImportWork['takenIn'] {
  return (digests) => takenIn(db, digests)
}
