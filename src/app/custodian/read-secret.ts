import { readFile } from 'node:fs/promises'
import { Fault } from '#platform/fault.ts'

/**
 * Reads a client's secret at an identity provider.
 * @throws Fault `client-secret-empty`
 */
export async function readSecret(setting: string, file: string): Promise<string> {
  const secret = (await readFile(file, 'utf8')).trim()
  if (secret !== '') return secret
  throw new Fault('client-secret-empty', `${setting}: ${file} is empty; put the client’s secret there`)
}
