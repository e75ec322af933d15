// Progress of a long job, one line each, for the run that resumes it. Returns complete lines only; lines are not synced.
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
      // Text after the last line end was cut short.
      return text.split('\n').slice(0, -1)
    },
    async append(line) {
      await mkdir(dirname(path), { recursive: true, mode: 0o700 })
      await appendFile(path, `${line}\n`, { mode: 0o600 })
    },
    remove: () => rm(path, { force: true }),
  }
}
