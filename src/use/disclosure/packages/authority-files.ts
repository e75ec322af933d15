import { createHash } from 'node:crypto'
import { sql, type Kysely } from 'kysely'
import type { Trilingual } from '#description/closed-lists.ts'
import type { ZipEntry } from '#platform/zip/write-zip.ts'
import { wavOf, type CopyStore } from '#register/recordings/subject-copies.ts'
import type { RegisterTables } from '#register/tables.ts'

export interface AuthorityPackage {
  id: string
  number: string
  authority: string
  caseNumber: string
  provision: Trilingual | null
  decidedAt: Temporal.Instant
}

/** Identification data of one call: the closed list of R10. */
export interface CallOfItem {
  item: number
  startedAt: string
  endedAt: string | null
  /** Null if withheld. */
  caller: string | null
  number: string | null
  parts: {
    seq: number
    number: string | null
    answeredAt: string | null
    endedAt: string | null
    officialName: string | null
    officialPhone: string | null
  }[]
}

/** A granted recording, and the number of the recorded part of its call: null if the call's term has ended. */
export interface RecordingOfItem {
  item: number
  recording: string
  part: number | null
}

interface ContentRow {
  item: number
  what: 'RECORDING' | 'IDENTIFICATION_DATA' | 'BOTH'
  recording_id: string | null
  started_at: Temporal.Instant | null
  ended_at: Temporal.Instant | null
  caller: string | null
  number_called: string | null
  parts: (CallOfItem['parts'][number] & { isRecorded: boolean })[]
}

export async function readAuthorityPackage(db: Kysely<RegisterTables>, id: string): Promise<AuthorityPackage> {
  const { rows } = await sql<AuthorityPackage>`select * from authority_package(${id}::uuid)`.execute(db)
  return rows[0]!
}

/** Returns the granted identification data and recordings. */
export async function authorityContents(
  db: Kysely<RegisterTables>,
  id: string,
): Promise<{ calls: CallOfItem[]; recordings: RecordingOfItem[] }> {
  const { rows } = await sql<ContentRow>`select * from authority_contents(${id}::uuid)`.execute(db)
  return {
    calls: rows.flatMap(({ item, what, started_at, ended_at, caller, number_called, parts }) =>
      what === 'RECORDING' || !started_at
        ? []
        : [
            {
              item,
              startedAt: started_at.toString(),
              endedAt: ended_at?.toString() ?? null,
              caller,
              number: number_called,
              parts: parts.map(({ seq, number, answeredAt, endedAt, officialName, officialPhone }) => ({
                seq,
                number,
                answeredAt,
                endedAt,
                officialName,
                officialPhone,
              })),
            },
          ],
    ),
    recordings: rows.flatMap(({ item, what, recording_id, parts }) => {
      if (what === 'IDENTIFICATION_DATA' || recording_id === null) return []
      return [{ item, recording: recording_id, part: parts.find(({ isRecorded }) => isRecorded)?.seq ?? null }]
    }),
  }
}

/** Streams the original audio of one item as WAV; returns its hashes at the end. */
export function originalSound(
  store: CopyStore,
  { item, recording }: { item: number; recording: string },
): { file: ZipEntry; sha256: () => string; sha512: () => Buffer } {
  const [sha256, sha512] = [createHash('sha256'), createHash('sha512')]
  async function* hashed() {
    for await (const part of wavOf(store, recording)) {
      sha256.update(part)
      sha512.update(part)
      yield part
    }
  }
  return {
    file: { name: `${item}.wav`, parts: hashed() },
    sha256: () => sha256.copy().digest('hex'),
    sha512: () => sha512.copy().digest(),
  }
}
