/**
 * Fetching a copy by its link; the custodian's work. In: the token of a link that somebody has. Out: sealed bytes, piece by
 * piece, three times at the most and within an hour, until all of it has left once. Never here: whether a link that answers
 * nothing is wrong, used or over.
 */
import { sql, type Kysely } from 'kysely'
import { tokenHash } from '#platform/links/link-token.ts'
import type { ObjectStore } from '#platform/objects/object-store.ts'
import { subjectCopyKey } from '#register/recordings/objects.ts'
import { noteCopiesRemoved } from '#register/recordings/subject-copies.ts'
import type { RegisterTables } from '#register/tables.ts'

const pieceBytes = 256 * 1024

export interface CopyFetched {
  copy: string
  recording: string
  sizeBytes: number
}

export interface CopyFetching {
  /** The language of whoever asked; nothing where there is nothing to fetch. */
  behind: (asked: { token: string }) => Promise<{ language?: 'fi' | 'sv' | 'en' }>
  /** Begins to fetch; nothing where there is nothing to fetch. */
  begin: (asked: { token: string }) => Promise<Partial<CopyFetched>>
  /** The piece from a position on, in base64; nothing where the copy has ended meanwhile. */
  piece: (asked: CopyFetched & { from: number }) => Promise<{ bytes?: string }>
  /** The last byte has left. */
  taken: (asked: CopyFetched) => Promise<{ taken: true }>
}

export function createCopyFetching(db: Kysely<RegisterTables>, objects: ObjectStore): CopyFetching {
  return {
    async behind({ token }) {
      const { rows } = await sql<{ language: 'fi' | 'sv' | 'en' | null }>`
        select copy_behind(${tokenHash(token)}) as language`.execute(db)
      const language = rows[0]?.language
      return language ? { language } : {}
    },
    async begin({ token }) {
      const { rows } = await sql<{ copy: string; recording: string; sizeBytes: string }>`
        select id as copy, recording_id as recording, size_bytes as "sizeBytes"
        from begin_copy_fetch(${tokenHash(token)})`.execute(db)
      const [begun] = rows
      return begun ? { ...begun, sizeBytes: Number(begun.sizeBytes) } : {}
    },
    async piece({ copy, recording, sizeBytes, from }) {
      const { rows } = await sql<{ goesOn: boolean }>`select copy_goes_on(${copy}::uuid) as "goesOn"`.execute(db)
      if (rows[0]?.goesOn !== true) return {}
      const end = Math.min(sizeBytes, from + pieceBytes)
      const bytes = await objects.readRange(subjectCopyKey(recording, copy), from, end)
      return { bytes: bytes.toString('base64') }
    },
    async taken({ copy, recording }) {
      await sql`select note_copy_taken(${copy}::uuid)`.execute(db)
      await objects.delete(subjectCopyKey(recording, copy))
      await noteCopiesRemoved(db, [copy])
      return { taken: true }
    },
  }
}

/** Ends copies whose time is over, and removes the objects of all that have ended (the custodian's round). */
export async function settleCopies(db: Kysely<RegisterTables>, objects: ObjectStore): Promise<{ removed: number }> {
  await sql`select settle_copies()`.execute(db)
  const over = await db
    .selectFrom('subject_copy')
    .select(['id', 'recording_id'])
    .where('ended_at', 'is not', null)
    .where('removed_at', 'is', null)
    .orderBy('made_at')
    .limit(settledAtOnce)
    .execute()
  for (const { id, recording_id } of over) await objects.delete(subjectCopyKey(recording_id, id))
  const removed = await noteCopiesRemoved(
    db,
    over.map(({ id }) => id),
  )
  return { removed }
}

const settledAtOnce = 500
