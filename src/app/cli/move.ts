import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { termZone } from '#description/terms.ts'
import { describePlace } from '#platform/config/places.ts'
import type { Settings } from '#platform/config/settings.ts'
import { openConnection } from '#platform/database/copy.ts'
import { migrate } from '#platform/database/migrate.ts'
import { describeDatabase } from '#platform/database/moved-away.ts'
import { Fault } from '#platform/fault.ts'
import { appendedLines } from '#platform/files/appended-lines.ts'
import { isFinalObject } from '#register/recordings/objects.ts'
import { appendAudit } from '#safeguards/audit/append.ts'
import { assertMovable, moveDatabase, lockMove, type MovedDatabase } from '#safeguards/moving/move-database.ts'
import {
  claimTarget,
  copyObjects,
  finishObjects,
  type MovedObjects,
  type ObjectMove,
} from '#safeguards/moving/move-objects.ts'
import { targetFault } from '#safeguards/moving/target.ts'
import { judgeSite } from '#safeguards/places/attested-site.ts'
import { PlaceFault } from '#safeguards/places/place-faults.ts'
import { isThisMachine, describeObjectStore } from '#safeguards/places/configured-places.ts'
import { readVersions, versionAt } from '#safeguards/versions/versions.ts'
import { completeInterruptedMove } from '../supervisor/finish-move.ts'
import { connectForMove, type MoveConnection } from '../supervisor/move-socket.ts'
import { openObjects } from '../roles/open-objects.ts'
import { recordLeftovers, readLeftovers } from './move-leftovers.ts'
import { destroyOld } from './move-destroy-old.ts'
import { giveUp } from './move-give-up.ts'
import { openDatabase, openSource, originOf, readTarget, type Target } from './move-target.ts'

/**
 * `move --to FILE`: moves database, store or both to the locations in the settings of a file; with `--give-up`, empties that
 * target again. `move --destroy-old`: destroys the data left at the old location.
 */
export async function move(settings: Settings, args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: { to: { type: 'string' }, 'give-up': { type: 'boolean' }, 'destroy-old': { type: 'boolean' } },
  })
  if (values['destroy-old'] === true) return destroyOld(settings)
  if (values.to === undefined) {
    throw new Fault(
      'argument-wrong',
      'move needs --to FILE, with DATABASE_URL, OBJECTS_URL or both (docs/operate/moving.md)',
    )
  }
  if ((await readLeftovers(settings.dataDirectory))?.destroying === true) {
    throw new Fault(
      'argument-wrong',
      'data left by an earlier move are only partly destroyed: first run "seloste move --destroy-old"',
    )
  }
  const target = readTarget(settings, values.to)
  const running = await connectForMove(settings)
  const source = await openSource(settings, running !== undefined)
  const lockConnection = await openConnection(source.url, 'seloste-move')
  try {
    await lockMove(lockConnection)
    if (values['give-up'] === true)
      return await giveUp(settings, target, { url: source.url, connection: lockConnection })
    await refuseRunning(source.url, running !== undefined)
    await assertAttested(source.url, target)
    await moveTo(settings, target, source, running)
  } finally {
    await lockConnection.close().catch(() => undefined)
    // Resumes the register: at its new location if it has moved, otherwise here.
    await running?.resume().catch((error: unknown) => {
      console.error(`seloste: ${(error as Error).message}`)
    })
    running?.close()
    await source.stop()
  }
}

/**
 * Refuses the move while roles run as separate processes without a supervisor, which cannot be paused, or captures run on other
 * machines.
 * @param isSupervised true if one supervised Seloste runs, which can be paused: it has one process of each role
 * @throws Fault `move-roles-run`
 */
