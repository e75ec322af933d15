import { execFile, spawnSync } from 'node:child_process'
import { randomBytes, randomUUID } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { beforeAll, describe, expect, test } from 'vitest'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { callOfMonthsAgo, makeTestRegister } from '#test/register/make-register.ts'
import { seedRandom } from '#test/simulator/random.ts'
import { generateKeyPair, writeAgeHeader } from '#platform/age/age-header.ts'
import { openDirectoryStore } from '#platform/objects/directory-store.ts'
import { fileKeyOf } from '#safeguards/keys/recording-keys.ts'
import { withoutCopies } from '#safeguards/places/copies.ts'
import { expungeRecordings } from '../expunge.ts'
import { ingestRecording } from '../recordings/ingest-recording.ts'
import { bodyKey, headerKey, indexKey } from '../recordings/objects.ts'
import { openRecordingBody, openRecordingIndex } from '../recordings/open-recording.ts'
import type { RegisterTables } from '../tables.ts'
import { describeFinding } from './findings.ts'
import { copyPlaceToVerify } from './copy-place-to-verify.ts'
import type { CopyPlaceToVerify } from './prove-destroyed.ts'
import { verifyRecordings, type VerifyOptions } from './verify-recordings.ts'

const database = await createTestDatabase<RegisterTables>()
const register = await makeTestRegister(database)
const { pool } = database.as()
const { objects, keys, ingest: context, folder } = register
const custodian = database.as('seloste_custodian').db
const now = () => Temporal.Now.instant()
const isLong = process.env['SELOSTE_LONG'] === '1'
const hasAge = spawnSync('age', ['--version']).status === 0

const verify = (options: VerifyOptions = {}, places: CopyPlaceToVerify[] = []) =>
  verifyRecordings({ db: custodian, objects, keys, places }, { threads: 1, ...options })
const codes = async (options?: VerifyOptions) =>
  (await verify(options)).findings.map(({ code, recording }) => `${recording} ${code}`)

async function makeRecording(packets = 50, facts = {}) {
  const { id } = await register.record(facts, { packets })
  await ingestRecording(context, id, now())
  return id
}

async function makeDestroyed() {
  const id = await makeRecording(50, callOfMonthsAgo(6))
  await destroy(id)
  return id
}

async function destroy(id: string) {
  const { destroyed: destroyedIds } = await expungeRecordings(
    { db: custodian, objects, keys, copies: withoutCopies, workFolder: context.workFolder },
    [{ id, cause: 'retention', doneBy: 'sweep', deadline: now().add({ hours: 24 }) }],
    now(),
  )
  expect(destroyedIds).toEqual([id])
}

/** Changes an object, verifies, and restores it. */
async function verifyWithChange(key: string, change: (bytes: Buffer) => Buffer | undefined) {
  const whole = await objects.readRange(key, 0, await objects.sizeBytes(key))
  const other = change(Buffer.from(whole))
  if (other) await objects.put(key, other)
  else await objects.delete(key)
  try {
    return await verify()
  } finally {
    await objects.put(key, whole)
  }
}

let held: string[] = []
let ended: string[] = []
let reportWithoutHeld: Awaited<ReturnType<typeof verify>>
beforeAll(async () => {
  ended = [await makeDestroyed(), await makeDestroyed()]
  reportWithoutHeld = await verify()
  held = [await makeRecording(50), await makeRecording(600), await makeRecording(1)]
}, 60_000)

test('a register whose recordings are all destroyed is verified like any other', () => {
  expect(reportWithoutHeld).toMatchObject({ held: 0, destroyed: 2, found: 0 })
})

describe('a verification of recordings', () => {
  test('finds nothing if nothing was changed, and reports how much it opened', async () => {
    const sizes = await Promise.all(held.map((id) => objects.sizeBytes(bodyKey(id))))
    const report = await verify()
    expect(report).toMatchObject({ held: 3, destroyed: 2, found: 0, findings: [] })
    expect(report.bytes).toBe(sizes.reduce((sum, size) => sum + size))
  })

  test('of a sample checks as many recordings as requested', async () => {
    const { held: opened, destroyed } = await verify({ sample: 4 })
    expect(opened + destroyed).toBe(4)
  })

  test('continues where the last one stopped, until it has checked all', async () => {
    const after = [...held].sort()[0]!
    const { held: opened, resumeAfter } = await verify({ after })
    expect(opened).toBe(2)
    expect(resumeAfter).toBeUndefined()
  })

  test('reports in one line what is wrong and what to do', async () => {
    const { findings } = await verifyWithChange(bodyKey(held[0]!), () => undefined)
    expect(findings.map(describeFinding)).toEqual([
      `recording ${held[0]!}: body-missing: its body is not in the object store; bring its objects back from a place of backups (seloste recordings bring-back --from PLACE)`,
    ])
  })
})

