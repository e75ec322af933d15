// Writes every generated file from its source; with --check, lists the files that are out of date. No line in a
// generated file is edited by hand.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { databaseSetupScript, databaseSetupSteps } from '../../src/platform/database/database-setup.ts'
import { describeSettings } from '../../src/platform/config/settings-table.ts'
import { drawBoundaries } from './draw-boundaries.ts'
import { checksumsFile, listChecksums } from './list-checksums.ts'
import { makeKnownDatabase } from './known-database.ts'
import { listDecisions } from './list-decisions.ts'
import { writeProtections } from './write-protections.ts'

interface Generated {
  path: string
  /** Returns the complete text of the file. */
  make: () => string | Promise<string>
  /** True if a test compares the file with its source instead of `--check`, because that needs a database. */
  isTested?: true
}

const settingsPage = 'docs/operate/settings.md'
const generated: Generated[] = [
  { path: 'src/use/evidence/known-database.json', make: makeKnownDatabase, isTested: true },
  { path: checksumsFile, make: listChecksums },
  { path: 'docs/decisions/README.md', make: listDecisions },
  { path: settingsPage, make: () => replaceBetween(settingsPage, 'settings', describeSettings()) },
  {
    path: 'packaging/compose/10-own-database.sql',
    make: () =>
      `-- Generated from src/platform/database/database-setup.ts.\n${databaseSetupScript(databaseSetupSteps('seloste', 'seloste'))}`,
  },
  { path: 'ARCHITECTURE.md', make: () => replaceBetween('ARCHITECTURE.md', 'boundaries', drawBoundaries()) },
]

const checkOnly = process.argv.includes('--check')
for (const { path, make, isTested } of generated) {
  if (checkOnly && isTested) continue
  const wanted = await make()
  if (existsSync(path) && readFileSync(path, 'utf8') === wanted) continue
  if (checkOnly) {
    console.error(`${path} is not current: run "npm run generate" and look at what changed.`)
    process.exitCode = 1
  } else {
    writeFileSync(path, wanted)
    console.log(`wrote ${path}`)
  }
}

// Left out with --check, because it needs a PostgreSQL: test/attacks/log-protections.test.ts compares the result.
if (!checkOnly) await writeProtections()

/** Returns the file at `path` with the text between `<!-- name:start -->` and `<!-- name:end -->` replaced. */
function replaceBetween(path: string, name: string, text: string): string {
  const start = `<!-- ${name}:start -->`
  const end = `<!-- ${name}:end -->`
  const written = readFileSync(path, 'utf8')
  const from = written.indexOf(start)
  const to = written.indexOf(end)
  if (from < 0 || to < from) throw new Error(`${path} needs the markers ${start} and ${end}.`)
  return `${written.slice(0, from)}${start}\n${text}\n${written.slice(to)}`
}
