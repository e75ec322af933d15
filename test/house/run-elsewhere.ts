// `npm run test:elsewhere`: runs tests and journeys, all or the named ones, with their state on a PostgreSQL that an administrator
// runs and in the buckets of an S3 server. Fails if the embedded database or a folder was used after all. The last line is "N
// passed, N failed".
//
//   npm run test:elsewhere -- [--postgres /usr/lib/postgresql/15/bin] [--folders] [src/register test/journeys/search ...]
//
//   --postgres   the folder of PostgreSQL's programs; the newest of /usr/lib/postgresql by default
//   --folders    recordings in folders: only the database is elsewhere
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { startRadosGateway, missingRados, type RadosGateway } from '../objects/rados.ts'
import { beginRun, concludeRun, runTests, settled, type Chosen } from './suite.ts'

const debian = '/usr/lib/postgresql'

const { values, positionals } = parseArgs({
  options: { postgres: { type: 'string' }, folders: { type: 'boolean' } },
  allowPositionals: true,
})
const binaries = values.postgres ?? newestOfDebian()
if (binaries === undefined || !existsSync(join(binaries, 'postgres'))) {
  throw new Error(
    `there is no PostgreSQL in ${binaries ?? debian}: apt-get install postgresql, or name its programs with --postgres`,
  )
}
const needsStore = !values.folders && process.env['SELOSTE_TEST_S3'] === undefined
const whyNoStore = needsStore ? missingRados() : undefined
if (whyNoStore !== undefined)
  throw new Error(`${whyNoStore}; or name an S3 server with SELOSTE_TEST_S3, or let recordings be in --folders`)

const folder = beginRun()
process.env['SELOSTE_TEST_DATABASE'] = binaries
console.log(`PostgreSQL: ${binaries}; recordings: ${values.folders ? 'folders' : 'buckets'}`)
let store: RadosGateway | undefined
const tally = await settled(
  (async () => {
    if (needsStore) {
      store = await startRadosGateway(join(folder, 'rados'))
      process.env['SELOSTE_TEST_S3'] = store.url
    }
    if (!values.folders) process.env['SELOSTE_TEST_OBJECTS'] = 's3'
    return runTests(folder, chooseFiles(positionals))
  })(),
)
await store?.stop()
concludeRun(folder, tally)

function chooseFiles(words: readonly string[]): Chosen {
  if (words.length === 0) return { units: [], journeys: [] }
  const [journeys, units] = [words.filter(isOfJourneys), words.filter((word) => !isOfJourneys(word))]
  return { units: units.length > 0 ? units : undefined, journeys: journeys.length > 0 ? journeys : undefined }
}

function isOfJourneys(word: string): boolean {
  return word.includes('journey')
}

function newestOfDebian(): string | undefined {
  if (!existsSync(debian)) return undefined
  const [newest] = readdirSync(debian)
    .filter((name) => existsSync(join(debian, name, 'bin/postgres')))
    .sort((one, other) => Number(other) - Number(one))
  return newest === undefined ? undefined : join(debian, newest, 'bin')
}