describe('an existing recording fails the verification if', () => {
  test.each<[string, (bytes: Buffer) => Buffer | undefined, string[]]>([
    ['its body is cut at a chunk', (bytes) => bytes.subarray(0, 16 + 65_552), ['body-length', 'body-forged']],
    ['its body is cut anywhere', (bytes) => bytes.subarray(0, -1), ['body-length', 'body-forged']],
    ['its body is empty', () => Buffer.alloc(0), ['body-length', 'body-forged']],
    ['something follows its body', (bytes) => Buffer.concat([bytes, Buffer.from('x')]), ['body-length', 'body-forged']],
    ['its body is gone', () => undefined, ['body-missing']],
    [
      'its chunks changed places',
      (bytes) =>
        Buffer.concat([
          bytes.subarray(0, 16),
          bytes.subarray(16 + 65_552, 16 + 2 * 65_552),
          bytes.subarray(16, 16 + 65_552),
          bytes.subarray(16 + 2 * 65_552),
        ]),
      ['body-forged'],
    ],
  ])('%s', async (_, change, expected) => {
    const { findings } = await verifyWithChange(bodyKey(held[1]!), change)
    expect(findings.map(({ code }) => code)).toEqual(expected)
    expect(new Set(findings.map(({ recording }) => recording))).toEqual(new Set([held[1]]))
  })

  test('its index is missing, truncated, or another recording’s', async () => {
    const other = await objects.readRange(indexKey(held[0]!), 0, await objects.sizeBytes(indexKey(held[0]!)))
    for (const [change, code] of [
      [() => undefined, 'index-missing'],
      [(bytes: Buffer) => bytes.subarray(0, -3), 'index-forged'],
      [() => other, 'index-forged'],
    ] as const) {
      expect((await verifyWithChange(indexKey(held[1]!), change)).findings).toMatchObject([
        { code, recording: held[1] },
      ])
    }
  })

  test('bodies, or all objects of recordings, were exchanged', async () => {
    const [a, b] = [held[0]!, held[1]!]
    await exchange(bodyKey(a), bodyKey(b))
    expect((await codes()).filter((line) => line.endsWith('body-forged')).sort()).toEqual(
      [`${a} body-forged`, `${b} body-forged`].sort(),
    )
    await exchange(indexKey(a), indexKey(b))
    expect((await codes()).filter((line) => line.endsWith('index-forged'))).toHaveLength(2)
    await exchange(bodyKey(a), bodyKey(b))
    await exchange(indexKey(a), indexKey(b))
    expect(await codes()).toEqual([])
  })

  test('keys are missing, altered or exchanged: by row, by shard, by month', async () => {
    const [a, b] = [held[0]!, held[1]!]
    const keyRows = async () =>
      (await pool.query<{ recording_id: string; wrapped: Buffer }>('select recording_id, wrapped from recording_key'))
        .rows
    const before = await keyRows()
    const keyOf = (id: string) => before.find((row) => row.recording_id === id)!.wrapped
    const put = (id: string, wrapped: Buffer) =>
      pool.query('update recording_key set wrapped = $2 where recording_id = $1', [id, wrapped])
    await put(a, keyOf(b))
    await put(b, keyOf(a))
    expect((await codes()).sort()).toEqual([`${a} key-forged`, `${b} key-forged`].sort())
    await put(a, keyOf(a))
    await put(b, flipped(keyOf(b), 3))
    expect(await codes()).toEqual([`${b} key-forged`])
    await put(b, keyOf(b))
    const shards = (
      await pool.query<{ expiry_month: string; shard: number; wrapped: Buffer }>(
        'select expiry_month::text, shard, wrapped from shard_key',
      )
    ).rows
    for (const { expiry_month, shard, wrapped } of shards) {
      await pool.query('update shard_key set wrapped = $3 where expiry_month = $1::date and shard = $2', [
        expiry_month,
        shard,
        flipped(wrapped, 20),
      ])
    }
    expect((await codes()).sort()).toEqual(held.map((id) => `${id} key-forged`).sort())
    for (const { expiry_month, shard, wrapped } of shards) {
      await pool.query('update shard_key set wrapped = $3 where expiry_month = $1::date and shard = $2', [
        expiry_month,
        shard,
        wrapped,
      ])
    }
    await pool.query('alter table recording_key disable trigger user')
    const { rows } = await pool.query<{ row: object }>(
      `delete from recording_key where recording_id = $1 returning to_jsonb(recording_key) as row`,
      [a],
    )
    expect(await codes()).toEqual([`${a} key-missing`])
    await pool.query('insert into recording_key select * from jsonb_populate_record(null::recording_key, $1)', [
      JSON.stringify(rows[0]!.row),
    ])
    await pool.query('alter table recording_key enable trigger user')
    expect(await codes()).toEqual([])
  })

  test('the register’s hash, or the log’s, differs', async () => {
    const id = held[0]!
    const { rows } = await pool.query<{ sha256: Buffer }>('select sha256 from recording where id = $1', [id])
    await pool.query('update recording set sha256 = $2 where id = $1', [id, flipped(rows[0]!.sha256, 0)])
    expect(await codes()).toEqual([`${id} hash-told-otherwise`, `${id} body-hash`])
    await pool.query('update recording set sha256 = $2 where id = $1', [id, rows[0]!.sha256])
  })

  test('a header was left, or put back', async () => {
    await objects.put(headerKey(held[2]!), Buffer.from('age-encryption.org/v1'))
    expect(await codes()).toEqual([`${held[2]!} header-left`])
    await objects.delete(headerKey(held[2]!))
  })
})

