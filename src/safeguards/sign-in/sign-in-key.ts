import { hkdfSync, randomBytes } from 'node:crypto'
import { KeyStoreFault, type KeyStore } from '../keys/key-store.ts'

/** Keys of second factors. If lost, every authenticator and recovery code is void. */
export interface SignInKeys {
  /** Encrypts the secrets of authenticators; 32 bytes. */
  totp: Buffer
  /** Hashes recovery codes; 32 bytes. */
  recovery: Buffer
}

const name = 'sign-in'
const keyBytes = 32

/** Returns the installation's key for second factors, made at first use. */
export async function readSignInKeys(store: KeyStore): Promise<SignInKeys> {
  const known = await store.read(name)
  if (known) return derive(known)
  await store.write(name, randomBytes(keyBytes)).catch((error: unknown) => {
    // Another custodian made it first.
    if (!(error instanceof KeyStoreFault && error.code === 'KEY_EXISTS')) throw error
  })
  const made = await store.read(name)
  if (!made) throw new Error('the key for second factors was written but cannot be found')
  return derive(made)
}

function derive(key: Buffer): SignInKeys {
  if (key.length !== keyBytes)
    throw new Error(`the key for second factors has ${key.length} bytes instead of ${keyBytes}`)
  const part = (purpose: string) => Buffer.from(hkdfSync('sha256', key, '', `seloste.${purpose}`, keyBytes))
  return { totp: part('totp'), recovery: part('recovery') }
}
