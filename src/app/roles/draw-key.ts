import { randomBytes, randomUUID } from 'node:crypto'
import { access, link, mkdir, open, readFile, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Settings } from '#platform/config/settings.ts'
import { Fault } from '#platform/fault.ts'

export type DrawKeySettings = Pick<Settings, 'dataDirectory'> & { apart: Pick<Settings['apart'], 'drawKeyFile'> }

const keyBytes = 32

/** Where the installation's secret for draws lies. */
export function drawKeyPath({ dataDirectory, apart }: DrawKeySettings): string {
  return apart.drawKeyFile ?? join(dataDirectory, 'capture', 'draw.key')
}

/**
 * The installation's secret for draws (R14), made at first use. Keep it: with it every draw can be explained again.
 * @throws Fault `setting-wrong` where SELOSTE_DRAW_KEY names a file that cannot be read; where the file is not a whole key: with less of it draws could be foretold
 */
export async function readDrawKey(settings: DrawKeySettings): Promise<Buffer> {
  const path = drawKeyPath(settings)
  const { drawKeyFile } = settings.apart
  // A file that several users share is made by whoever installs; one made here could be another on each machine.
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

/** Under its name it is whole, and the first of several that are made at once is everybody's. */
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
