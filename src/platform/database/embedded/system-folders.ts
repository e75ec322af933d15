import { readdir } from 'node:fs/promises'
import { delimiter, join } from 'node:path'

/** Introduced the builtin locale C.UTF-8 of new clusters. */
export const minMajor = 17

/** Folders in which Debian, Red Hat and Homebrew install versions side by side. */
const parents: readonly [folder: string, name: RegExp][] = [
  ['/usr/lib/postgresql', /^\d+$/],
  ['/usr', /^pgsql-\d+$/],
  ['/opt/homebrew/opt', /^postgresql@\d+$/],
  ['/usr/local/opt', /^postgresql@\d+$/],
]
/** Folder of a self-built PostgreSQL. Arch and Alpine have its programs in PATH. */
const others = ['/usr/local/pgsql/bin']

/** Returns the folders in which the system may have PostgreSQL's programs. */
export async function listSystemFolders(path = process.env['PATH'] ?? ''): Promise<string[]> {
  const versions = await Promise.all(
    parents.map(async ([folder, name]) => {
      const names = await readdir(folder).catch(() => [])
      return names.filter((one) => name.test(one)).map((one) => join(folder, one, 'bin'))
    }),
  )
  return [...new Set([...versions.flat(), ...others, ...path.split(delimiter).filter(Boolean)])]
}
