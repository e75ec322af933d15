/** Opens a log on a test's database, with its own keys and folder. */
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openLogFolder, type LogFolder } from '#safeguards/audit/log-folder.ts'
import { readLogKey } from '#safeguards/audit/log-key.ts'
import { pruneLog } from '#safeguards/audit/prune.ts'
import { createSequencer } from '#safeguards/audit/sequencer.ts'
import { openKeyFolder } from '#safeguards/keys/key-folder.ts'
import type { SafeguardTables } from '#safeguards/tables.ts'
import type { TestDatabase } from '#test/database/create-test-database.ts'

export async function openTestLog<Tables extends SafeguardTables>(database: TestDatabase<Tables>) {
  const place = await mkdtemp(join(tmpdir(), 'seloste-log-'))
  const keys = await openKeyFolder(join(place, 'keys'))
  const folder = await openLogFolder(join(place, 'audit-log'))
  const custodian = database.as('seloste_custodian').db
  /** Opens a sequencer, as a new process does. */
  const openSequencer = (otherFolder: LogFolder = folder) =>
    createSequencer({ db: custodian, keys, folder: otherFolder, instance: () => 'Lupavirasto Test' })
  const sequence = async (sequencer = openSequencer()) => sequencer.sequence(new AbortController().signal)
  const prune = async (months: number | null, now = Temporal.Now.instant()) =>
    pruneLog(custodian, months, { signer: await readLogKey(keys), folder, now })
  return { place, keys, folder, begin: openSequencer, sequence, prune }
}
