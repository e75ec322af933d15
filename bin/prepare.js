// The last step of `npm ci`: the Node that package.json pins is found as `node` by every script, then the pages are built with it.
// Runs on whatever Node npm itself has. Never: a link that was made anew although it was there.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, symlinkSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const at = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url))
const link = at('node_modules/.bin/node')
const own = `node-${process.platform}-${process.arch}`

// npm 9 (Debian 13) takes the link away again with the packages of the platforms that are not this one.
if (!existsSync(link) && existsSync(at(`node_modules/${own}/bin/node`))) {
  mkdirSync(at('node_modules/.bin'), { recursive: true })
  symlinkSync(`../${own}/bin/node`, link)
}

const asked = spawnSync(link, ['--version'], { encoding: 'utf8' })
if (asked.status !== 0) {
  const why = asked.error?.code === 'ENOENT' ? `there is no ${own}` : (asked.stderr ?? '').trim() || String(asked.error)
  const remedy = why.includes('libatomic') ? ' Install it: on Debian and Ubuntu, apt-get install libatomic1.' : ''
  console.error(`The Node that Seloste brings does not run here: ${why}.${remedy}`)
  process.exit(1)
}
process.exit(spawnSync(link, [at('src/app/cli/build-web.ts')], { stdio: 'inherit', cwd: at('.') }).status ?? 1)
