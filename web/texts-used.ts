/** Finds which texts a module and those that it imports say: every key is written out, or begun, as a literal (test/house/texts.test.ts). */
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'

/** Imports and re-exports of a module that is loaded with it; not of types. */
const staticImport = /^(?:import|export)\s(?!type\b)(?:[^'"`;]*?\sfrom\s)?['"](\.[^'"]+\.tsx?)['"]/gm
/** A literal of the form `area.key`, or the beginning of a template of that form. */
const literal = /(?<quote>['"`])(?<start>[\w-]+\.[\w.-]*)(?:(?<begun>\$\{)|\k<quote>)/g

const found = new Map<string, { code: string; imports: string[] }>()

/** Returns the source of a module and of all modules that it imports statically. */
export function sourcesUnder(module: string): string[] {
  const seen = new Set([module])
  // A set's iteration includes what is added meanwhile.
  for (const path of seen) for (const imported of read(path).imports) seen.add(imported)
  return [...seen].map((path) => read(path).code)
}

/** Returns the keys that the sources say. A literal that is itself no key begins others: `${prefix}.state`. */
export function keysIn(sources: readonly string[], keys: readonly string[]): Set<string> {
  const known = new Set(keys.map(withoutPlural))
  const [said, starts] = [new Set<string>(), new Set<string>()]
  for (const code of sources) {
    for (const { groups } of code.matchAll(literal)) {
      const { start, begun } = groups as { start: string; begun?: string }
      if (begun) starts.add(start)
      else if (known.has(start)) said.add(start)
      else starts.add(`${start}.`)
    }
  }
  return new Set(
    keys.filter((key) => said.has(withoutPlural(key)) || [...starts].some((start) => key.startsWith(start))),
  )
}

function withoutPlural(key: string): string {
  return key.replace(/_(zero|one|other)$/, '')
}

function read(path: string) {
  let one = found.get(path)
  if (one === undefined) {
    const code = readFileSync(path, 'utf8')
    one = { code, imports: [...code.matchAll(staticImport)].map((match) => resolve(path, '..', match[1]!)) }
    found.set(path, one)
  }
  return one
}
