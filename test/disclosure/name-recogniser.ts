/** Names the test's engine as the agency's recogniser. */
import { createHash } from 'node:crypto'
import { chmod, copyFile, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

/**
 * @param folder for a copy of the engine, because one that is group-writable is refused, and a checkout may be
 * @param behaviour of `engine-for-tests.mts`
 * @returns the path for SELOSTE_ENGINES
 */
export async function nameRecogniser(folder: string, behaviour: string): Promise<string> {
  const script = join(folder, 'engine.mts')
  await copyFile(new URL('engine-for-tests.mts', import.meta.url), script)
  await chmod(script, 0o644)
  const hash = async (path: string) =>
    createHash('sha256')
      .update(await readFile(path))
      .digest('hex')
  const recogniser = {
    ...{ name: 'Words', version: '1', licence: 'MIT', program: process.execPath },
    sha256: await hash(process.execPath),
    arguments: [script, behaviour],
    files: [{ path: script, sha256: await hash(script), licence: 'EUPL-1.2' }],
    folders: [dirname(process.execPath)],
  }
  const file = join(folder, 'engines.json')
  await writeFile(file, JSON.stringify({ recognition: [recogniser] }))
  return file
}