describe('a destroyed recording fails the verification if', () => {
  test('an object of it exists again, whether its row still exists or not', async () => {
    const [id, rowless] = [ended[0]!, randomUUID()]
    await objects.put(bodyKey(id), Buffer.from('x'))
    await pool.query(
      `insert into destruction_entry (object_kind, object_id, cause, done_by, targets) values ('recording', $1, 'retention', 'sweep', '{}')`,
      [rowless],
    )
    await objects.put(bodyKey(rowless), Buffer.from('x'))
    expect((await codes()).sort()).toEqual([`${id} destroyed-object-left`, `${rowless} destroyed-object-left`].sort())
    await objects.delete(bodyKey(id))
    await objects.delete(bodyKey(rowless))
    // A call that is not entered yet does not count.
    await objects.put(bodyKey(randomUUID()), Buffer.from('x'))
    expect(await codes()).toEqual([])
  })

  test('a key row of it, or the version of its month key, exists', async () => {
    const id = ended[0]!
    await pool.query(
      `insert into recording_key (recording_id, expiry_month, shard, wrapped)
       select $1, expiry_month, shard, '\\x00' from shard_key limit 1`,
      [id],
    )
    expect(await codes()).toEqual([`${id} destroyed-key-left`])
    await pool.query('delete from recording_key where recording_id = $1', [id])
    const { rows } = await pool.query<{ name: string }>(
      `select detail ->> 'monthKey' as name from destruction_entry where object_id = $1`,
      [id],
    )
    await keys.make(rows[0]!.name)
    expect(await codes()).toContain(`${id} destroyed-month-key-left`)
    await keys.destroy(rows[0]!.name)
    expect(await codes()).toEqual([])
  })

  test('a place of copies still has an object of it, or a key in its keyring', async () => {
    const store = await openDirectoryStore(join(folder, 'kellari'))
    const found = async () => (await verify({}, [copyPlaceToVerify('kellari', store)])).findings
    await store.put(`objects/${bodyKey(held[0]!)}`, Buffer.from('x'))
    await store.put('keyring/2027-03/month', Buffer.from('sealed'))
    await store.put('keyring/2027-03/7', Buffer.from(`seloste-keyring-shard/1 2027-03 7\n${held[0]!} AAAA\n`))
    expect(await found()).toEqual([])
    await store.put(`objects/${bodyKey(ended[0]!)}`, Buffer.from('x'))
    await store.put('keyring/2027-03/8.next', Buffer.from(`seloste-keyring-shard/1 2027-03 8\n${ended[1]!} AAAA\n`))
    expect(new Set((await found()).map(({ code, recording, target }) => [code, recording, target].join(' ')))).toEqual(
      new Set(ended.map((id) => `destroyed-opens-in-place ${id} kellari`)),
    )
  })

  test('the ledger reports it and the register still has it', async () => {
    await pool.query(
      `insert into destruction_entry (object_kind, object_id, cause, done_by, targets) values ('recording', $1, 'caller', 'sweep', '{}')`,
      [held[2]],
    )
    expect(await codes()).toEqual([`${held[2]!} destroyed-held`])
    held = held.slice(0, 2)
  })
})

