/**
 * Ingests a stored recording, as the custodian: opens it with its intake key, wraps the file key under the key of the hour and
 * month of its end, seals the index, deletes the header. Idempotent. A body is never decrypted to disk.
 */
import { mkdir, open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { sql, type Kysely, type Transaction } from 'kysely'
import type { ObjectStore } from '#platform/objects/object-store.ts'
import { appendAudit } from '#safeguards/audit/append.ts'
import { dayIdentity } from '#safeguards/keys/day-keys.ts'
import { deleteIntakeKeys, intakeIdentity } from '#safeguards/keys/intake-keys.ts'
import type { KeyStore } from '#safeguards/keys/key-store.ts'
import { fileKeyOf, storeFileKey } from '#safeguards/keys/recording-keys.ts'
import type { RegisterTables } from '../tables.ts'
import { readAgeHeader } from '#platform/age/age-header.ts'
import { trimToCall, describeBody, excessMs, trimmedKey, openWithKey, type CallSpan } from './trim-to-call.ts'
import { writeFully } from '#platform/files/durable-files.ts'
import { indexRecording } from './index-recording.ts'
import { bodyKey, headerKey, indexKey, recordingObjects, tailKey } from './objects.ts'
import { openRecordingBody } from './open-recording.ts'
import { rebuildBody } from './rebuild-body.ts'
import { walkChunk, type LogMark } from './recording-log.ts'
import { isSilent, samplesPerSecond, sealIndex } from './recording-index.ts'
import { RecordingFault } from './recording-faults.ts'

export interface IngestContext {
  db: Kysely<RegisterTables>
  objects: ObjectStore
  keys: KeyStore
  /** Folder for rebuilding bodies cut short by a crash; sealed bytes only. */
  workFolder: string
  /**
   * Called for a recording that is longer than its call and is being trimmed, with the excess in milliseconds: an incident
   * (AC8).
   */
  onCut?: (id: string, cutMs: number) => void
}

const copyBytes = 1 << 20
/** A header of one stanza has about two hundred bytes. */
const maxHeaderBytes = 1 << 16

/** Returns recordings that wait for ingestion and whose terms are known. */
export async function recordingsToIngest(db: Kysely<RegisterTables>, max: number): Promise<string[]> {
  const rows = await db
    .selectFrom('recording')
    .select('id')
    .where('state', '=', 'STORED')
    .where('kept_at', 'is', null)
    .where('destroy_at', 'is not', null)
    // Recordings that a restore could not recover cannot be ingested.
    .where((eb) => eb.or([eb('keeping_fault', 'is', null), eb('keeping_fault', '<>', 'not-in-backup')]))
    // Failed recordings last, so that they do not delay the others.
    .orderBy(sql`keeping_fault is not null`)
    .orderBy('started_at')
    .limit(max)
    .execute()
  return rows.map((row) => row.id)
}

/**
 * Ingests one recording.
 * @returns false if there was nothing to do
 * @throws RecordingFault `intake-key-gone` if the private key of its header is destroyed, `recording-of-another` if it is
 * sealed for another recording; format errors
 */
export async function ingestRecording(context: IngestContext, id: string, now: Temporal.Instant): Promise<boolean> {
  const { db, objects, keys } = context
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
  // An earlier attempt may have trimmed the recording and stopped before or after storing its key.
  const storedKey = await fileKeyOf(db, keys, id)
  const foundKey = storedKey ?? (await fileKeyFromHeader(context, id, row))
  const keyIfTrimmed = storedKey ?? trimmedKey(foundKey)
  const wasTrimmed = row.cut_ms !== null && (await openWithKey(objects, id, keyIfTrimmed)) !== undefined
  const rebuiltBody = row.incomplete && !wasTrimmed ? await rebuildAfterCrash(context, id, foundKey) : undefined
  await assertBodyIsOfRecording(context, id, row.intake_key, wasTrimmed ? keyIfTrimmed : foundKey)
  const span = spanOf(row)
  const isTrimmed =
    wasTrimmed ||
    (!storedKey && (await trimIfTooLong(context, { id, startedAt: row.started_at, fileKey: foundKey }, span)))
  const fileKey = isTrimmed ? keyIfTrimmed : foundKey
  try {
    const changed = isTrimmed ? await describeBody(objects, id) : rebuiltBody
    const index = await indexRecording(await openRecordingBody(objects, id, fileKey))
    await objects.put(indexKey(id), sealIndex(fileKey, index))
    const destroyAt = row.destroy_at
    const stored = await whileStored(db, id, async (tx) => {
      await storeFileKey(tx, keys, { id, destroyAt, fileKey })
      await deleteIntakeKeys(tx, [id])
    })
    // Before the recording counts as ingested: after a crash this is repeated.
    await objects.delete(headerKey(id))
    await objects.delete(tailKey(id))
    const ingested = await whileStored(db, id, async (tx) => {
      if (isTrimmed) await sql`select set_recording_start_to_answer(${id}::uuid)`.execute(tx)
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
          ...(isTrimmed && span && { ended_at: span.until }),
        })
        .where('id', '=', id)
        .returning('sha256')
        .executeTakeFirstOrThrow()
      // The verifier compares the recording with this entry for as long as it exists.
      await appendAudit(tx, {
        action: 'recording.kept',
        result: 'ok',
        object: { kind: 'recording', id },
        detail: { sha256: sha256?.toString('hex') ?? null },
      })
    })
    if (!stored || !ingested) await removeWhenDestroyed(context, id)
    return ingested
  } finally {
    foundKey.fill(0)
    keyIfTrimmed.fill(0)
  }
}

