/**
 * Fetching a copy by its link; the custodian's work. In: the token of a link that somebody has. Out: sealed bytes, begun three
 * times at the most and within an hour, until all of it has left once. Never here: whether a link that answers nothing is wrong, used or
 * over.
 */
import { sql, type Kysely } from 'kysely'
import { createFetchedOnce, type FetchedOnce, type RemovingEnded } from '#platform/links/fetched-once.ts'
import type { ObjectStore } from '#platform/objects/object-store.ts'
import { subjectCopyKey } from '#register/recordings/objects.ts'
import { noteCopiesRemoved } from '#register/recordings/subject-copies.ts'
import type { RegisterTables } from '#register/tables.ts'

const settledAtOnce = 500

export interface CopyFetched {
  copy: string
  recording: string
  /** 1 to 3. */
  attempt: number
  sizeBytes: number
}

export type CopyFetching = FetchedOnce<CopyFetched>

/** `removeEnded` ends copies whose time is over, and removes the objects of all that have ended. */
export function createCopyFetching(db: Kysely<RegisterTables>, objects: ObjectStore): CopyFetching & RemovingEnded {
  return createFetchedOnce<CopyFetched, Pick<CopyFetched, 'copy' | 'recording'>>(objects, {
    keyOf: ({ copy, recording }) => subjectCopyKey(recording, copy),
    async behind(hash) {
      const { rows } = await sql<{ language: 'fi' | 'sv' | 'en' | null }>`
        select copy_behind(${hash}) as language`.execute(db)
      return rows[0]?.language ?? null
    },
    async begin(hash) {
      const { rows } = await sql<{ copy: string; recording: string; attempt: number; size: string }>`
        select id as copy, recording_id as recording, attempt, size_bytes as size from begin_copy_fetch(${hash})`.execute(
        db,
      )
      const [begun] = rows
      if (!begun) return undefined
      const { size, ...fetched } = begun
      return { ...fetched, sizeBytes: Number(size) }
    },
    async goesOn({ copy, attempt }) {
      const { rows } = await sql<{ goesOn: boolean }>`
        select copy_goes_on(${copy}::uuid, ${attempt}) as "goesOn"`.execute(db)
      return rows[0]?.goesOn === true
    },
    async noteTaken({ copy, attempt }) {
      const { rows } = await sql<{ hasEnded: boolean }>`
        select note_copy_taken(${copy}::uuid, ${attempt}) as "hasEnded"`.execute(db)
      return rows[0]?.hasEnded === true
    },
    async settle() {
      await sql`select settle_copies()`.execute(db)
      return db
        .selectFrom('subject_copy')
        .select(['id as copy', 'recording_id as recording'])
        .where('ended_at', 'is not', null)
        .where('removed_at', 'is', null)
        .orderBy('made_at')
        .limit(settledAtOnce)
        .execute()
    },
    noteRemoved: (copies) =>
      noteCopiesRemoved(
        db,
        copies.map(({ copy }) => copy),
      ),
  })
}
