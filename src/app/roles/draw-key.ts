import { randomBytes, randomUUID } from 'node:crypto'
import { access, link, mkdir, open, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'

const keyBytes = 32

/**
 * The installation's secret for draws (R14), made at first use. Keep it: with it every draw can be explained again.
 * @throws where the file is not a whole key: with less of it draws could be foretold
 */
export async function readDrawKey(dataDirectory: string): Promise<Buffer> {
  const folder = join(dataDirectory, 'capture')
  const path = join(folder, 'draw.key')
  await mkdir(folder, { recursive: true, mode: 0o700 })
  await access(path).catch(() => makeKey(path))
  const key = await readFile(path)
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
