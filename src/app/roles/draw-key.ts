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
 * Reads the installation's draw secret (R14), made at first use. Keep it: it is needed to explain draws.
 * @throws Fault `setting-wrong` if SELOSTE_DRAW_KEY cannot be read, or is incomplete: draws could then be predicted
 */
export async function readDrawKey(settings: DrawKeySettings): Promise<Buffer> {
  const path = drawKeyPath(settings)
  const { drawKeyFile } = settings.splitRoles
  // A shared file is made by the installer: one made here could differ between machines.
  if (drawKeyFile === undefined) {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 })
    await access(path).catch(() => makeKey(path))
  }
  const key = await readFile(path).catch((cause: NodeJS.ErrnoException) => {
    if (drawKeyFile === undefined) throw cause
    const allowed = `a file of ${keyBytes} random bytes that custodian, capture and feeds may read, the same on every machine`
    throw new Fault(
      'setting-wrong',
      `SELOSTE_DRAW_KEY is "${path}", which cannot be read (${cause.code ?? ''}): allowed is ${allowed}.`,
      cause,
    )
  })
  if (key.length === keyBytes) return key
  throw new Error(
    `${path} has ${key.length} bytes instead of ${keyBytes}. Restore it from a backup; without one remove it, and draws ` +
      'of the past can no longer be repeated.',
  )
}

/** Atomic: of several concurrent starts the first one's key is used by all. */
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
