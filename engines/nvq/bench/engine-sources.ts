/** What an engine of this repository is made of: an evaluation is of these sources and of no others. In: its file. Out: one hash. */
import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'

const root = resolve(import.meta.dirname, '../../..')

/** SHA-256, hexadecimal, over the paths and bytes of a file and of all that it imports from this repository. @param start from the root on */
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
