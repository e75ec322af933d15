import { readFile, stat } from 'node:fs/promises'
import { KeyStoreFault } from './key-store.ts'

/**
 * Reads a PIN or token from a file, without the line end. Read at each use, because it may be renewed without a restart.
 * @param description for the message: `the PIN`
 * @throws KeyStoreFault KEY_STORE_OPEN_TO_OTHERS if everybody may read it; KEY_STORE_AWAY
 */
export async function readSecretFile(path: string, description: string): Promise<string> {
  const throwUnavailable = (error: NodeJS.ErrnoException) => {
    throw new KeyStoreFault(
      'KEY_STORE_AWAY',
      `${description} cannot be read from ${path} (${error.code ?? 'unknown'})`,
      error,
    )
  }
  const { mode } = await stat(path).catch(throwUnavailable)
  if ((mode & 0o007) !== 0) {
    throw new KeyStoreFault(
      'KEY_STORE_OPEN_TO_OTHERS',
      `${path} has ${description} and is readable by everybody; make it mode 0600`,
    )
  }
  const secret = (await readFile(path, 'utf8').catch(throwUnavailable)).replace(/\r?\n$/, '')
  if (secret === '' || secret.includes('\n')) {
    throw new KeyStoreFault('KEY_STORE_AWAY', `${path} must have ${description} as its only line`)
  }
  return secret
}
