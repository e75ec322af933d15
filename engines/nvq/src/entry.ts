/** How an administrator names nvq (docs/formats/voice-process.md). In: a Node, this folder. Out: an entry with the hash of each file. */
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { nvq } from './nvq.ts'

const licence = 'EUPL-1.2'

export interface Entry {
  name: string
  version: string
  licence: string
  program: string
  sha256: string
  arguments: string[]
  files: { path: string; sha256: string; licence: string }[]
  folders: string[]
  evaluation?: string
}

/** @param node absolute path of a Node 26 @param record absolute or relative path of a record of the evaluation */
export function entryOf(node: string, record?: string): Entry {
  const sources = readdirSync(import.meta.dirname)
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .sort()
    .map((name) => join(import.meta.dirname, name))
  // Without the package's file Node would not know that these are modules.
  const files = [join(import.meta.dirname, '../package.json'), ...sources]
  return {
    name: nvq.name,
    version: nvq.version,
    licence,
    program: node,
    sha256: hashOf(node),
    arguments: [join(import.meta.dirname, 'main.ts')],
    files: files.map((path) => ({ path, sha256: hashOf(path), licence })),
    folders: [dirname(node)],
    ...(record !== undefined && { evaluation: resolve(record) }),
  }
}

function hashOf(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex')
}