/**
 * The first record of a body names its recording, under its seal: capture could store header and body of any waiting recording
 * under another id. If a crash has destroyed that record, no other recording may name its key.
 * @throws RecordingFault `recording-of-another`
 */
async function assertBodyIsOfRecording(
  { db, objects }: IngestContext,
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

/** Returns the span from start to end signal in the register, or from the recording's start if that is later. */
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
 * Trims audio outside the call, after logging it. Nobody has listened to it: recordings cannot be played before ingestion
 * (AC8).
 */
async function trimIfTooLong(
  { db, objects, workFolder, onCut }: IngestContext,
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
  await trimToCall({ objects, workFolder }, recording, opened, span)
  return true
}

/**
 * Runs a step in one transaction with the recording locked; returns false without running it if the recording need not be
 * ingested any more.
 */
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

/** Removes what the ingestion has stored if the recording was destroyed meanwhile (a prohibition does not wait). */
async function removeWhenDestroyed({ db, objects }: IngestContext, id: string): Promise<void> {
  const { state } = await db.selectFrom('recording').select('state').where('id', '=', id).executeTakeFirstOrThrow()
  if (state !== 'DESTROYING' && state !== 'DESTROYED') return
  for (const key of recordingObjects(id)) await objects.delete(key)
}

/** Larger recordings are recorded before opening, so that one that exhausts memory is not the next process's first. */
const maxUnrecordedBytes = 32 << 20
const custodianEnded = 'custodian-ended'

/** Call before ingesting a recording. */
export async function recordBeforeIngest(
  { db, objects }: Pick<IngestContext, 'db' | 'objects'>,
  id: string,
): Promise<void> {
  // A missing object has no size; ingestion reports what is missing.
  const sizes = await Promise.all([headerKey, bodyKey, tailKey].map((key) => objects.sizeBytes(key(id)).catch(() => 0)))
  if (sum(sizes) > maxUnrecordedBytes) await recordIngestFault(db, id, custodianEnded)
}

/** Returns recordings during whose ingestion a process ended: out of memory, or killed because it hung. */
export async function recordingsOfCrashedIngests(db: Kysely<RegisterTables>): Promise<{ id: string; code: string }[]> {
  const rows = await db
    .selectFrom('recording')
    .select('id')
    .where('keeping_fault', '=', custodianEnded)
    .where('kept_at', 'is', null)
    .where('state', '=', 'STORED')
    .execute()
  return rows.map(({ id }) => ({ id, code: custodianEnded }))
}

/** Records why a recording could not be ingested; it is retried. */
export async function recordIngestFault(db: Kysely<RegisterTables>, id: string, fault: string): Promise<void> {
  await db.updateTable('recording').set({ keeping_fault: fault }).where('id', '=', id).execute()
}

async function fileKeyFromHeader(
  { db, objects, keys }: IngestContext,
  id: string,
  sealedTo: { intake_key: string | null; intake_day: Temporal.PlainDate },
): Promise<Buffer> {
  const { intake_key: publicKey, intake_day: day } = sealedTo
  const identity = await (publicKey === null ? dayIdentity(keys, day) : intakeIdentity(db, keys, publicKey))
  if (identity === undefined) throw new RecordingFault('intake-key-gone', publicKey ?? day.toString())
  const size = Math.min(maxHeaderBytes, await objects.sizeBytes(headerKey(id)))
  const header = await objects.readRange(headerKey(id), 0, size)
  return readAgeHeader(header, identity)
}

/** Rebuilds a whole body after a crash; in a work folder, as objects are immutable. */
async function rebuildAfterCrash({ objects, workFolder }: IngestContext, id: string, fileKey: Buffer) {
  await mkdir(workFolder, { recursive: true, mode: 0o700 })
  const bodyPath = join(workFolder, `${id}.body`)
  const tailPath = join(workFolder, `${id}.tail`)
  await copyToFile(objects, bodyKey(id), bodyPath)
  const hasTail = await copyToFile(objects, tailKey(id), tailPath).then(
    () => true,
    (error: unknown) => {
      if ((error as { code?: string }).code === 'object-missing') return false
      throw error
    },
  )
  try {
    const result = await rebuildBody({ fileKey, bodyPath, tailPath: hasTail ? tailPath : undefined })
    if (result.rebuilt) await objects.moveIn(bodyKey(id), bodyPath)
    return result
  } finally {
    await rm(bodyPath, { force: true })
    await rm(tailPath, { force: true })
  }
}

async function copyToFile(objects: ObjectStore, key: string, path: string): Promise<void> {
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
