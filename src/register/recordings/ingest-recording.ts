/**
 * Taking a recording into keeping; the custodian's work. In: a stored recording, sealed to an intake key. Out: the same
 * recording, its file key under the key of the hour and month in which it ends, its index sealed beside it, its header gone.
 * Each step can be taken again. Never here: a body that is decrypted to disk.
 */
import { mkdir, open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { sql, type Kysely, type Transaction } from 'kysely'
import type { ObjectStore } from '#platform/objects/object-store.ts'
import { appendAudit } from '#safeguards/audit/append.ts'
import { dayIdentity } from '#safeguards/keys/day-keys.ts'
import { endIntakeKeys, intakeIdentity } from '#safeguards/keys/intake-keys.ts'
import type { KeyStore } from '#safeguards/keys/key-store.ts'
import { fileKeyOf, keepFileKey } from '#safeguards/keys/recording-keys.ts'
import type { RegisterTables } from '../tables.ts'
import { readAgeHeader } from '#platform/age/age-header.ts'
import { cutToCall, describeBody, excessMs, keyWhenCut, openedUnder, type CallSpan } from './cut-to-call.ts'
import { writeFully } from '#platform/files/durable-files.ts'
import { indexRecording } from './index-recording.ts'
import { bodyKey, headerKey, indexKey, recordingObjects, tailKey } from './objects.ts'
import { openRecordingBody } from './open-recording.ts'
import { rebuildBody } from './rebuild-body.ts'
import { walkChunk, type LogMark } from './recording-log.ts'
import { isSilent, samplesPerSecond, sealIndex } from './recording-index.ts'
import { RecordingFault } from './recording-faults.ts'

export interface Keeping {
  db: Kysely<RegisterTables>
  objects: ObjectStore
  keys: KeyStore
  /** Sealed bytes only: where a body that a crash cut short is mended. */
  workFolder: string
  /** A recording reached so many milliseconds beyond its call, and is being cut to it: an incident (AC8). */
  onCut?: (id: string, cutMs: number) => void
}

const copyBytes = 1 << 20
/** Of one stanza it has some two hundred. */
const mostHeaderBytes = 1 << 16

/** Recordings that wait to be taken into keeping and whose terms are known. */
export async function recordingsToKeep(db: Kysely<RegisterTables>, most: number): Promise<string[]> {
  const rows = await db
    .selectFrom('recording')
    .select('id')
    .where('state', '=', 'STORED')
    .where('kept_at', 'is', null)
    .where('destroy_at', 'is not', null)
    // Of what a restore could not bring back there is nothing to keep.
    .where((eb) => eb.or([eb('keeping_fault', 'is', null), eb('keeping_fault', '<>', 'not-in-backup')]))
    // Those that failed before come last, so that they do not stand in the way of the others.
    .orderBy(sql`keeping_fault is not null`)
    .orderBy('started_at')
    .limit(most)
    .execute()
  return rows.map((row) => row.id)
}

/**
 * Takes one recording into keeping.
 * @returns false when there was nothing to do
 * @throws RecordingFault `intake-key-gone` when the private key of its header is destroyed, `recording-of-another` when it is sealed for
 * another recording; what the formats throw
 */
export async function ingestRecording(keeping: Keeping, id: string, now: Temporal.Instant): Promise<boolean> {
  const { db, objects, keys } = keeping
  const row = await db
    .selectFrom('recording as r')
    .innerJoin('segment as s', (join) =>
      join.onRef('s.id', '=', 'r.segment_id').onRef('s.contact_started_at', '=', 'r.contact_started_at'),
    )
    .select([
      'intake_day',
      'intake_key',
      'destroy_at',
      'incomplete',
      'r.started_at',
      'r.cut_ms',
      's.answered_at',
      's.ended_at',
    ])
    .where('r.id', '=', id)
    .where('r.state', '=', 'STORED')
    .where('r.kept_at', 'is', null)
    .executeTakeFirst()
  if (!row?.destroy_at) return false
  // An earlier try may have cut it, and not come further: up to its key in keeping, or not so far.
  const inKeepingKey = await fileKeyOf(db, keys, id)
  const given = inKeepingKey ?? (await fileKeyFromHeader(keeping, id, row))
  const whenCut = inKeepingKey ?? keyWhenCut(given)
  const wasCut = row.cut_ms !== null && (await openedUnder(objects, id, whenCut)) !== undefined
  const mended = row.incomplete && !wasCut ? await mend(keeping, id, given) : undefined
  await assertOwn(keeping, id, row.intake_key, wasCut ? whenCut : given)
  const span = spanOf(row)
  const isCut =
    wasCut || (!inKeepingKey && (await cut(keeping, { id, startedAt: row.started_at, fileKey: given }, span)))
  const fileKey = isCut ? whenCut : given
  try {
    const changed = isCut ? await describeBody(objects, id) : mended
    const index = await indexRecording(await openRecordingBody(objects, id, fileKey))
    await objects.put(indexKey(id), sealIndex(fileKey, index))
    const destroyAt = row.destroy_at
    const inKeeping = await whileStored(db, id, async (tx) => {
      await keepFileKey(tx, keys, { id, destroyAt, fileKey })
      await endIntakeKeys(tx, [id])
    })
    // Before the recording counts as kept: a crash in between comes back here.
    await objects.delete(headerKey(id))
    await objects.delete(tailKey(id))
    const kept = await whileStored(db, id, async (tx) => {
      if (isCut) await sql`select recording_begins_at_its_answer(${id}::uuid)`.execute(tx)
      const { sha256 } = await tx
        .updateTable('recording')
        .set({
          kept_at: now,
          keeping_fault: null,
          duration_ms: Math.round((index.durationSamples * 1000) / samplesPerSecond),
          packets_received: sum(index.tracks.map((track) => track.packetsReceived)),
          packets_lost: sum(index.tracks.map((track) => track.packetsLost)),
          unplayed_ms: index.unplayedMs ?? 0,
          is_silent: isSilent(index),
          ...(changed && { size_bytes: changed.sizeBytes, sha256: Buffer.from(changed.sha256, 'hex') }),
          ...(isCut && span && { ended_at: span.until }),
        })
        .where('id', '=', id)
        .returning('sha256')
        .executeTakeFirstOrThrow()
      // The verifier holds the recording against it for as long as there is one.
      await appendAudit(tx, {
        action: 'recording.kept',
        result: 'ok',
        object: { kind: 'recording', id },
        detail: { sha256: sha256?.toString('hex') ?? null },
      })
    })
    if (!inKeeping || !kept) await removeWhenDestroyed(keeping, id)
    return kept
  } finally {
    given.fill(0)
    whenCut.fill(0)
  }
}

/**
 * The first record of a body says whose it is, under its seal: capture can put header and body of any recording that waits under
 * another. Where a crash took that record, no other recording may name its key.
 * @throws RecordingFault `recording-of-another`
 */
async function assertOwn(
  { db, objects }: Keeping,
  id: string,
  intakeKey: string | null,
  fileKey: Buffer,
): Promise<void> {
  const chunk = await (await openRecordingBody(objects, id, fileKey)).openChunk(0)
  let start: LogMark | undefined
  walkChunk(chunk, { mark: (mark) => void (start ??= mark.kind === 'start' ? mark : undefined) })
  chunk.fill(0)
  if (start) {
    if ((start.detail as { recording?: unknown } | undefined)?.recording !== id) {
      throw new RecordingFault('recording-of-another', id)
    }
    return
  }
  const other = await db
    .selectFrom('recording')
    .select('id')
    .where('intake_key', 'is not distinct from', intakeKey)
    .where('id', '<>', id)
    .limit(1)
    .executeTakeFirst()
  if (other) throw new RecordingFault('recording-of-another', id)
}

type Span = CallSpan & { from: Temporal.Instant; until: Temporal.Instant }

/** From start signal to end signal as the register has them, or from the recording's own start, if that is later. */
function spanOf(row: {
  started_at: Temporal.Instant
  answered_at: Temporal.Instant | null
  ended_at: Temporal.Instant | null
}): Span | undefined {
  const { started_at: startedAt, answered_at: answeredAt, ended_at: until } = row
  if (!until) return undefined
  const from = answeredAt && Temporal.Instant.compare(answeredAt, startedAt) > 0 ? answeredAt : startedAt
  const at100us = (instant: Temporal.Instant) =>
    Math.round(instant.since(startedAt, { largestUnit: 'hours' }).total('milliseconds') * 10)
  return { from, until, from100us: at100us(from), until100us: Math.max(at100us(from), at100us(until)) }
}

/**
 * Cuts what lies outside the call, and first says in the log that it did: nobody has heard it, as nothing is heard that is not
 * in keeping (AC8).
 */
async function cut(
  { db, objects, workFolder, onCut }: Keeping,
  recording: { id: string; startedAt: Temporal.Instant; fileKey: Buffer },
  span: Span | undefined,
): Promise<boolean> {
  const { id } = recording
  const opened = span && (await openRecordingBody(objects, id, recording.fileKey))
  const excess = opened ? await excessMs(opened, span) : 0
  if (!opened || excess === 0) return false
  await whileStored(db, id, async (tx) => {
    const { numUpdatedRows } = await tx
      .updateTable('recording')
      .set({ cut_ms: excess })
      .where('id', '=', id)
      .where('cut_ms', 'is', null)
      .executeTakeFirstOrThrow()
    if (numUpdatedRows === 0n) return
    await appendAudit(tx, {
      action: 'recording.cut',
      result: 'ok',
      object: { kind: 'recording', id },
      detail: { cutMs: excess },
    })
  })
  onCut?.(id, excess)
  await cutToCall({ objects, workFolder }, recording, opened, span)
  return true
}

/** Does a step in one transaction with the recording locked; false, and nothing done, when it is not ours to keep any more. */
function whileStored(
  db: Kysely<RegisterTables>,
  id: string,
  step: (tx: Transaction<RegisterTables>) => Promise<void>,
): Promise<boolean> {
  return db.transaction().execute(async (tx) => {
    const stored = await tx
      .selectFrom('recording')
      .select('id')
      .where('id', '=', id)
      .where('state', '=', 'STORED')
      .where('kept_at', 'is', null)
      .forUpdate()
      .executeTakeFirst()
    if (stored) await step(tx)
    return stored !== undefined
  })
}

/** A recording destroyed in the meantime (a prohibition does not wait for us) leaves nothing of what was made here. */
async function removeWhenDestroyed({ db, objects }: Keeping, id: string): Promise<void> {
  const { state } = await db.selectFrom('recording').select('state').where('id', '=', id).executeTakeFirstOrThrow()
  if (state !== 'DESTROYING' && state !== 'DESTROYED') return
  for (const key of recordingObjects(id)) await objects.delete(key)
}

/** What is larger is noted before it is opened: one for which a process has not memory enough is not what the next one begins with. */
const notedBytes = 32 << 20
const endedInIt = 'custodian-ended'

/** To be called before a recording is taken into keeping. */
export async function noteBeforeKeeping({ db, objects }: Pick<Keeping, 'db' | 'objects'>, id: string): Promise<void> {
  // What is not there has no size; the try itself says what is missing.
  const sizes = await Promise.all([headerKey, bodyKey, tailKey].map((key) => objects.sizeBytes(key(id)).catch(() => 0)))
  if (sum(sizes) > notedBytes) await noteKeepingFault(db, id, endedInIt)
}

/** Recordings at which a process ended, by its memory or because it hung. */
export async function endedInKeeping(db: Kysely<RegisterTables>): Promise<{ id: string; code: string }[]> {
  const rows = await db
    .selectFrom('recording')
    .select('id')
    .where('keeping_fault', '=', endedInIt)
    .where('kept_at', 'is', null)
    .where('state', '=', 'STORED')
    .execute()
  return rows.map(({ id }) => ({ id, code: endedInIt }))
}

/** Notes why a recording could not be taken into keeping; it is tried again. */
export async function noteKeepingFault(db: Kysely<RegisterTables>, id: string, fault: string): Promise<void> {
  await db.updateTable('recording').set({ keeping_fault: fault }).where('id', '=', id).execute()
}

async function fileKeyFromHeader(
  { db, objects, keys }: Keeping,
  id: string,
  sealedTo: { intake_key: string | null; intake_day: Temporal.PlainDate },
): Promise<Buffer> {
  const { intake_key: publicKey, intake_day: day } = sealedTo
  const identity = await (publicKey === null ? dayIdentity(keys, day) : intakeIdentity(db, keys, publicKey))
  if (identity === undefined) throw new RecordingFault('intake-key-gone', publicKey ?? day.toString())
  const size = Math.min(mostHeaderBytes, await objects.sizeBytes(headerKey(id)))
  const header = await objects.readRange(headerKey(id), 0, size)
  return readAgeHeader(header, identity)
}

/** Makes a whole body of what a crash left; in a work folder, as the object store changes nothing in place. */
async function mend({ objects, workFolder }: Keeping, id: string, fileKey: Buffer) {
  await mkdir(workFolder, { recursive: true, mode: 0o700 })
  const bodyPath = join(workFolder, `${id}.body`)
  const tailPath = join(workFolder, `${id}.tail`)
  await copyOut(objects, bodyKey(id), bodyPath)
  const hasTail = await copyOut(objects, tailKey(id), tailPath).then(
    () => true,
    (error: unknown) => {
      if ((error as { code?: string }).code === 'object-missing') return false
      throw error
    },
  )
  try {
    const mended = await rebuildBody({ fileKey, bodyPath, tailPath: hasTail ? tailPath : undefined })
    if (mended.rebuilt) await objects.moveIn(bodyKey(id), bodyPath)
    return mended
  } finally {
    await rm(bodyPath, { force: true })
    await rm(tailPath, { force: true })
  }
}

async function copyOut(objects: ObjectStore, key: string, path: string): Promise<void> {
  const size = await objects.sizeBytes(key)
  const file = await open(path, 'w', 0o600)
  try {
    for (let at = 0; at < size; at += copyBytes) {
      await writeFully(file, await objects.readRange(key, at, Math.min(size, at + copyBytes)), at)
    }
    await file.sync()
  } finally {
    await file.close()
  }
}

function sum(numbers: number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
