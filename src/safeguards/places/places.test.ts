import { link, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { randomBytes, randomUUID } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { canHaltS3Server, hasS3Server, startS3Server } from '#test/objects/s3-server.ts'
import { makeDestructionEntry, openTestLedger } from '#test/audit/open-ledger.ts'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import type { StorageSite } from '#description/register-description.ts'
import { generateKeyPair } from '#platform/age/age-header.ts'
import type { PlaceSetting } from '#platform/config/places.ts'
import type { ObjectStore } from '#platform/objects/object-store.ts'
import { monthKeyName, recordingPurpose, shardPurpose } from '../keys/month-keys.ts'
import { wrapKey } from '../keys/wrap.ts'
import type { SafeguardTables } from '../tables.ts'
import { openMonth, opensUnderKey, readShard } from './keyring-file.ts'
import { openStore } from './open-place.ts'
import { openPlaces, type Places } from './places.ts'
import { renewMonth } from './renew-keyring.ts'

const database = await createTestDatabase<SafeguardTables>()
const { db } = database.as('seloste_custodian')
const ledger = await openTestLedger(database)
const { keys } = ledger
const recovery = generateKeyPair()
const folder = await mkdtemp(join(tmpdir(), 'places-'))
const server = hasS3Server ? await startS3Server() : undefined
afterAll(async () => {
  await server?.stop()
  await rm(folder, { recursive: true, force: true })
})

const month = Temporal.PlainDate.from('2027-03-01')
const vault: StorageSite = {
  id: 'vault',
  names: { fi: 'Holvi', sv: 'Valv', en: 'Vault' },
  electronicAccessControl: true,
  attestedBy: 'Security',
  attestedOn: Temporal.PlainDate.from('2026-01-01'),
  nextReview: Temporal.PlainDate.from('2028-01-01'),
}
const cellar = { ...vault, id: 'cellar', nextReview: Temporal.PlainDate.from('2026-02-01') }

let names = 0
async function makeFolderPlace(): Promise<PlaceSetting> {
  const name = `place-${++names}`
  await mkdir(join(folder, name))
  return { name, at: { kind: 'folder', folder: join(folder, name) }, site: 'vault' }
}

function open(backups: PlaceSetting[], more: Partial<Parameters<typeof openPlaces>[0]> = {}): Places {
  return openPlaces({
    ...{ db, keys, backups, ledgerCopies: [], recipient: recovery.recipient },
    sites: () => [vault, cellar],
    now: () => Temporal.Now.instant(),
    ...more,
  })
}

/** A shard with file keys, as an ingestion makes it. */
async function addShard(shard: number, recordings: number, on = db): Promise<string[]> {
  const name = monthKeyName(month, 1)
  if (!(await keys.has(name))) await keys.make(name)
  const key = randomBytes(32)
  const [wrapped] = await keys.wrap(name, [{ secret: key, purpose: shardPurpose(month, shard) }])
  await on
    .insertInto('shard_key')
    .values({ expiry_month: month, shard, month_key_version: 1, wrapped: wrapped! })
    .execute()
  const ids = Array.from({ length: recordings }, () => randomUUID())
  if (ids.length > 0) {
    await on
      .insertInto('recording_key')
      .values(
        ids.map((id) => ({
          recording_id: id,
          expiry_month: month,
          shard,
          wrapped: wrapKey(key, randomBytes(16), recordingPurpose(id)),
        })),
      )
      .execute()
  }
  return ids
}

/** Returns the ids of recordings whose keys are in the place's copy of the keyring, opened with the recovery key. */
async function openedFrom(store: ObjectStore): Promise<string[]> {
  const file = await store.readRange('keyring/2027-03/month', 0, await store.sizeBytes('keyring/2027-03/month'))
  const { keys: monthKeys, shards } = await openMonth(recovery.identity, file)
  expect(monthKeys).toMatchObject([{ version: 1 }])
  const found: string[] = []
  for (const { shard, wrapped } of shards) {
    const [shardKey] = await keys.unwrap(monthKeyName(month, 1), [{ wrapped, purpose: shardPurpose(month, shard) }])
    for (const name of [`keyring/2027-03/${shard}`, `keyring/2027-03/${shard}.next`]) {
      const size = await store.sizeBytes(name).catch(() => undefined)
      if (size === undefined) continue
      const files = readShard(month, shard, await store.readRange(name, 0, size))
      if (!opensUnderKey(shardKey!, files)) continue
      found.push(...files.map(({ recordingId }) => recordingId))
      break
    }
  }
  return found.sort()
}
const stored = async () =>
  (await db.selectFrom('recording_key').select('recording_id').execute()).map((row) => row.recording_id).sort()
const stateOf = (name: string) =>
  db.selectFrom('place_of_data').selectAll().where('name', '=', name).executeTakeFirstOrThrow()
const pathOf = (setting: PlaceSetting, ...more: string[]) =>
  join(setting.at.kind === 'folder' ? setting.at.folder : '', ...more)

beforeEach(async () => {
  await db.deleteFrom('recording_key').execute()
  await db.deleteFrom('shard_key').execute()
  await addShard(1, 3)
  await addShard(2, 2)
})

const kinds: [string, boolean, () => Promise<PlaceSetting>][] = [
  ['a folder', true, makeFolderPlace],
  [
    // Debian's radosgw; skipped if it is not installed.
    'a bucket',
    hasS3Server,
    async () => {
      const { bucket, endpoint, region, credentialsFile } = server!.store(await server!.makeBucket())
      const at = {
        kind: 's3' as const,
        bucket,
        prefix: 'seloste/',
        endpoint,
        region,
        credentialsFile,
        profile: undefined,
      }
      return { name: `place-${++names}`, at, site: 'vault' }
    },
  ],
]

describe.each(kinds)('the copy of the keyring in %s', (_, isInstalled, make) => {
  const rule = test.skipIf(!isInstalled)

  rule('is complete after the first update, and can be decrypted with the recovery key', async () => {
    const setting = await make()
    expect(await open([setting]).catchUp()).toEqual([{ place: setting.name, reached: true }])
    expect(await openedFrom(await openStore(setting))).toEqual(await stored())
    expect(await stateOf(setting.name)).toMatchObject({
      state: 'in-use',
      keyring_whole: true,
      site: 'vault',
      fault: null,
    })
  })

  rule('follows keys that are removed and added, whole shards included', async () => {
    const setting = await make()
    const places = open([setting])
    await places.catchUp()
    await db.deleteFrom('recording_key').where('shard', '=', 1).execute()
    await db.deleteFrom('shard_key').where('shard', '=', 1).execute()
    await addShard(3, 4)
    expect(await places.renewKeyring([{ month, shards: [1] }])).toEqual([{ place: setting.name, reached: true }])
    const store = await openStore(setting)
    expect(await openedFrom(store)).toEqual(await stored())
    expect(await Array.fromAsync(store.list('keyring/'))).toEqual([
      'keyring/2027-03/2',
      'keyring/2027-03/3',
      'keyring/2027-03/month',
    ])
    const pending = await db
      .selectFrom('keyring_change')
      .select('id')
      .where('place', '=', (await stateOf(setting.name)).id)
      .execute()
    expect(pending).toEqual([])
  })

  rule('has no file of a month whose keys are gone', async () => {
    const setting = await make()
    const places = open([setting])
    await places.catchUp()
    await db.deleteFrom('recording_key').execute()
    await db.deleteFrom('shard_key').execute()
    await places.renewKeyring([{ month, shards: [1, 2] }])
    expect(await Array.fromAsync((await openStore(setting)).list('keyring/'))).toEqual([])
  })

  rule(
    'is in one place with copied objects, which are deleted there too, and with the ledger, which is updated there',
    async () => {
      const setting = await make()
      const places = open([setting])
      await places.catchUp()
      const store = await openStore(setting)
      await store.put('objects/recordings/a.body', Buffer.from('sealed'))
      await places.deleteObjects(['recordings/a.body', 'recordings/a.index'])
      expect(await Array.fromAsync(store.list('objects/'))).toEqual([])
      await ledger.append(makeDestructionEntry())
      const head = await ledger.seal()
      expect(await places.shipLedger()).toEqual([{ place: setting.name, reached: true }])
      expect((await stateOf(setting.name)).ledger_to).toBe(head?.size)
    },
  )
})

const place = { id: randomUUID(), ledgerTo: 0 }

test('a copy can be opened after its renewal was interrupted, at any step', async () => {
  const setting = await makeFolderPlace()
  await open([setting]).catchUp()
  const store = await openStore(setting)
  for (let failingStep = 0; failingStep < 12; failingStep++) {
    const before = await stored()
    await db.deleteFrom('recording_key').where('shard', '=', 1).execute()
    await db.deleteFrom('shard_key').where('shard', '=', 1).execute()
    await addShard(1, 2)
    let steps = 0
    const step = () => {
      if (steps++ >= failingStep) throw new Error('power loss')
    }
    const failing: ObjectStore = {
      ...store,
      put: async (key, content) => (step(), store.put(key, content)),
      delete: async (key) => (step(), store.delete(key)),
    }
    await renewMonth(db, keys, recovery.recipient, failing, { month, shards: [1], place }).catch(() => undefined)
    const opened = await openedFrom(store)
    expect(
      [before, await stored()].some((all) => JSON.stringify(all) === JSON.stringify(opened)),
      `after ${failingStep}`,
    ).toBe(true)
    await renewMonth(db, keys, recovery.recipient, store, { month, shards: [1], place })
    expect(await openedFrom(store)).toEqual(await stored())
  }
})

test('if a shard’s key changes while it is copied, the copy keeps the earlier shard, complete, until the next renewal', async () => {
  const setting = await makeFolderPlace()
  await open([setting]).catchUp()
  const store = await openStore(setting)
  const before = await stored()
  const changing: ObjectStore = {
    ...store,
    async put(key, content) {
      if (key.endsWith('/2.next')) {
        await db.deleteFrom('recording_key').where('shard', '=', 1).execute()
        await db.deleteFrom('shard_key').execute()
        await addShard(1, 3)
        await addShard(7, 1)
      }
      return store.put(key, content)
    },
  }
  await renewMonth(db, keys, recovery.recipient, changing, { month, shards: [2], place })
  expect(await openedFrom(store)).toEqual(before)
})

test('a recording that is being ingested when a place comes into use has its key there', async () => {
  const setting = await makeFolderPlace()
  const places = open([setting])
  const begun = await db.transaction().execute(async (tx) => {
    await addShard(9, 2, tx)
    const caughtUp = places.catchUp()
    await wait(500)
    return { caughtUp }
  })
  await begun.caughtUp
  expect(await openedFrom(await openStore(setting))).toEqual(await stored())
})

describe('a place that', () => {
  test('is unavailable never blocks the others, and is updated when it is back', async () => {
    const [one, other] = [await makeFolderPlace(), await makeFolderPlace()]
    const places = open([one, other])
    await places.catchUp()
    await rename(pathOf(one), `${pathOf(one)}.unmounted`)
    await mkdir(pathOf(one))
    await addShard(4, 2)
    const [first, second] = await places.renewKeyring([{ month, shards: [4] }])
    expect(second).toEqual({ place: other.name, reached: true })
    expect(first).toMatchObject({ place: one.name, reached: false })
    expect(first?.fault).toContain('mount the right one')
    expect(first?.fault).not.toContain('\n')
    expect(await readdir(pathOf(one))).toEqual([])
    expect(await stateOf(one.name)).toMatchObject({
      state: 'unreachable',
      fault: first?.fault,
      fault_code: 'place-other',
    })
    const fresh = (await open([one]).catchUp())[0]
    expect(fresh?.fault).toContain('has no seloste-backup.json: mount the right disk there')
    await rm(pathOf(one), { recursive: true })
    await rename(`${pathOf(one)}.unmounted`, pathOf(one))
    expect(await places.catchUp()).toMatchObject([{ reached: true }, { reached: true }])
    expect(await openedFrom(await openStore(one))).toEqual(await stored())
    expect(await stateOf(one.name)).toMatchObject({ state: 'in-use', fault: null, fault_code: null })
  })

  test('belongs to another installation is not written to', async () => {
    const setting = await makeFolderPlace()
    const marker = { format: 'seloste-place/1', origin: 'seloste/elsewhere', place: randomUUID(), name: 'x' }
    await writeFile(pathOf(setting, 'seloste-backup.json'), JSON.stringify(marker))
    const [place] = await open([setting]).catchUp()
    expect(place?.fault).toContain('belongs to another installation, seloste/elsewhere: nothing was written')
    expect((await readdir(pathOf(setting))).filter((name) => name === 'keyring')).toEqual([])
  })

  test('returns other bytes than were written is reported', async () => {
    const setting = await makeFolderPlace()
    const store = await openStore(setting)
    const faulty: ObjectStore = {
      ...store,
      readRange: async (key, start, end) => Buffer.alloc((await store.readRange(key, start, end)).length),
    }
    await expect(
      renewMonth(db, keys, recovery.recipient, faulty, { month, shards: 'all', place }),
    ).rejects.toMatchObject({
      code: 'place-differs',
    })
  })

  test.skipIf(!hasS3Server || !canHaltS3Server)(
    'hangs counts as unreachable after the timeout, and the others continue',
    async () => {
      const far = await kinds[1]![2]()
      const near = await makeFolderPlace()
      const places = open([far, near], { limitMs: 1_500 })
      await places.catchUp()
      server!.halt()
      try {
        const begun = performance.now()
        const [first, second] = await places.renewKeyring([{ month, shards: [1] }])
        expect(performance.now() - begun).toBeLessThan(4_000)
        expect(second).toMatchObject({ reached: true })
        expect(first?.fault).toContain('did not answer within 2 s')
      } finally {
        server!.resume()
      }
    },
  )

  test('has no site with a valid attestation is refused if it is new, and continues if it is known', async () => {
    const [setting, unknown] = [await makeFolderPlace(), { ...(await makeFolderPlace()), site: 'attic' }]
    const expired = { ...setting, site: 'cellar' }
    const place = await open([expired, unknown]).catchUp()
    expect(place.map(({ fault }) => fault)).toEqual([
      `${setting.name}: the attestation of its site cellar was valid until 2026-02-01: attest it and enter that in a new version of the description`,
      `${unknown.name}: its site attic is not in the description (vault, cellar): enter it, attested, in a new version of the description`,
    ])
    expect(await readdir(pathOf(setting))).toEqual([])
    expect(await stateOf(setting.name)).toMatchObject({ state: 'refused', first_used_at: null })
    await open([setting]).catchUp()
    expect(await stateOf(setting.name)).toMatchObject({ state: 'in-use' })
    expect(await open([expired]).catchUp()).toMatchObject([{ reached: true }])
    expect(await stateOf(setting.name)).toMatchObject({ state: 'attestation-over' })
    const { rows } = await database
      .as()
      .pool.query<{ action: string }>('select action from audit_entry where detail ->> $1 = $2 order by seq', [
        'place',
        setting.name,
      ])
    expect(rows.map(({ action }) => action)).toEqual(['place.refused', 'place.used'])
  })
})

test('a replaced file is overwritten on disk before it is removed', async () => {
  const setting = await makeFolderPlace()
  const store = await openStore(setting)
  await store.put('keyring/a', Buffer.from('an old key'))
  await link(pathOf(setting, 'keyring/a'), pathOf(setting, 'held'))
  await store.put('keyring/a', Buffer.from('a new one'))
  expect(await readFile(pathOf(setting, 'held'))).toEqual(Buffer.alloc('an old key'.length))
  await store.delete('keyring/a')
})

test('a process that finds its place encrypted for the recovery key of another process reports that', async () => {
  const place = await makeFolderPlace()
  await addShard(41, 1)
  const [custodian, command] = [open([place]), open([place], { recipient: generateKeyPair().recipient })]
  const renew = (places: Places) => places.backup(place.name)!.renewCopies()
  await renew(custodian)
  // A process that starts with a new key renews everything.
  await renew(command)
  await expect(renew(custodian)).rejects.toMatchObject({ code: 'place-two-keys' })
  await renew(custodian)
  const { rows } = await database
    .as()
    .pool.query('select recipient, state from place_of_data where name = $1', [place.name])
  expect(rows).toEqual([{ recipient: recovery.recipient, state: 'in-use' }])
})
