import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { tmpdir } from 'node:os'
import { afterAll, describe, expect, test } from 'vitest'
import { generateKeyPair, readAgeHeader } from '#platform/age/age-header.ts'
import { ingestRecording } from '#register/recordings/ingest-recording.ts'
import type { RegisterTables } from '#register/tables.ts'
import { makeIntakeBatches, claimIntakeBatches } from '#safeguards/keys/intake-keys.ts'
import type { KeyStore } from '#safeguards/keys/key-store.ts'
import { openKeyStore } from '#safeguards/keys/open-key-store.ts'
import { fileKeyOf } from '#safeguards/keys/recording-keys.ts'
import { renewIntakeKey } from '#safeguards/keys/renew-intake-key.ts'
import { unwrapKey } from '#safeguards/keys/wrap.ts'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { interrupt } from '#test/faults/interrupt.ts'
import { makeSoftTokens, whyNoTokens } from '#test/keys/soft-token.ts'
import { startTransit } from '#test/keys/transit-server.ts'
import { makeDestroyer } from '#test/register/destroy-recordings.ts'
import { makeTestRegister } from '#test/register/make-register.ts'
import { wrappedRows, type WrappedRow } from './open-from-image.ts'

// Keeps the keys in a token or a key server. The attacker has, right after the receipt, an image of the disk, every row
// ever written, and the token with its PIN or the key server with its access token.
const place = await mkdtemp(join(tmpdir(), 'seloste-elsewhere-'))
const transit = await startTransit()
const tokens = whyNoTokens === '' ? await makeSoftTokens(['seloste']) : undefined
afterAll(async () => {
  await transit.stop()
  await tokens?.remove()
  await rm(place, { recursive: true, force: true })
})
const tokenFile = join(place, 'token')
await writeFile(tokenFile, transit.token, { mode: 0o600 })
const server = {
  kind: 'vault' as const,
  url: transit.url,
  mount: 'transit',
  prefix: 'seloste-',
  tokenFile,
  namespace: undefined,
  caFile: undefined,
}
const database = {
  pkcs11: await createTestDatabase<RegisterTables>(),
  vault: await createTestDatabase<RegisterTables>(),
}

/**
 * Returns the recordings whose headers open with the rows, with anything that the store decrypts from them, and with
 * all keys that the store lets the attacker use.
 */
async function openWithStore(store: KeyStore, rows: readonly WrappedRow[], headers: ReadonlyMap<string, Buffer>) {
  const names = await store.names()
  const secrets: Buffer[] = []
  for (const row of rows) {
    for (const name of names) {
      const [secret] = await store.unwrap(name, [row]).catch(() => [])
      if (secret) secrets.push(secret)
    }
  }
  const identities = new Set<string>()
  for (let secret = secrets.pop(); secret; secret = secrets.pop()) {
    if (secret.length !== 32) continue
    for (const { wrapped, purpose } of rows) {
      try {
        const inside = unwrapKey(secret, wrapped, purpose)
        if (inside.toString().startsWith('AGE-SECRET-KEY-1')) identities.add(inside.toString())
        else secrets.push(inside)
      } catch {
        // Ignores rows wrapped under another key.
      }
    }
  }
  const opened = new Set<string>()
  for (const [id, header] of headers) {
    for (const identity of identities) {
      try {
        readAgeHeader(header, identity)
        opened.add(id)
      } catch {
        // Ignores headers for another key.
      }
    }
  }
  return opened
}

const stores = {
  pkcs11: tokens && (await openKeyStore({ dataDirectory: join(place, 'pkcs11'), keys: tokens.settings[0]! })),
  vault: await openKeyStore({ dataDirectory: join(place, 'vault'), keys: server }),
}
const registers = {
  pkcs11: stores.pkcs11 && (await makeTestRegister(database.pkcs11, place, stores.pkcs11)),
  vault: await makeTestRegister(database.vault, place, stores.vault),
}

describe.each(['pkcs11', 'vault'] as const)(`intake keys in %s${whyNoTokens}`, (kind) => {
  const rule = test.skipIf(stores[kind] === undefined)
  const [testDatabase, store, register] = [database[kind], stores[kind]!, registers[kind]!]
  const { pool } = testDatabase.as()
  const custodian = testDatabase.as('seloste_custodian').db
  const now = () => Temporal.Now.instant()

  rule('a destroyed recording cannot be opened with the store, and its neighbours can', async () => {
    const destroyer = makeDestroyer(testDatabase, register)
    const rows: WrappedRow[] = []
    const [fresh, stored, waiting] = [await register.record(), await register.record(), await register.record()]
    rows.push(...(await wrappedRows(pool)))
    const headers = new Map([fresh, stored, waiting].map(({ id, header }) => [id, header]))
    expect((await openWithStore(store, rows, headers)).size).toBe(3)
    await ingestRecording(register.ingest, stored.id, now())
    rows.push(...(await wrappedRows(pool)))
    for (const { id } of [fresh, stored]) expect((await destroyer.destroy(id)).destroyed).toEqual([id])
    rows.push(...(await wrappedRows(pool)))
    expect([...(await openWithStore(store, rows, headers))]).toEqual([waiting.id])
    await ingestRecording(register.ingest, waiting.id, now())
    expect(await fileKeyOf(custodian, store, waiting.id)).toHaveLength(16)
    expect((await store.names()).filter((name) => name.startsWith('intake-v'))).toHaveLength(1)
  })

  rule(
    'a renewal interrupted at any step leaves every waiting recording readable, and one version in the store',
    async () => {
      const destroyer = makeDestroyer(testDatabase, register)
      for (let at = 1; ; at++) {
        const [ingested, waiting] = [await register.record(), await register.record()]
        await ingestRecording(register.ingest, ingested.id, now())
        const interrupted = interrupt(destroyer.expunging, { at, how: at % 2 === 0 ? 'killed-before' : 'killed-after' })
        const ended = await renewIntakeKey(interrupted.expunging.db, interrupted.expunging.keys).then(
          () => true,
          () => false,
        )
        await pool.query(`update intake_version set made_at = made_at - interval '11 minutes' where state = 'making'`)
        await renewIntakeKey(custodian, store)
        await ingestRecording(register.ingest, waiting.id, now())
        await renewIntakeKey(custodian, store)
        expect(
          (await store.names()).filter((name) => name.startsWith('intake-v')),
          `step ${at}`,
        ).toHaveLength(1)
        await makeIntakeBatches(custodian, store, generateKeyPair, 1)
        await claimIntakeBatches(testDatabase.as('seloste_capture').db, ingested.id, 1)
        if (ended) {
          expect(at).toBeGreaterThan(10)
          break
        }
      }
    },
  )

  rule('recordings can be ingested later if the store became unavailable during a renewal', async () => {
    const destroyer = makeDestroyer(testDatabase, register)
    const [ingested, waiting] = [await register.record(), await register.record()]
    const fail = (): never => {
      throw new Error('away')
    }
    for (const act of ['make', 'unwrap', 'wrap', 'destroy', 'has'] as const) {
      const failing: KeyStore = { ...store, [act]: fail }
      await destroyer.destroy(ingested.id, { keys: failing }).catch(() => undefined)
    }
    expect(
      (
        await destroyer.expunging.db
          .selectFrom('recording')
          .select('state')
          .where('id', '=', ingested.id)
          .executeTakeFirstOrThrow()
      ).state,
    ).not.toBe('STORED')
    await destroyer.destroy(ingested.id)
    await ingestRecording(register.ingest, waiting.id, now())
    expect(await fileKeyOf(custodian, store, waiting.id)).toHaveLength(16)
  })
})
