// The last step of `npm ci`: links the Node that package.json pins as `node` for every npm script, and builds the pages with it.
// Runs on any version of Node that npm itself uses. An existing link is kept.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, symlinkSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const inRoot = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url))
const link = inRoot('node_modules/.bin/node')
const packageName = `node-${process.platform}-${process.arch}`

// npm 9 (Debian 13) removes npm's own link again, together with the packages of other platforms.
if (!existsSync(link) && existsSync(inRoot(`node_modules/${packageName}/bin/node`))) {
  mkdirSync(inRoot('node_modules/.bin'), { recursive: true })
  symlinkSync(`../${packageName}/bin/node`, link)
}

const probe = spawnSync(link, ['--version'], { encoding: 'utf8' })
if (probe.status !== 0) {
  const problem =
    probe.error?.code === 'ENOENT' ? `there is no ${packageName}` : (probe.stderr ?? '').trim() || String(probe.error)
  const remedy = problem.includes('libatomic') ? ' Install it: on Debian and Ubuntu, apt-get install libatomic1.' : ''
  console.error(`Seloste’s own Node does not run here: ${problem}.${remedy}`)
  process.exit(1)
}
process.exit(spawnSync(link, [inRoot('src/app/cli/build-web.ts')], { stdio: 'inherit', cwd: inRoot('.') }).status ?? 1)
