import { chown, rename, stat, writeFile } from 'node:fs/promises'

/** Replaces a file's text atomically, with the same owner and mode. */
export async function replaceText(path: string, text: string): Promise<void> {
  const { mode, uid, gid } = await stat(path)
  const written = `${path}.new`
  await writeFile(written, text, { mode: mode & 0o777 })
  await chown(written, uid, gid)
  await rename(written, path)
}
