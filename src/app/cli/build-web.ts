/**
 * Builds the web interface. Run as a program (`npm run build`, and after `npm ci`), it builds if the sources have changed, and
 * bundles libraries (bundle-libraries.ts).
 */
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip as gzipped } from 'node:zlib'
import { bundleLibrariesIfStale } from './bundle-libraries.ts'

const [brotli, gzip] = [promisify(brotliCompress), promisify(gzipped)]
const root = fileURLToPath(new URL('../../../', import.meta.url))
const vite = join(root, 'node_modules/vite/bin/vite.js')
const dist = join(root, 'web/dist')
const building = join(root, `web/dist-${process.pid}`)
const stampPath = join(dist, 'built-from')
/** Sources of the build outside of `web` and `texts`. */
const otherSources = [
  'package-lock.json',
  'src/app/http/contract/contact-filters.ts',
  'src/use/search/contact-filters.ts',
]

/** Builds the web interface if its sources have changed. Does nothing if the build tools are not installed. */
export async function buildWebIfStale(print: (line: string) => void): Promise<void> {
  if (!existsSync(vite)) return
  const sources = (await Promise.all(['web', 'texts'].map((folder) => digestOf(join(root, folder))))).join(' ')
  if (existsSync(stampPath) && (await readFile(stampPath, 'utf8')) === sources) return
  print('Building the web interface ...')
  await run(process.execPath, [vite, 'build', 'web', '--outDir', basename(building), '--logLevel', 'warn'])
  await compress(join(building, 'assets'))
  await writeFile(join(building, 'built-from'), sources)
  // Renamed only when complete, so that a running server never serves half a build.
  await rm(dist, { recursive: true, force: true })
  await rename(building, dist)
}

/** Writes compressed variants beside each text file: Brotli, and gzip for browsers without Brotli over http. */
async function compress(folder: string): Promise<void> {
  const texts = (await readdir(folder)).filter((name) => /\.(js|css|svg)$/.test(name)).map((name) => join(folder, name))
  await Promise.all(
    texts.map(async (path) => {
      const bytes = await readFile(path)
      await writeFile(`${path}.br`, await brotli(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }))
      await writeFile(`${path}.gz`, await gzip(bytes, { level: 9 }))
    }),
  )
}

async function digestOf(folder: string): Promise<string> {
  const hash = createHash('sha256')
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !path.startsWith(join(folder, 'dist')))
    .sort()
  for (const file of [...files, ...otherSources.map((path) => join(root, path))])
    hash.update(await readFile(file)).update('\0')
  return hash.digest('hex')
}

function run(command: string, args: string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    // Always a production build, in tests too.
    const env = { ...process.env, NODE_ENV: 'production' }
    const child = spawn(command, args, { cwd: root, stdio: 'inherit', env })
    child.on('error', reject)
    child.on('exit', (code) => {
      if (code === 0) resolve()
      else reject(new Error(`building the web interface ended with ${String(code)}`))
    })
  })
}

if (import.meta.main) {
  await buildWebIfStale((line) => {
    console.log(line)
  })
  await bundleLibrariesIfStale()
}
