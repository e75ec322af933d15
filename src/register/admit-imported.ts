/** Admits recordings from files of an earlier recorder, as the owner of the database (docs/decisions/0120). No audio, no keys. */
import { sql, type Kysely } from 'kysely'
import { describePart, type SegmentFacts } from './admit.ts'
import type { RegisterTables } from './tables.ts'

/** Outcome of a file (database/functions/capture/imports.sql). */
export type ImportOutcome =
  | 'entered'
  | 'joined'
  | 'known'
  | 'destroyed'
  | 'same-talk'
  | 'ambiguous'
  | 'differs-from-history'
  | 'longer-than-talk'
  | 'not-to-be-recorded'
  | 'number-not-recorded'
  | 'too-old'

export interface ImportRun {
  id: string
  /** Name of the earlier recorder, which is shown beside its recordings. */
  source: string
  /** SHA-256 of the map, in hexadecimal. */
  mapSha256: string
  /** Version of the description that governs the recordings. */
  descriptionVersion: number
}

/** What the register keeps of a file, and how to read its times. */
export interface FileOfRecording {
  /** SHA-256 of the file and of its sound, in hexadecimal. */
  fileSha256: string
  audioSha256: string
  /** True if the file's local time is ambiguous (clock change). The facts have the earlier time; the call may be an hour later. */
  isTimeAmbiguous: boolean
}

/** Begins a run, with its entry in the log. */
export async function beginImport(db: Kysely<RegisterTables>, run: ImportRun): Promise<void> {
  const { id, source, mapSha256, descriptionVersion } = run
  await sql`select begin_import(${id}::uuid, ${source}, ${mapSha256}, ${descriptionVersion}::integer)`.execute(db)
}

/**
 * Admits one recording with its origin and its entry in the log, or returns why not. Idempotent.
 * @param months terms of the numbers with rules; a call of the history keeps its number and gets that number's term
 */
export async function admitImported(
  db: Kysely<RegisterTables>,
  importId: string,
  facts: SegmentFacts,
  { fileSha256, audioSha256, isTimeAmbiguous }: FileOfRecording,
  months: Readonly<Record<string, number>>,
): Promise<ImportOutcome> {
  const { rows } = await sql<{ outcome: ImportOutcome }>`
    select outcome from admit_imported(${importId}::uuid, ${JSON.stringify({ ...describePart(facts), mayBeAnHourLater: isTimeAmbiguous })}::jsonb, ${fileSha256}, ${audioSha256}, ${JSON.stringify(months)}::jsonb)`.execute(
    db,
  )
  return rows[0]!.outcome
}

/**
 * Updates the planner's statistics of the tables that an import fills: plans made for empty tables read all of them for each
 * file, and for each round of the promises.
 */
export async function analyzeImported(db: Kysely<RegisterTables>): Promise<void> {
  await sql`analyze contact, segment, call_identity, recording, imported_recording, recorded_part, audit_entry`.execute(
    db,
  )
}

/** An imported file. */
export interface ImportedFile {
  recordingId: string
  /** True if the sealed sound was opened and found to be that of the file. */
  isCompared: boolean
  /** False once the recording has been destroyed. */
  isHeld: boolean
}

/** Returns those of these files, by their SHA-256 in hexadecimal, that were imported. */
export async function findImported(
  db: Kysely<RegisterTables>,
  fileSha256s: readonly string[],
): Promise<Map<string, ImportedFile>> {
  const { rows } = await sql<ImportedFile & { file: string }>`
    select encode(i.file_sha256, 'hex') as file, i.recording_id as "recordingId", i.compared_at is not null as "isCompared",
      r.state not in ('DESTROYING', 'DESTROYED') as "isHeld"
    from imported_recording i join recording r on r.id = i.recording_id
    where i.file_sha256 = any (array(select decode(f, 'hex') from unnest(${fileSha256s}::text[]) f))`.execute(db)
  return new Map(rows.map(({ file, ...one }) => [file, one]))
}
