// What a long work has done so far, one line each, for the run that goes on with it.
// In: a path. Out: the lines that were appended, whole ones alone. Never: a line that others wait for to be durable.
import { appendFile, mkdir, readFile, rm } from 'node:fs/promises'
import { dirname } from 'node:path'

export interface AppendedLines {
  read: () => Promise<string[]>
  append: (line: string) => Promise<void>
  remove: () => Promise<void>
}

export function appendedLines(path: string): AppendedLines {
  return {
    async read() {
      const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return ''
        throw error
      })
      // What follows the last end of a line was cut short.
      return text.split('\n').slice(0, -1)
    },
    async append(line) {
      await mkdir(dirname(path), { recursive: true, mode: 0o700 })
      await appendFile(path, `${line}\n`, { mode: 0o600 })
    },
    remove: () => rm(path, { force: true }),
  }
}
