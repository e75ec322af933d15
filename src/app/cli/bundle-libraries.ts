/** Bundles each library of bundled-libraries.ts into one file, if the bundled versions are outdated. */
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { bundleFolder, stamp, versionsToBundle } from './bundled-libraries.ts'

const root = fileURLToPath(new URL('../../../', import.meta.url))
const vite = join(root, 'node_modules/vite/bin/vite.js')
const config = join(root, 'libraries.config.ts')

/** Bundles the libraries if outdated. Does nothing if the build tools are not installed. */
export async function bundleLibrariesIfStale(folder = bundleFolder): Promise<void> {
  if (!existsSync(vite) || !existsSync(config)) return
  const versions = versionsToBundle()
  if ((await readFile(join(folder, stamp), 'utf8').catch(() => '')) === versions) return
  const temporaryFolder = `${folder}-${process.pid}`
  const args = [vite, 'build', '--config', config, '--outDir', temporaryFolder, '--emptyOutDir', '--logLevel', 'warn']
  await promisify(execFile)(process.execPath, args, { cwd: root })
  await writeFile(join(temporaryFolder, stamp), versions)
  // Renamed only when complete, so that a start never reads half of them.
  await rm(folder, { recursive: true, force: true })
  await rename(temporaryFolder, folder)
}
