import { randomBytes } from 'node:crypto'
import { mkdir, open, readFile } from 'node:fs/promises'
import { join } from 'node:path'

const keyBytes = 32

/** The installation's secret for draws (R14), made at first use. Keep it: with it every draw can be explained again. */
export async function readDrawKey(dataDirectory: string): Promise<Buffer> {
  const folder = join(dataDirectory, 'capture')
  const path = join(folder, 'draw.key')
  await mkdir(folder, { recursive: true, mode: 0o700 })
  try {
    const file = await open(path, 'wx', 0o600)
    await file.writeFile(randomBytes(keyBytes))
    await file.sync()
    await file.close()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
  return readFile(path)
}
