// Libraries of hundreds of files, each read as one file: half of what the start of a role took was the finding and reading of theirs.
// In: what join-libraries.ts made of them. Out: whoever imports one from then on gets it joined. Never here: a library of other
// versions than package.json's; a library that is missing because nobody joined it: Node then reads its files.
import { existsSync, readFileSync } from 'node:fs'
import { registerHooks } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const root = fileURLToPath(new URL('../../../', import.meta.url))

/** By what they are imported as. Those of one package are joined together: what they share they have once. */
export const joinedLibraries: Readonly<Record<string, string>> = {
  kysely: 'kysely',
  'libphonenumber-js/max': 'libphonenumber-js',
  typebox: 'typebox',
  'typebox/compile': 'typebox',
  'typebox/system': 'typebox',
  'typebox/value': 'typebox',
}

/** Beside the packages, where whoever writes could change the program itself. */
export const joinedFolder = join(root, 'node_modules/.cache/libraries')
export const joinedFile = (library: string) => `${library.replaceAll('/', '-')}.mjs`
export const stamp = 'joined-from'

/** The versions that package.json pins. */
export function versionsToJoin(): string {
  const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    dependencies: Record<string, string>
  }
  return [...new Set(Object.values(joinedLibraries))].map((name) => `${name} ${dependencies[name]}\n`).join('')
}

/** @returns whether they are joined */
export function useJoinedLibraries(folder = joinedFolder): boolean {
  const stampPath = join(folder, stamp)
  if (!existsSync(stampPath) || readFileSync(stampPath, 'utf8') !== versionsToJoin()) return false
  const urls = new Map(
    Object.keys(joinedLibraries).map((library) => [library, pathToFileURL(join(folder, joinedFile(library))).href]),
  )
  registerHooks({
    resolve(specifier, context, next) {
      const url = urls.get(specifier)
      return url === undefined ? next(specifier, context) : { url, format: 'module', shortCircuit: true }
    },
  })
  return true
}
