/** Opens the configured key store, for the custodian and commands on its machine. Never falls back to another store. */
import { join } from 'node:path'
import type { Settings } from '#platform/config/settings.ts'
import { openKeyFolder } from './key-folder.ts'
import type { KeyStore } from './key-store.ts'
import { withSealedSecrets } from './wrapping-keys.ts'

/** @throws KeyStoreFault KEY_STORE_AWAY, KEY_STORE_OPEN_TO_OTHERS */
export async function openKeyStore({
  dataDirectory,
  keys,
}: Pick<Settings, 'dataDirectory' | 'keys'>): Promise<KeyStore> {
  const folder = join(dataDirectory, 'keys')
  switch (keys.kind) {
    case 'file':
      return openKeyFolder(folder)
    case 'pkcs11': {
      // Loaded on demand: a PKCS#11 module runs in this process from then on.
      const { openToken } = await import('./pkcs11/token-keys.ts')
      return withSealedSecrets(await openToken(keys), folder)
    }
    case 'vault': {
      const { openTransit } = await import('./vault/transit-keys.ts')
      return withSealedSecrets(await openTransit(keys), folder)
    }
  }
}
