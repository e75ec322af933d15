// R22, R50: two custodians must not serve one register, each with its own key folder, such as those of a started copy
// of a machine, or of a key store restored from a backup. What one custodian destroyed with a receipt could still be
// opened with the other's folder.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { generateKeyPair } from '#platform/age/age-header.ts'
import { holdCustodianLock } from '#app/custodian/custodian-lock.ts'
import type { RegisterTables } from '#register/tables.ts'
import { assertSameStore } from '#safeguards/keys/assert-same-store.ts'
import { makeIntakeBatches } from '#safeguards/keys/intake-keys.ts'
import { openKeyFolder } from '#safeguards/keys/key-folder.ts'
import { renewIntakeKey } from '#safeguards/keys/renew-intake-key.ts'
import { createTestDatabase } from '../database/create-test-database.ts'

const database = await createTestDatabase<RegisterTables>()
const lost = await createTestDatabase<RegisterTables>()
const folder = await mkdtemp(join(tmpdir(), 'seloste-2c-'))
afterAll(() => rm(folder, { recursive: true, force: true }))
const databaseUrl = database.url('seloste_custodian')
const elsewhere = { code: 'custodian-elsewhere' }
const nothing = () => undefined

test('a second custodian waits for the first to end, and is refused if the first does not end', async () => {
  const first = await holdCustodianLock({ databaseUrl, onElsewhere: nothing })
  await expect(holdCustodianLock({ databaseUrl, onElsewhere: nothing, patienceMs: 1_500 })).rejects.toMatchObject(
    elsewhere,
  )
  const second = holdCustodianLock({ databaseUrl, onElsewhere: nothing, patienceMs: 20_000 })
  await first.stop()
  await (await second).stop()
})

test('refuses a key folder restored from an older state, even if it has some of the keys', async () => {
  const db = database.as('seloste_custodian').db
  const [keys, old] = [join(folder, 'keys'), join(folder, 'old')]
  const store = await openKeyFolder(keys)
  await makeIntakeBatches(db, store, generateKeyPair, 1)
  await store.make('month-2031-05.v1')
  await database
    .as()
    .pool.query(
      "insert into shard_key (expiry_month, shard, month_key_version, wrapped) values ('2031-05-01', 7, 1, '\\x00')",
    )
  await cp(keys, old, { recursive: true })
  await database.as().pool.query(
    `with gone as (delete from intake_private_key p using intake_batch_key b
       where b.batch = p.batch and p.public_key = (select min(public_key) from intake_private_key) returning p.public_key, p.batch, b.version)
     insert into intake_key_end (public_key, batch, version) select public_key, batch, version from gone`,
  )
  await renewIntakeKey(db, store)
  await assertSameStore(db, store)
  await expect(assertSameStore(db, await openKeyFolder(old))).rejects.toMatchObject({
    code: 'KEY_STORE_OTHER',
    message: expect.stringMatching(/older than the database/) as string,
  })
})

/** Starts a custodian on a machine of its own, and waits until it works or has exited. */
async function startCustodian(data: string): Promise<{ output: () => string; stop: () => Promise<void> }> {
  const child = spawn(process.execPath, ['bin/seloste.js', 'start', '--role', 'custodian'], {
    env: {
      ...process.env,
      DATABASE_URL: databaseUrl,
      OBJECTS_URL: `file://${join(folder, 'objects')}`,
      SELOSTE_DATA: data,
      SELOSTE_DRAW_KEY: join(folder, 'draw.key'),
      SELOSTE_RUN: join(data, 'run'),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let printed = ''
  const ended = once(child, 'exit')
  await new Promise<void>((resolve) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (text: Buffer) => {
        printed += text.toString()
        if (printed.includes('custodian at ')) resolve()
      })
    }
    void ended.then(() => resolve())
  })
  return {
    output: () => printed,
    async stop() {
      child.kill('SIGKILL')
      await ended
    },
  }
}

test(
  'a custodian that is refused because of its key folder exits, and prevents no other from starting',
  { timeout: 120_000 },
  async () => {
    const data = join(folder, 'restored')
    await writeFile(join(folder, 'draw.key'), Buffer.alloc(32, 7), { mode: 0o600 })
    await cp(join(folder, 'old'), join(data, 'keys'), { recursive: true })
    const begun = performance.now()
    const { output } = await startCustodian(data)
    expect(output()).toContain('older than the database')
    expect(performance.now() - begun).toBeLessThan(60_000)
    await (await holdCustodianLock({ databaseUrl, onElsewhere: nothing })).stop()
  },
)

// Runs beside the next test, in a database of its own, because both wait for ten seconds and more.
test.concurrent(
  'a custodian that lost its database connection exits if another has taken over meanwhile',
  { timeout: 60_000 },
  async () => {
    const databaseUrl = lost.url('seloste_custodian')
    const reply = Promise.withResolvers<unknown>()
    const first = await holdCustodianLock({ databaseUrl, onElsewhere: reply.resolve })
    await lost
      .as()
      .pool.query(
        "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'seloste-custodian alone' and datname = current_database()",
      )
    const second = await holdCustodianLock({ databaseUrl, onElsewhere: nothing })
    expect(await reply.promise).toMatchObject(elsewhere)
    await Promise.all([first.stop(), second.stop()])
  },
)

test.concurrent(
  'a copy of the machine that is started exits while the original runs',
  { timeout: 120_000 },
  async () => {
    const [data, copy] = [join(folder, 'machine'), join(folder, 'copy')]
    await writeFile(join(folder, 'draw.key'), Buffer.alloc(32, 7), { mode: 0o600 })
    await cp(join(folder, 'keys'), join(data, 'keys'), { recursive: true })
    const first = await startCustodian(data)
    try {
      expect(first.output()).toContain('custodian at ')
      for (const part of ['keys', 'audit-log', 'ledger']) {
        await cp(join(data, part), join(copy, part), { recursive: true })
      }
      const second = await startCustodian(copy)
      await second.stop()
      expect(second.output()).toContain('another custodian is running on this register')
      expect(second.output()).not.toContain('custodian at ')
    } finally {
      await first.stop()
    }
  },
)

test('a register refuses to move while a custodian elsewhere holds the custodian’s lock, even an idle one', async () => {
  const held = await holdCustodianLock({ databaseUrl, onElsewhere: nothing })
  const to = join(folder, 'to.yaml')
  await writeFile(to, `OBJECTS_URL: file://${join(folder, 'elsewhere')}\n`, { mode: 0o600 })
  const environment = { ...process.env, SELOSTE_DATA: join(folder, 'moves'), DATABASE_URL: database.url() }
  const child = spawn(process.execPath, ['bin/seloste.js', 'move', '--to', to], {
    env: environment,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let lines = ''
  child.stderr.on('data', (text: Buffer) => (lines += text.toString()))
  const [code] = (await once(child, 'close')) as [number]
  expect(lines).toContain('seloste-custodian are running on this database')
  expect(code).toBe(1)
  await held.stop()
})
