/** Register functions of an import, bound to a database, for the command that runs it. */
import type { Kysely } from 'kysely'
import { admitImported, analyzeImported, beginImport, findImported, type ImportRun } from '#register/admit-imported.ts'
import type { RegisterTables } from '#register/tables.ts'
import type { ImportSink, ImportWork } from './run-import.ts'

export function beginImportIn(db: Kysely<RegisterTables>): (run: ImportRun) => Promise<void> {
  return (run) => beginImport(db, run)
}

/** Recordings after which statistics are updated for the first time, and the factor to the next time. */
const [firstAnalyzed, factor] = [100, 4]

/** @param months terms of the numbers with rules */
export function admitImportedTo(
  db: Kysely<RegisterTables>,
  months: Readonly<Record<string, number>>,
): ImportSink['admit'] {
  let admitted = 0
  let next = firstAnalyzed
  return async (importId, facts, file) => {
    const outcome = await admitImported(db, importId, facts, file, months)
    if (++admitted >= next) {
      next *= factor
      await analyzeImported(db)
    }
    return outcome
  }
}

export function findImportedIn(db: Kysely<RegisterTables>): ImportWork['findImported'] {
  return (digests) => findImported(db, digests)
}
