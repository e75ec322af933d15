import { safeguardsOf, type SafeguardsDatabase } from '../tables.ts'
import { dayKeyName } from './day-keys.ts'
import { intakeKeyName } from './intake-keys.ts'
import { KeyStoreFault, type KeyStore } from './key-store.ts'
import { monthKeyName } from './month-keys.ts'

const words = { file: 'the folder of keys', pkcs11: 'the token', vault: 'the key server' }

/**
 * Checks that the key store is the one in which the database's keys were made. Called before any key is made: new keys in
 * another store would hide that the old ones are elsewhere, and later recordings would depend on them. The newest key is the
 * intake wrapping key: a store without it is an older copy.
 * @throws KeyStoreFault KEY_STORE_OTHER if the store has none of the database's keys, or not the newest; KEY_STORE_AWAY
 */
export async function assertSameStore(database: SafeguardsDatabase, store: KeyStore): Promise<void> {
  const db = safeguardsOf(database)
  const months = await db.selectFrom('shard_key').select(['expiry_month', 'month_key_version']).distinct().execute()
  const days = await db.selectFrom('intake_key').select('day').where('private_destroyed_at', 'is', null).execute()
  const intake = await db.selectFrom('intake_version').select('version').where('state', '=', 'current').execute()
  const named = [
    ...months.map((row) => monthKeyName(row.expiry_month, row.month_key_version)),
    ...days.map(({ day }) => dayKeyName(day)),
    ...intake.map(({ version }) => intakeKeyName(version)),
  ]
  if (named.length === 0) return
  const storedNames = new Set(await store.names())
  const newest = intake.map(({ version }) => intakeKeyName(version)).find((name) => !storedNames.has(name))
  if (newest !== undefined && named.some((name) => storedNames.has(name))) {
    throw new KeyStoreFault(
      'KEY_STORE_OTHER',
      `${words[store.kind]} in SELOSTE_KEYS is older than the database: it does not have ${newest}, the newest key. ` +
        'Set SELOSTE_KEYS to the store with that key, or restore the whole register. With this store, recordings destroyed since could be decrypted again',
    )
  }
  if (named.some((name) => storedNames.has(name))) return
  throw new KeyStoreFault(
    'KEY_STORE_OTHER',
    `${words[store.kind]} in SELOSTE_KEYS has none of the ${named.length} keys that the database needs: ` +
      'set SELOSTE_KEYS back to the store that has them, or copy them to this one; nothing was changed',
  )
}
