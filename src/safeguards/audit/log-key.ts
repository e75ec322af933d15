/** The key that signs the log, and the log's name. A log never gets a second key. */
import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { Fault } from '#platform/fault.ts'
import type { KeyStore } from '../keys/key-store.ts'
import { makeSigner, type Signer } from './note.ts'

const keyName = 'audit-log'

/** Returns the log's key, if there is one. Its name is the origin of every checkpoint. */
export async function readLogKey(keys: Pick<KeyStore, 'read'>): Promise<Signer | undefined> {
  const stored = await keys.read(keyName)
  if (!stored) return undefined
  const end = stored.indexOf('\n')
  try {
    return makeSigner(stored.subarray(0, end).toString('utf8'), stored.subarray(end + 1), 'note')
  } catch (cause) {
    throw new Fault(
      'audit-key-broken',
      `the key ${keyName} in the key store is broken; restore it from a backup`,
      cause,
    )
  }
}

/**
 * Makes the key of a new log.
 * @param instance name of the installation: becomes part of the origin
 */
export async function makeLogKey(keys: KeyStore, instance: string): Promise<Signer> {
  const words = instance
    .toLowerCase()
    .normalize('NFD')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
  const origin = ['seloste', words, randomBytes(4).toString('hex')].filter((part) => part !== '').join('/')
  const privateKey = generateKeyPairSync('ed25519').privateKey.export({ format: 'der', type: 'pkcs8' })
  await keys.write(keyName, Buffer.concat([Buffer.from(`${origin}\n`), privateKey]))
  return makeSigner(origin, privateKey, 'note')
}
