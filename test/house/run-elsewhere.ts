// `npm run test:elsewhere`: the tests and the journeys with their state elsewhere, on a PostgreSQL that an administrator runs and
// in the buckets of an S3 server.
// In: what to run, as vitest and playwright take it; all of it where nothing is told. Out: their exit code. Never: a run that
// passes because the embedded database or a folder was used after all.
//
//   npm run test:elsewhere -- [--postgres /usr/lib/postgresql/15/bin] [--folders] [src/register test/journeys/search ...]
//
//   --postgres   the folder of PostgreSQL's programs; the newest of /usr/lib/postgresql where it is not told
//   --folders    recordings in folders: the database alone is elsewhere
import { spawn } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { buildWebIfStale } from '../../src/app/cli/build-web.ts'
import { startRadosGateway, whyNoRados, type RadosGateway } from '../objects/rados.ts'
import { prepareFolder } from '../whole/prepare-folder.ts'
import { preparedVariable } from '../whole/prepared-folder.ts'
import { findChromium } from './find-chromium.ts'
import { chooseQuickFolder } from './quick-folder.ts'

const root = resolve(import.meta.dirname, '../..')
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
chooseQuickFolder()
const folder = await mkdtemp(join(tmpdir(), 'seloste-elsewhere-'))
await chmod(folder, 0o711)
Object.assign(process.env, { TMPDIR: folder, SELOSTE_TEST_DATABASE: binaries })
let store: RadosGateway | undefined
try {
  if (!values.folders) {
    if (process.env['SELOSTE_TEST_S3'] === undefined) {
      const why = whyNoRados()
      if (why !== undefined)
        throw new Error(`${why}; or name an S3 server with SELOSTE_TEST_S3, or let recordings be in --folders`)
      store = await startRadosGateway(join(folder, 'rados'))
      process.env['SELOSTE_TEST_S3'] = store.url
    }
    process.env['SELOSTE_TEST_OBJECTS'] = 's3'
  }
  console.log(`PostgreSQL: ${binaries}; recordings: ${values.folders ? 'folders' : 'buckets'}`)
  await buildWebIfStale(console.log)
  const journeys = positionals.filter((path) => path.includes('journey'))
  const units = positionals.filter((path) => !path.includes('journey'))
  const wantsAll = positionals.length === 0
  const codes: number[] = []
  if (wantsAll || [...journeys, ...units.filter((path) => path.startsWith('test/'))].length > 0) {
    process.env[preparedVariable] = join(folder, 'prepared')
    await prepareFolder(join(folder, 'prepared'))
  }
  if (wantsAll || units.length > 0) codes.push(await run('vitest', ['run', ...units]))
  if (wantsAll || journeys.length > 0) {
    const chromium = await findChromium()
    Object.assign(process.env, { SELOSTE_CHROMIUM: chromium.executablePath, ...chromium.env })
    codes.push(await run('playwright', ['test', ...journeys]))
  }
  process.exitCode = Math.max(...codes)
} finally {
  await store?.stop()
  await rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
}

function newestOfDebian(): string | undefined {
  if (!existsSync(debian)) return undefined
  const [newest] = readdirSync(debian)
    .filter((name) => existsSync(join(debian, name, 'bin/postgres')))
    .sort((one, other) => Number(other) - Number(one))
  return newest === undefined ? undefined : join(debian, newest, 'bin')
}

function run(program: string, args: string[]): Promise<number> {
  const env = { ...process.env, PATH: `${join(root, 'node_modules/.bin')}${delimiter}${process.env['PATH'] ?? ''}` }
  const child = spawn(program, args, { cwd: root, env, stdio: 'inherit' })
  return new Promise((done, fail) => {
    child.on('error', fail)
    child.on('close', (code) => {
      done(code ?? 1)
    })
  })
}