async function refuseRunning(url: string, isSupervised: boolean): Promise<void> {
  const connection = await openConnection(url, 'seloste-move')
  const found = await connection
    .query<{ name: string }>(
      isSupervised
        ? `select 'capture ' || name as name from capture_nodes() where state not in ('ended', 'silent') order by 1`
        : `select distinct substring(application_name from '^seloste-[a-z]+') as name from pg_stat_activity
           where datname = current_database() and application_name ~ '^seloste-(custodian|capture|desk|feeds)\\M' order by 1`,
    )
    .finally(() => connection.close())
  if (found.length <= (isSupervised ? 1 : 0)) return
  throw new Fault(
    'move-roles-run',
    `${found.map(({ name }) => name).join(', ')} are running on this database: stop ${isSupervised ? 'all but one' : 'them'} for the move (drain captures first: docs/operate/moving.md)`,
  )
}

/**
 * Refuses a target without an attested site (R19).
 * @throws PlaceFault `place-unattested`
 */
async function assertAttested(url: string, target: Target): Promise<void> {
  const { db, close } = openDatabase(url)
  const now = Temporal.Now.instant()
  const versions = await readVersions(db).finally(close)
  const { sites } = versionAt(versions, now).description.storage
  const places = [
    ...(target.hasObjects ? [await describeObjectStore(target.settings)] : []),
    ...(target.database === undefined ? [] : [describeTargetDatabase(target.database, target.settings.sites.database)]),
  ]
  for (const place of places) {
    const verdict = judgeSite(sites, place, now.toZonedDateTimeISO(termZone).toPlainDate())
    if (verdict.attested) continue
    throw new PlaceFault(
      'place-unattested',
      `${place.location} may not store data: ${verdict.why} (R19; SELOSTE_SITES in the file of --to)`,
    )
  }
}

function describeTargetDatabase(text: string, site: string | undefined) {
  const url = new URL(text)
  const host = url.searchParams.get('host') ?? url.hostname
  const elsewhere = host !== '' && !host.startsWith('/') && !isThisMachine(host)
  return { name: 'database', location: describeDatabase(text), elsewhere, site }
}

async function moveTo(
  settings: Settings,
  target: Target,
  source: { url: string },
  running: MoveConnection | undefined,
): Promise<void> {
  const ended = await completeInterruptedMove(
    { databaseUrl: source.url, objects: settings.objects },
    target.environment,
  )
  if (ended.moved) {
    console.log(`the register had moved already${ended.isCompleted ? '; the remaining steps are done' : ''}`)
    return printSettingsToChange(target)
  }
  if (target.database !== undefined) {
    await assertMovable({ from: source.url, to: target.database, location: describeDatabase(target.database) })
  }
  const objects = target.hasObjects ? await beginObjects(settings, target, source.url) : undefined
  const startedAt = performance.now()
  if (objects) {
    console.log(
      `copying objects to ${describePlace({ at: target.settings.objects })}, while calls and playback continue`,
    )
    for (let pass = 0, copied = Infinity; copied > maxObjectsOfLastPass && pass < maxPasses; pass++)
      copied = (await copyAndPrint(objects)).copied
  }
  await running?.pause(target.environment)
  const pausedAt = performance.now()
  if (running) console.log('the register is paused: calls are recorded and queued, nobody can view data')
  else await refuseRunning(source.url, false)
  const settled = { objects: undefined as MovedObjects | undefined }
  const movesDatabase = target.database !== undefined
  /**
   * Does everything before the commit point. After an interruption the record remains, and `completeInterruptedMove` completes
   * the move.
   */
  const finishObjectCopy = async (database?: MovedDatabase) => {
    settled.objects = objects && (await copyAndPrint(objects))
    await recordMove(target.database ?? source.url, target, settled.objects, database)
    await recordLeftovers(settings.dataDirectory, {
      movedAt: Temporal.Now.instant().toString(),
      ...(movesDatabase && settings.databaseUrl === undefined && { database: 'embedded' }),
      ...(objects && { objects: [settings.objects] }),
    })
  }
  const moved =
    target.database === undefined
      ? await finishObjectCopy().then(() => undefined)
      : await moveDatabase({
          from: source.url,
          to: target.database,
          location: describeDatabase(target.database),
          migrate: (url, upTo) => migrate(url, { upTo }),
          onTable: ({ name, rows }, done, total) => {
            if (rows >= minRowsReported || done % 25 === 0 || done === total)
              console.log(`  table ${done} of ${total}: ${name}, ${rows} rows, compared`)
          },
          whileClosed: finishObjectCopy,
        })
  if (objects) {
    await finishObjects({ ...objects, location: describePlace({ at: target.settings.objects }) })
    await objects.copied.remove()
  }
  await running?.resume()
  const seconds = (from: number) => ((performance.now() - from) / 1000).toFixed(1)
  printMoved(moved, settled.objects)
  console.log(
    running
      ? `done in ${seconds(startedAt)} s; the register was paused for ${seconds(pausedAt)} s and resumed where it was moved to`
      : `done in ${seconds(startedAt)} s`,
  )
  printSettingsToChange(target)
}

