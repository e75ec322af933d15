/** Hashes the sources of an engine of this repository: an evaluation is valid for these sources only. */
import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'

const root = resolve(import.meta.dirname, '../../..')

/** Returns the SHA-256 (hexadecimal) of the paths and bytes of a file and its imports in this repository. @param start path from the root */
export function sourcesHash(start: string): string {
  const seen = new Set<string>()
  const follow = (file: string) => {
    if (seen.has(file) || !existsSync(file)) return
    seen.add(file)
    if (!file.endsWith('.ts')) return
    const source = readFileSync(file, 'utf8')
    for (const [, path = ''] of source.matchAll(/['"](\.{1,2}\/[^'"\s]+)['"]/g)) follow(resolve(dirname(file), path))
  }
  follow(join(root, start))
  const hash = createHash('sha256')
  for (const file of [...seen].sort()) hash.update(relative(root, file)).update('\0').update(readFileSync(file))
  return hash.digest('hex')
}
