import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import type { Kysely } from 'kysely'
import { termsByNumber } from '#capture/import/describe-entry.ts'
import { destroyOld } from '#capture/import/destroy-old.ts'
import { readImportMap, type ImportMap } from '#capture/import/import-map.ts'
import { planImport, type ImportPlan } from '#capture/import/plan-import.ts'
import { runImport, tryImport, type FileReport, type ImportSink, type ImportWork } from '#capture/import/run-import.ts'
import { admitImportedTo, beginImportIn, findImportedIn } from '#capture/import/register.ts'
import type { Settings } from '#platform/config/settings.ts'
import { Fault } from '#platform/fault.ts'
import { holdExclusiveLock } from '#platform/jobs/exclusive-lock.ts'
import { compareImported } from '#register/compare-imported.ts'
import { destructionTime } from '#register/register-time.ts'
import type { RegisterTables } from '#register/tables.ts'
import { describeFinding } from '#register/verify/findings.ts'
import { verifyRecordings } from '#register/verify/verify-recordings.ts'
import { appendAudit } from '#safeguards/audit/append.ts'
import { intakeKeySource } from '#safeguards/keys/intake-key-source.ts'
import { openKeyStore } from '#safeguards/keys/open-key-store.ts'
import { readDirectory } from '#safeguards/people/people.ts'
import { readVersions, versionAt } from '#safeguards/versions/versions.ts'
import { openObjects } from '../roles/open-objects.ts'
import { describeImport, reportRows } from './describe-import.ts'
import { databaseUrlOf, withRunningDatabase } from './running-database.ts'

/** Exit code if a sealed recording differs from its file, or was not ingested. */
const differsExitCode = 3
const reportEveryMs = 1_000
/** The maps that come with Seloste (docs/formats/import-map.md). */
const ownMaps = new URL('../../capture/import/maps/', import.meta.url)
const standstill = 'the custodian ingests nothing: see "seloste status", then run the command again'

/**
 * `import`: imports recordings from the files of an earlier recorder, beside a running Seloste. `--dry-run` prints what would be
 * imported; `--destroy-old` destroys the files that are in the register or too old for it. Exits with 3 if a recording differs.
 */
export async function importRecordings(settings: Settings, args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      from: { type: 'string' },
      map: { type: 'string' },
      'dry-run': { type: 'boolean' },
      'destroy-old': { type: 'boolean' },
      report: { type: 'string' },
    },
  })
  const {
    from,
    map: mapPath,
    'dry-run': isDry = false,
    'destroy-old': destroysOld = false,
    report: reportPath,
  } = values
  if (from === undefined || mapPath === undefined || (isDry && destroysOld))
    throw new Fault(
      'argument-wrong',
      'import needs --from FOLDER and --map FILE, and one of --dry-run and --destroy-old at most',
    )
  const map = await readMap(mapPath)
  await withRunningDatabase(settings, 'import', async (db) => {
    const lock = isDry ? undefined : await holdLock(settings)
    try {
      const plan = await planImport(from, map)
      const work = await workOf(db, from, map)
      if (destroysOld) return await destroy(settings, db, plan, work)
      const progress = printProgress(plan)
      const onFile = (report: FileReport) => progress.file(report)
      if (isDry) return await print(await tryImport(plan, { ...work, onFile }), { map, isDry, reportPath })
      const sink = await sinkOf(settings, db, map, work)
      const { files, ...rest } = await runImport(plan, { ...work, onFile }, { ...sink, onWaiting: progress.waiting })
      await print(files, { map, isDry, reportPath, ...rest })
      if (rest.different.length + rest.faulty.length > 0) process.exitCode = differsExitCode
      else if (rest.waiting > 0) throw new Fault('import-unfinished', standstill)
    } finally {
      await lock?.stop()
    }
  })
}

/** Reads a map file. A name without a path is one of Seloste's own maps, unless such a file exists. */
async function readMap(path: string): Promise<ImportMap> {
  const own = /^[a-z0-9-]+$/.test(path) ? fileURLToPath(new URL(`${path}.yaml`, ownMaps)) : undefined
  const written = await readFile(path, 'utf8').catch(() =>
    own === undefined ? undefined : readFile(own, 'utf8').catch(() => undefined),
  )
  if (written === undefined) throw new Fault('not-found', `the map ${path} cannot be read`)
  return readImportMap(written, path)
}

