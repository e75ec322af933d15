import { rename, writeFile } from 'node:fs/promises'

/** Writes a copy of data into a file, atomically. */
export async function writeCopy(path: string, data: unknown): Promise<void> {
  await writeFile(`${path}.new`, JSON.stringify(data), { mode: 0o600 })
  await rename(`${path}.new`, path)
}