/** Copying passes are repeated while one copies more than this, so that the last pass, with the register paused, is short. */
const maxObjectsOfLastPass = 100
const maxPasses = 5
/** Tables larger than this are reported on a line of their own. */
const minRowsReported = 10_000

async function beginObjects(settings: Settings, target: Target, databaseUrl: string): Promise<ObjectMove> {
  const origin = await originOf(databaseUrl)
  const [from, to] = [await openObjects(settings), await openObjects(target.settings)]
  try {
    await to.assertDeletesPermanently()
    await claimTarget({ to, origin })
  } catch (error) {
    throw targetFault(error, describePlace({ at: target.settings.objects }))
  }
  return {
    from,
    to,
    isSettled: isFinalObject,
    copied: appendedLines(join(settings.dataDirectory, 'moving', 'objects')),
    onCopied: ({ objects, bytes }) => {
      if (objects % 1000 === 0) console.log(`  ${objects} objects there, ${megabytes(bytes)} copied now`)
    },
  }
}

async function copyAndPrint(objects: ObjectMove): Promise<MovedObjects> {
  const moved = await copyObjects(objects).catch((error: unknown) => {
    throw targetFault(error, 'the target store')
  })
  console.log(
    `  ${moved.objects} objects there, ${moved.copied} copied now (${megabytes(moved.bytes)}) and read back, ${moved.removed} deleted there because they were deleted here meanwhile`,
  )
  return moved
}

/** Writes the register's new place into the audit log. */
async function recordMove(
  url: string,
  target: Target,
  objects: MovedObjects | undefined,
  database: MovedDatabase | undefined,
): Promise<void> {
  const { db, close } = openDatabase(url)
  await appendAudit(db, {
    action: 'register.moved',
    result: 'ok',
    object: { kind: 'place' },
    detail: {
      ...(database && {
        database: describeDatabase(target.database ?? ''),
        tables: database.tables.length,
        rows: database.rows,
        logLeaves: database.heads.auditLog.leaves,
        logRoot: database.heads.auditLog.root,
        ledgerLeaves: database.heads.ledger.leaves,
        ledgerRoot: database.heads.ledger.root,
      }),
      ...(objects && { store: describePlace({ at: target.settings.objects }), objects: objects.objects }),
    },
  }).finally(close)
}

function printMoved(database: MovedDatabase | undefined, objects: MovedObjects | undefined): void {
  if (database) {
    const { tables, rows, catalog, heads } = database
    console.log(
      `database: ${tables.length} tables, ${rows} rows, sequences, and ${catalog} lines of columns, functions and rights are identical`,
    )
    console.log(`  audit log: ${heads.auditLog.leaves} leaves, root ${heads.auditLog.root}`)
    console.log(`  destruction ledger: ${heads.ledger.leaves} leaves, root ${heads.ledger.root}`)
  }
  if (objects) console.log(`store: ${objects.objects} objects are identical, each read back`)
}

function printSettingsToChange({ environment }: Target): void {
  console.log('Change the settings now (seloste.yaml, or the environment), for commands and the next start:')
  for (const name of Object.keys(environment)) console.log(`  ${name}: as in the file of --to`)
  console.log('The data left here include personal data: then destroy them with "seloste move --destroy-old".')
}

function megabytes(bytes: number): string {
  return `${(bytes / 1_000_000).toFixed(1)} MB`
}
