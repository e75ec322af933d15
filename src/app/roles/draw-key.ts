import { randomBytes, randomUUID } from 'node:crypto'
import { access, link, mkdir, open, readFile, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Settings } from '#platform/config/settings.ts'
import { Fault } from '#platform/fault.ts'

export type DrawKeySettings = Pick<Settings, 'dataDirectory'> & {
  splitRoles: Pick<Settings['splitRoles'], 'drawKeyFile'>
}

const keyBytes = 32

/** Returns the path of the draw secret. */
export function drawKeyPath({ dataDirectory, splitRoles }: DrawKeySettings): string {
  return splitRoles.drawKeyFile ?? join(dataDirectory, 'capture', 'draw.key')
}

/**
 * Reads the installation's draw secret (R14), which is created at first use. Keep it: past draws can only be explained with it.
 * @throws Fault `setting-wrong` if SELOSTE_DRAW_KEY cannot be read; Error if the key is incomplete, since draws could be
 * predicted
 */
export async function readDrawKey(settings: DrawKeySettings): Promise<Buffer> {
  const path = drawKeyPath(settings)
  const { drawKeyFile } = settings.splitRoles
  // A shared file must be created by the installer: if each machine created its own, they would differ.
  if (drawKeyFile === undefined) {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 })
    await access(path).catch(() => makeKey(path))
  }
  const key = await readFile(path).catch((cause: NodeJS.ErrnoException) => {
    if (drawKeyFile === undefined) throw cause
    const expected = `a file of ${keyBytes} random bytes that custodian, capture and feeds may read, the same on every machine`
    throw new Fault(
      'setting-wrong',
      `SELOSTE_DRAW_KEY is "${path}", which cannot be read (${cause.code ?? ''}): expected ${expected}.`,
      cause,
    )
  })
  if (key.length === keyBytes) return key
  throw new Error(
    `${path} has ${key.length} bytes instead of ${keyBytes}. Restore it from a backup; without one remove it, and draws ` +
      'of the past can no longer be repeated.',
  )
}

/** Creates the key atomically: if several processes start at once, all use the key of the first. */
async function makeKey(path: string): Promise<void> {
  const made = `${path}.${randomUUID()}`
  const file = await open(made, 'wx', 0o600)
  try {
    await file.writeFile(randomBytes(keyBytes))
    await file.sync()
    await link(made, path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    await file.close()
    await rm(made, { force: true })
  }
}
