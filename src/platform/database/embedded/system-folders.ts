import { readdir } from 'node:fs/promises'
import { delimiter, join } from 'node:path'

/** The builtin locale C.UTF-8 of new clusters came with it. */
export const leastMajor = 17

/** Where Debian, Red Hat and Homebrew put the versions that stand beside each other. */
const parents: readonly [folder: string, name: RegExp][] = [
  ['/usr/lib/postgresql', /^\d+$/],
  ['/usr', /^pgsql-\d+$/],
  ['/opt/homebrew/opt', /^postgresql@\d+$/],
  ['/usr/local/opt', /^postgresql@\d+$/],
]
/** Arch and Alpine have them on the path; their own builds are here. */
const others = ['/usr/local/pgsql/bin']

/** Folders in which the system may have the programs of PostgreSQL. */
export async function listSystemFolders(path = process.env['PATH'] ?? ''): Promise<string[]> {
  const versions = await Promise.all(
    parents.map(async ([folder, name]) => {
      const names = await readdir(folder).catch(() => [])
      return names.filter((one) => name.test(one)).map((one) => join(folder, one, 'bin'))
    }),
  )
  return [...new Set([...versions.flat(), ...others, ...path.split(delimiter).filter(Boolean)])]
}
