/**
 * Proves that destroyed recordings are gone: no key row, no version of the month key under which it was encrypted, no object,
 * here or in a place of copies; and that the destruction ledger and the audit log record it. Repairs nothing.
 */
import { sql, type Kysely } from 'kysely'
import type { ObjectStore } from '#platform/objects/object-store.ts'
import type { KeyStore } from '#safeguards/keys/key-store.ts'
import { recordingObjects } from '../recordings/objects.ts'
import type { RegisterTables } from '../tables.ts'
import type { Finding } from './findings.ts'
import { sizeOf } from './prove-held.ts'

/** A place of copies, for a verification. */
export interface CopyPlaceToVerify {
  name: string
  /** Returns the recordings of which the place has an object, or a key that decrypts one. */
  stillThere(recordingIds: readonly string[]): Promise<string[]>
}

export interface DestructionProofContext {
  db: Kysely<RegisterTables>
  objects: ObjectStore
  keys: KeyStore
  places: readonly CopyPlaceToVerify[]
}

const maxConcurrent = 32

export async function proveDestroyed(proving: DestructionProofContext, ids: readonly string[]): Promise<Finding[]> {
  const { db, objects, keys, places } = proving
  if (ids.length === 0) return []
  const findings: Finding[] = []
  const { rows } = await sql<Traces>`
    select g.id,
      exists (select from recording_key k where k.recording_id = g.id) as has_key,
      exists (select from destruction_entry d where d.object_kind = 'recording' and d.object_id = g.id) as in_ledger,
      exists (
        select from audit_entry e where e.object_id = g.id and e.action = 'recording.destroyed'
      ) as in_log
    from unnest(${[...ids]}::uuid[]) as g (id)`.execute(db)
  for (const { id, has_key, in_ledger, in_log } of rows) {
    if (has_key) findings.push({ code: 'destroyed-key-left', recording: id })
    if (!in_ledger) findings.push({ code: 'destroyed-untold-ledger', recording: id })
    if (!in_log) findings.push({ code: 'destroyed-untold-log', recording: id })
  }
  findings.push(...(await monthKeysLeft(db, keys, ids)), ...(await objectsLeft(objects, ids)))
  for (const { name, stillThere } of places) {
    for (const recording of await stillThere(ids)) {
      findings.push({ code: 'destroyed-opens-in-place', recording, target: name })
    }
  }
  return findings
}

interface Traces {
  id: string
  has_key: boolean
  in_ledger: boolean
  in_log: boolean
}

/** Finds key versions under which a destroyed recording was once encrypted: an old copy of the keyring could decrypt it. */
async function monthKeysLeft(db: Kysely<RegisterTables>, keys: KeyStore, ids: readonly string[]): Promise<Finding[]> {
  const { rows } = await sql<{ id: string; last: string }>`
    select object_id as id, detail ->> 'monthKey' as last from destruction_entry
    where object_kind = 'recording' and object_id = any (${[...ids]}::uuid[]) and detail ? 'monthKey'`.execute(db)
  if (rows.length === 0) return []
  const names = new Set(await keys.names())
  return rows.flatMap(({ id, last }) => {
    const [, month, version] = /^(month-\d{4}-\d{2})\.v(\d+)$/.exec(last) ?? []
    const versions = Array.from({ length: Number(version ?? 0) }, (_, before) => `${month ?? ''}.v${before + 1}`)
    return versions
      .filter((name) => names.has(name))
      .map((target) => ({ code: 'destroyed-month-key-left' as const, recording: id, target }))
  })
}

async function objectsLeft(objects: ObjectStore, ids: readonly string[]): Promise<Finding[]> {
  const findings: Finding[] = []
  const left = ids.flatMap((id) => recordingObjects(id).map((key) => ({ id, key })))
  const worker = async () => {
    for (let next = left.pop(); next; next = left.pop()) {
      if ((await sizeOf(objects, next.key)) === undefined) continue
      findings.push({ code: 'destroyed-object-left', recording: next.id, target: next.key })
    }
  }
  await Promise.all(Array.from({ length: maxConcurrent }, worker))
  return findings
}

/**
 * Finds objects and keys without a row in the register: objects of recordings that the ledger records as destroyed, and keys
 * without a recording.
 */
export async function findObjectsWithoutRow({ db, objects }: DestructionProofContext): Promise<Finding[]> {
  const findings: Finding[] = []
  const held = await sql<{ id: string }>`
    select r.id from recording r where r.state not in ('DESTROYING', 'DESTROYED')
      and exists (select from destruction_entry d where d.object_kind = 'recording' and d.object_id = r.id)`.execute(db)
  findings.push(...held.rows.map(({ id }) => ({ code: 'destroyed-held' as const, recording: id })))
  const keysAlone = await sql<{ id: string }>`
    select k.recording_id as id from recording_key k
    where not exists (select from recording r where r.id = k.recording_id)`.execute(db)
  findings.push(...keysAlone.rows.map(({ id }) => ({ code: 'key-without-recording' as const, recording: id })))
  let some: string[] = []
  for await (const key of objects.list('recordings/')) {
    some.push(key)
    if (some.length === batchSize) {
      findings.push(...(await findLeftovers(db, some)))
      some = []
    }
  }
  return [...findings, ...(await findLeftovers(db, some))]
}

const batchSize = 2_000

/** Finds objects of recordings without a row. Those in the ledger are leftovers; others belong to calls not yet admitted. */
async function findLeftovers(db: Kysely<RegisterTables>, objectKeys: readonly string[]): Promise<Finding[]> {
  const byId = Map.groupBy(objectKeys, (key) => /^recordings\/([0-9a-f-]{36})\./.exec(key)?.[1] ?? '')
  byId.delete('')
  if (byId.size === 0) return []
  const { rows } = await sql<{ id: string }>`
    select g.id from unnest(${[...byId.keys()]}::uuid[]) as g (id)
    where not exists (select from recording r where r.id = g.id)
      and exists (select from destruction_entry d where d.object_kind = 'recording' and d.object_id = g.id)`.execute(db)
  return rows.flatMap(({ id }) =>
    byId.get(id)!.map((target) => ({ code: 'destroyed-object-left' as const, recording: id, target })),
  )
}
