// Loads libraries that have hundreds of files from one bundle each, because finding and reading the files was half of a role's
// start time. A bundle is used only if bundle-libraries.ts made it from the pinned versions; otherwise Node reads the original files.
import { existsSync, readFileSync } from 'node:fs'
import { registerHooks } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const root = fileURLToPath(new URL('../../../', import.meta.url))

/** Bundle name by import specifier. Specifiers of one package are bundled together, so that they share code. */
export const bundledLibraries: Readonly<Record<string, string>> = {
  kysely: 'kysely',
  'libphonenumber-js/max': 'libphonenumber-js',
  typebox: 'typebox',
  'typebox/compile': 'typebox',
  'typebox/system': 'typebox',
  'typebox/value': 'typebox',
}

/** Inside node_modules: whoever can write there could change the program anyway. */
export const bundleFolder = join(root, 'node_modules/.cache/libraries')
export const bundleFile = (library: string) => `${library.replaceAll('/', '-')}.mjs`
export const stamp = 'joined-from'

/** Returns the pinned versions of package.json. */
export function versionsToBundle(): string {
  const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    dependencies: Record<string, string>
  }
  return [...new Set(Object.values(bundledLibraries))].map((name) => `${name} ${dependencies[name]}\n`).join('')
}

/** @returns true if the bundled libraries are used */
export function useBundledLibraries(folder = bundleFolder): boolean {
  const stampPath = join(folder, stamp)
  if (!existsSync(stampPath) || readFileSync(stampPath, 'utf8') !== versionsToBundle()) return false
  const urls = new Map(
    Object.keys(bundledLibraries).map((library) => [library, pathToFileURL(join(folder, bundleFile(library))).href]),
  )
  registerHooks({
    resolve(specifier, context, next) {
      const url = urls.get(specifier)
      return url === undefined ? next(specifier, context) : { url, format: 'module', shortCircuit: true }
    },
  })
  return true
}