test(
  'any change of a body or an index is found, and plays nothing (T)',
  async () => {
    const random = seedRandom(11).next
    const id = held[1]!
    const rounds = isLong ? 10_000 : 60
    const fileKey = (await fileKeyOf(custodian, keys, id))!
    const whole = await openRecordingBody(objects, id, fileKey)
    const chunks = await Promise.all(Array.from({ length: whole.chunks }, (_, n) => whole.openChunk(n)))
    const [body, index] = await Promise.all(
      [bodyKey(id), indexKey(id)].map(async (key) => objects.readRange(key, 0, await objects.sizeBytes(key))),
    )
    for (let round = 0; round < rounds; round++) {
      const isBody = random() < 0.7
      const [key, bytes] = isBody ? [bodyKey(id), body!] : [indexKey(id), index!]
      const other = corrupt(bytes, random)
      if (other.equals(bytes)) continue
      await objects.put(key, other)
      const found = isLong || round % 6 === 0 ? await codes() : undefined
      if (found)
        expect(
          found.some((line) => line.startsWith(`${id} ${isBody ? 'body' : 'index'}-`)),
          String(round),
        ).toBe(true)
      // Playback gives what was recorded, or nothing.
      if (isBody) {
        const opened = await openRecordingBody(objects, id, fileKey).catch(() => undefined)
        for (let n = 0; opened && n < opened.chunks; n++) {
          const chunk = await opened.openChunk(n).catch(() => undefined)
          if (chunk) expect(chunk.equals(chunks[n] ?? Buffer.alloc(0)), `${round}: chunk ${n}`).toBe(true)
        }
      } else await expect(openRecordingIndex(objects, id, fileKey)).rejects.toThrow()
      await objects.put(key, bytes)
    }
  },
  isLong ? 3_600_000 : 60_000,
)

describe.skipIf(!hasAge)('the age command-line tool', () => {
  test('opens an existing recording with its key, and nothing opens a destroyed one', async () => {
    const id = held[0]!
    const { recipient, identity } = generateKeyPair()
    const fileKey = (await fileKeyOf(custodian, keys, id))!
    const body = await objects.readRange(bodyKey(id), 0, await objects.sizeBytes(bodyKey(id)))
    const [file, identityFile] = [join(folder, 'live.age'), join(folder, 'identity')]
    await writeFile(file, Buffer.concat([headerFor(recipient, fileKey), body]))
    await writeFile(identityFile, `${identity}\n`, { mode: 0o600 })
    const opened = join(folder, 'live.log')
    await promisify(execFile)('age', ['--decrypt', '-i', identityFile, '-o', opened, file])
    const payload = await openRecordingBody(objects, id, fileKey)
    const chunks = await Promise.all(Array.from({ length: payload.chunks }, (_, n) => payload.openChunk(n)))
    expect(await readFile(opened)).toEqual(Buffer.concat(chunks))

    // Somebody kept the body of a recording that was destroyed since: there is no key for a header.
    const { id: copied, body: copy } = await register.record(callOfMonthsAgo(6), { packets: 50 })
    await ingestRecording(context, copied, now())
    await destroy(copied)
    expect(await fileKeyOf(custodian, keys, copied)).toBeUndefined()
    await writeFile(file, Buffer.concat([headerFor(recipient, fileKey), copy]))
    await expect(promisify(execFile)('age', ['--decrypt', '-i', identityFile, '-o', opened, file])).rejects.toThrow()
  })
})

/** Returns an age header for a recipient. Making one needs the file key. */
function headerFor(recipient: string, fileKey: Buffer): Buffer {
  return writeAgeHeader(recipient, (size) => (size === fileKey.length ? fileKey : randomBytes(size))).header
}

async function exchange(one: string, other: string) {
  const [a, b] = await Promise.all(
    [one, other].map(async (key) => objects.readRange(key, 0, await objects.sizeBytes(key))),
  )
  await objects.put(one, b!)
  await objects.put(other, a!)
}

function flipped(bytes: Buffer, at: number): Buffer {
  const other = Buffer.from(bytes)
  other[at]! ^= 1
  return other
}

/** Changes a bit, truncates, repeats the end, moves a block to the start, or zeroes 64 bytes. */
function corrupt(bytes: Buffer, random: () => number): Buffer {
  const at = Math.floor(random() * bytes.length)
  const other = Buffer.from(bytes)
  switch (Math.floor(random() * 5)) {
    case 0:
      other[at]! ^= 1 << Math.floor(random() * 8)
      return other
    case 1:
      return other.subarray(0, at)
    case 2:
      return Buffer.concat([other, other.subarray(at)])
    case 3:
      other.copyWithin(0, at)
      return other
    default:
      return other.fill(0, at, Math.min(at + 64, other.length))
  }
}