async function holdLock(settings: Settings) {
  const lock = await holdExclusiveLock({
    databaseUrl: await databaseUrlOf(settings),
    applicationName: 'seloste-import-lock',
    lockName: 'seloste.import',
    patienceMs: 2_000,
    onElsewhere: () => process.exit(1),
  })
  if (lock === 'elsewhere') throw new Fault('import-elsewhere', 'another import is running: wait until it has ended')
  return lock
}

async function workOf(db: Kysely<RegisterTables>, folder: string, map: ImportMap): Promise<Omit<ImportWork, 'onFile'>> {
  const [versions, officials] = [await readVersions(db), await readDirectory(db)]
  const context = {
    versionAt: (at: Temporal.Instant) => versionAt(versions, at),
    officials,
    now: Temporal.Now.instant(),
  }
  return { folder, map, context, findImported: findImportedIn(db) }
}

async function sinkOf(
  settings: Settings,
  db: Kysely<RegisterTables>,
  { source, sha256 }: ImportMap,
  { context }: Pick<ImportWork, 'context'>,
): Promise<ImportSink> {
  const [objects, keys] = [await openObjects(settings), await openKeyStore(settings)]
  const { version } = context.versionAt(context.now)
  return {
    begin: (id) => beginImportIn(db)({ id, source, mapSha256: sha256, descriptionVersion: version }),
    admit: admitImportedTo(db, termsByNumber(context)),
    objects,
    workFolder: join(settings.dataDirectory, 'import'),
    nextIntakeKey: intakeKeySource(db, crypto.randomUUID()),
    compare: (except) => compareImported({ db, objects, keys }, except),
  }
}

async function destroy(
  settings: Settings,
  db: Kysely<RegisterTables>,
  plan: ImportPlan,
  work: Omit<ImportWork, 'onFile'>,
): Promise<void> {
  const [objects, keys] = [await openObjects(settings), await openKeyStore(settings)]
  const verified = await verifyRecordings({ db, objects, keys, places: [] })
  if (verified.found > 0) {
    for (const finding of verified.findings.slice(0, 20)) console.log(`  ${describeFinding(finding)}`)
    throw new Fault('import-unverified', `recordings verify has ${verified.found} findings: no file was destroyed`)
  }
  console.log(`every one of the ${verified.held} held recordings can be decrypted`)
  const { remaining, ...done } = await destroyOld(plan, work, await destructionTime(db))
  await appendAudit(db, {
    action: 'import.old-destroyed',
    result: 'ok',
    object: { kind: 'import' },
    detail: { source: work.map.source, ...done },
  })
  console.log(
    `destroyed: ${done.imported} files that the register has, ${done.tooOld} that are too old, ${done.metadata} with metadata; ${remaining.length} stay`,
  )
  for (const { path, reason } of remaining) console.log(`  ${path}: ${reason}`)
}

async function print(
  files: readonly FileReport[],
  summary: Parameters<typeof describeImport>[1] & { reportPath: string | undefined },
): Promise<void> {
  for (const line of describeImport(files, summary)) console.log(line)
  if (summary.reportPath === undefined) return
  // The names of files may contain numbers of callers: a new file, readable by its owner only, never one behind a link.
  await rm(summary.reportPath, { force: true })
  await writeFile(summary.reportPath, reportRows(files), { mode: 0o600, flag: 'wx' })
  console.log(`report: ${summary.reportPath}`)
}

/** Prints progress at most once a second, and only on a terminal. */
function printProgress({ files, listed }: ImportPlan) {
  let done = 0
  let printedMs = performance.now()
  const print = (line: () => string) => {
    if (!process.stderr.isTTY || performance.now() - printedMs < reportEveryMs) return
    printedMs = performance.now()
    console.error(line())
  }
  return {
    file: (_: FileReport) => {
      done++
      print(() => `${done} of ${files.length + listed.length} files`)
    },
    waiting: (waiting: number) => print(() => `${waiting} recordings wait for the custodian`),
  }
}
