import { parseArgs } from 'node:util'
import type { Settings } from '#platform/config/settings.ts'
import { planMigration, type MigrationPlan } from '#platform/database/migrate.ts'
import { Fault } from '#platform/fault.ts'
import { requestCapture } from '../capture/capture-control.ts'
import { checkSettings } from './doctor/check-settings.ts'
import { error, lineOf, ok, printFindings, warning, type Finding } from './doctor/finding.ts'
import { databaseUrlOf } from './running-database.ts'
import { version } from './version.ts'

/**
 * `upgrade --check`: reports what the first start of this version would change, and what prevents it, before it is installed over a
 * running one. Changes nothing. Exit code 1 if the upgrade would fail.
 */
export async function upgrade(readSettings: () => Settings, args: string[]): Promise<void> {
  const { values } = parseArgs({ args, options: { check: { type: 'boolean' }, json: { type: 'boolean' } } })
  if (values.check !== true) {
    throw new Fault(
      'argument-wrong',
      'upgrade needs --check: the upgrade itself is "apt install" of the new package (docs/operate/upgrading.md)',
    )
  }
  const findings = await inspectUpgrade(readSettings)
  if (values.json === true) console.log(JSON.stringify({ version, findings }))
  else {
    console.log(`Upgrade to Seloste ${version}`)
    printFindings(findings)
  }
  if (findings.some(({ is }) => is === 'error')) process.exitCode = 1
}

async function inspectUpgrade(readSettings: () => Settings): Promise<Finding[]> {
  let settings: Settings
  try {
    settings = readSettings()
  } catch (thrown) {
    return [error('settings', lineOf(thrown), 'set it as this version allows (CHANGELOG.md, docs/operate/settings.md)')]
  }
  return [
    ...checkSettings(settings, process.env).filter(({ is }) => is !== 'ok'),
    ...(await databaseUrlOf(settings)
      .then((url) => planMigration(url))
      .then(judgePlan, (thrown: unknown) => [
        error('schema', lineOf(thrown), 'leave the installed version running; see docs/operate/upgrading.md'),
      ])),
    await judgeCalls(settings),
    judgeBackups(settings),
  ]
}

export function judgePlan({ at, waiting, areFunctionsNew }: MigrationPlan): Finding[] {
  if (at === undefined) return [warning('schema', 'the database is new: there is nothing to upgrade', 'see install.md')]
  const tables =
    waiting.length === 0
      ? ok('schema', `tables stay as they are (${at})`)
      : ok(
          'schema',
          `from ${at}, ${waiting.length} migrations will be applied: ${waiting.join(', ')}; they cannot be rolled back`,
        )
  const functions = areFunctionsNew ? 'will be installed anew' : 'stay as they are'
  return [tables, ok('schema.functions', `functions, views and policies ${functions}`)]
}

async function judgeCalls(settings: Settings): Promise<Finding> {
  const capture = await requestCapture(settings)
  if (capture === undefined) return ok('calls', 'capture does not run here')
  const { live } = capture
  if (live === 0) return ok('calls', 'none is in progress')
  const problem = `${live} in progress: their recording is interrupted while capture restarts`
  return warning('calls', problem, 'if another capture can take the calls, run "seloste drain --wait 600" first')
}

function judgeBackups({ backups }: Pick<Settings, 'backups'>): Finding {
  if (backups.length > 0) return ok('backups', 'run "seloste backup" first: the schema cannot be rolled back')
  return warning(
    'backups',
    'SELOSTE_BACKUPS has no place: only a backup can undo a failed upgrade',
    'see backup-and-restore.md',
  )
}
