/** Verifies that a named program is unchanged. Hashes are computed each time: files change. */
import { createHash } from 'node:crypto'
import { open } from 'node:fs/promises'
import type { NamedProgram } from './named-programs.ts'
import { ProcessFault } from './process-faults.ts'

const writableByOthers = 0o022

/**
 * Hashes the program and each of its files. Refuses files writable by group or others, who could change them afterwards. The
 * owner is not checked: install them under another account than Seloste's.
 * @throws ProcessFault `program-missing`, `program-changed`, `program-writable`
 */
export async function verifyProgram(program: NamedProgram): Promise<void> {
  for (const { path, sha256 } of [{ path: program.program, sha256: program.sha256 }, ...(program.files ?? [])]) {
    const found = await hashFile(program.name, path)
    if (found !== sha256) {
      throw new ProcessFault(
        'program-changed',
        `${program.name}: ${path} has the SHA-256 ${found}, but ${sha256} is configured. Nothing was run.`,
      )
    }
  }
}

/** Returns the hash of everything named, in order, in hexadecimal: programs with the same fingerprint are the same. */
export function fingerprintOf({ sha256, files = [] }: NamedProgram): string {
  return createHash('sha256')
    .update([sha256, ...files.map((file) => file.sha256)].join('\n'))
    .digest('hex')
}

async function hashFile(name: string, path: string): Promise<string> {
  try {
    await using file = await open(path)
    const stat = await file.stat()
    if (!stat.isFile()) throw unreadable(name, path, { code: 'not a file' })
    if ((stat.mode & writableByOthers) !== 0) {
      throw new ProcessFault(
        'program-writable',
        `${name}: ${path} is writable by its group or by everybody (chmod go-w). Nothing was run.`,
      )
    }
    const hash = createHash('sha256')
    for await (const part of file.createReadStream({ autoClose: false, highWaterMark: 1 << 20 })) {
      hash.update(part as Buffer)
    }
    return hash.digest('hex')
  } catch (error) {
    throw error instanceof ProcessFault ? error : unreadable(name, path, error)
  }
}

function unreadable(name: string, path: string, error: unknown): ProcessFault {
  const { code = 'unknown' } = error as NodeJS.ErrnoException
  return new ProcessFault('program-missing', `${name}: ${path} cannot be read (${code}). Nothing was run.`, error)
}
