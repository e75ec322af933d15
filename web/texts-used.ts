/** Finds the text keys of a module and its imports. A key, or its beginning, must be a literal (test/house/texts.test.ts). */
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'

/** Matches static imports and re-exports of a module, except those of types. */
const staticImport = /^(?:import|export)\s(?!type\b)(?:[^'"`;]*?\sfrom\s)?['"](\.[^'"]+\.tsx?)['"]/gm
/** Matches a literal of the form `area.key`, or the beginning of a template of that form. */
const literal = /(?<quote>['"`])(?<start>[\w-]+\.[\w.-]*)(?:(?<interpolation>\$\{)|\k<quote>)/g

const cache = new Map<string, { code: string; imports: string[] }>()

/** Returns the source of a module and of all modules that it imports statically. */
export function sourcesUnder(module: string): string[] {
  const seen = new Set([module])
  // Iterating a set includes members that are added during the iteration.
  for (const path of seen) for (const imported of read(path).imports) seen.add(imported)
  return [...seen].map((path) => read(path).code)
}

/** Returns the keys used by the sources. A literal that is not a key counts as the beginning of keys: `${prefix}.state`. */
export function keysIn(sources: readonly string[], keys: readonly string[]): Set<string> {
  const known = new Set(keys.map(withoutPlural))
  const [usedKeys, starts] = [new Set<string>(), new Set<string>()]
  for (const code of sources) {
    for (const { groups } of code.matchAll(literal)) {
      const { start, interpolation } = groups as { start: string; interpolation?: string }
      if (interpolation) starts.add(start)
      else if (known.has(start)) usedKeys.add(start)
      else starts.add(`${start}.`)
    }
  }
  return new Set(
    keys.filter((key) => usedKeys.has(withoutPlural(key)) || [...starts].some((start) => key.startsWith(start))),
  )
}

function withoutPlural(key: string): string {
  return key.replace(/_(zero|one|other)$/, '')
}

function read(path: string) {
  let one = cache.get(path)
  if (one === undefined) {
    const code = readFileSync(path, 'utf8')
    one = { code, imports: [...code.matchAll(staticImport)].map((match) => resolve(path, '..', match[1]!)) }
    cache.set(path, one)
  }
  return one
}
