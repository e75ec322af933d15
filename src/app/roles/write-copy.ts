import { rename, writeFile } from 'node:fs/promises'

/** Puts a copy of what is known in the place of the last one: whoever dies meanwhile leaves one of the two, whole. */
export async function writeCopy(path: string, known: unknown): Promise<void> {
  await writeFile(`${path}.new`, JSON.stringify(known), { mode: 0o600 })
  await rename(`${path}.new`, path)
}
