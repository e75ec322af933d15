// Builds the import graph from the text of the working tree's files, and finds the files nearest to a change. Leaves out
// node_modules and files that git ignores.
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'

export const root = resolve(import.meta.dirname, '../..')

const specifiers = /(?:\bfrom\s+|\bimport\s*\(\s*|\bimport\s+)['"]([#.][^'"]+)['"]/g
const functionsFolder = 'database/functions/'
/** Folder whose files are read, not imported: a file that names the folder depends on all of them. */
const textsFolder = 'texts/'
const readsTexts = /[/'`:]texts['/]/
const sqlNames = /^create or replace (?:function|view|procedure) (\w+)/gim

export interface ImportGraph {
  /** Paths of all program files, relative to the root. */
  files: readonly string[]
  /**
   * Returns, for each file that imports one of the changed files directly or indirectly, the steps from the nearest.
   */
  distances: (changed: Iterable<string>) => Map<string, number>
  /**
   * Returns the files that import the given one directly, or that name a function of it if it is in
   * database/functions/.
   */
  importers: (path: string) => readonly string[]
}

/** Reads the imports of all program files: some 2,500 in under a second. */
export function readImportGraph(): ImportGraph {
  const listed = git('ls-files', '--cached', '--others', '--exclude-standard')
  const files = listed.filter((path) => /\.(?:[cm]?ts|tsx)$/.test(path) && existsSync(join(root, path)))
  const texts = new Map(files.map((path) => [path, readFileSync(join(root, path), 'utf8')]))
  const importers = new Map<string, Set<string>>()
  for (const [path, text] of texts) {
    for (const [, specifier = ''] of text.matchAll(specifiers)) {
      const target = targetOf(specifier, path)
      importers.set(target, (importers.get(target) ?? new Set()).add(path))
    }
  }

  function importersOf(path: string): readonly string[] {
    if (path.startsWith(functionsFolder)) return usersOfFunctions(path)
    const own = [...(importers.get(path) ?? [])]
    return path.startsWith(textsFolder)
      ? [...own, ...files.filter((file) => readsTexts.test(texts.get(file) ?? ''))]
      : own
  }

  /** Returns the files that name a function of an SQL file: SQL has no imports. */
  function usersOfFunctions(path: string): string[] {
    if (!existsSync(join(root, path))) return []
    const names = [...readFileSync(join(root, path), 'utf8').matchAll(sqlNames)].map(([, name]) => name)
    if (names.length === 0) return []
    const named = new RegExp(`\\b(?:${names.join('|')})\\b`)
    return files.filter((file) => named.test(texts.get(file) ?? ''))
  }

  function distances(changed: Iterable<string>): Map<string, number> {
    const found = new Map([...changed].map((path) => [path, 0]))
    for (const [path, steps] of found) {
      for (const importer of importersOf(path)) if (!found.has(importer)) found.set(importer, steps + 1)
    }
    return found
  }

  return { files, distances, importers: importersOf }
}

/** Returns the paths of existing files, relative to the root, that have changed since a commit, committed or not. */
export function changedSince(commit: string): string[] {
  const paths = [
    ...git('diff', '--name-only', '--no-renames', commit),
    ...git('ls-files', '--others', '--exclude-standard'),
  ]
  return [...new Set(paths)].filter((path) => existsSync(join(root, path)) && statSync(join(root, path)).isFile())
}

export function git(...args: string[]): string[] {
  return execFileSync('git', args, { cwd: root, encoding: 'utf8', maxBuffer: 1 << 26 })
    .split('\n')
    .filter(Boolean)
}

function targetOf(specifier: string, from: string): string {
  if (/^#(?:test|texts)\//.test(specifier)) return specifier.slice(1)
  if (specifier.startsWith('#')) return `src/${specifier.slice(1)}`
  const plain = join(dirname(from), specifier)
  // The web's imports omit extensions.
  return [plain, `${plain}.ts`, `${plain}.tsx`].find((path) => existsSync(join(root, path))) ?? plain
}
