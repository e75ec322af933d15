import { parseArgs } from 'node:util'
import { parseDescription } from '#description/read-description.ts'
import { termZone } from '#description/terms.ts'
import type { Settings } from '#platform/config/settings.ts'
import { Fault } from '#platform/fault.ts'
import { readPublished, readVersions, versionAt } from '#safeguards/versions/versions.ts'
import { newDescription, printProblems, readTextFile } from './new-description.ts'
import { withRunningDatabase } from '../running-database.ts'

/**
 * `description show [--version N]`: prints the text of the version in force, or of another, exactly as published. `description
 * versions`: lists every version, newest first. `description check FILE`: lists the problems of a file; exit code 1 if there
 * are any. `description new FILE [--from ANSWERS]`: makes the first description of an installation from ten answers. Descriptions
 * change only by the procedure.
 */
export async function description(settings: Settings, args: string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { version: { type: 'string' }, from: { type: 'string' } },
  })
  const [action, file] = positionals
  if (action === 'show') return show(settings, values.version)
  if (action === 'versions') return listVersions(settings)
  if (action === 'check' && file !== undefined) return check(file)
  if (action === 'new' && file !== undefined) return newDescription(file, values.from)
  throw new Fault('argument-wrong', 'description needs show, versions, or new or check with a file; see "seloste help"')
}

async function show(settings: Settings, wanted: string | undefined): Promise<void> {
  if (wanted !== undefined && !/^[1-9]\d{0,8}$/.test(wanted)) {
    throw new Fault('argument-wrong', `--version is "${wanted}"; it must be a whole number from 1 on`)
  }
  const text = await withRunningDatabase(settings, 'description', async (db) => {
    if (wanted === undefined) return versionAt(await readVersions(db), Temporal.Now.instant()).text
    const [found] = await readPublished(db, Number(wanted))
    if (!found)
      throw new Fault(
        'not-found',
        `version ${wanted} does not exist; "seloste description versions" lists the versions`,
      )
    return found.text
  })
  process.stdout.write(text)
}

async function listVersions(settings: Settings): Promise<void> {
  const now = Temporal.Now.instant()
  const { versions, inForce } = await withRunningDatabase(settings, 'description', async (db) => ({
    versions: await readPublished(db),
    inForce: versionAt(await readVersions(db), now).version,
  }))
  for (const { version, effectiveFrom, hash, changes } of versions) {
    const state = version === inForce ? 'in force' : version < inForce ? 'past' : 'coming'
    const from = effectiveFrom.toZonedDateTimeISO(termZone).toString({ smallestUnit: 'minute', timeZoneName: 'never' })
    console.log(`${version}  ${state}  from ${from}  sha256 ${hash}`)
    for (const { text } of changes) console.log(`    ${text.en}`)
  }
}

async function check(file: string): Promise<void> {
  const text = await readTextFile(file)
  const parsed = parseDescription(text)
  if (parsed.ok) {
    console.log(`${file} is valid: version ${parsed.description.version}, profile ${parsed.description.profile}`)
    return
  }
  printProblems(file, parsed.problems)
  console.error(
    `seloste: ${file} has ${parsed.problems.length} ${parsed.problems.length === 1 ? 'problem' : 'problems'}`,
  )
  process.exitCode = 1
}
