/**
 * Downloads of a copy by its link, served by the custodian. Sends sealed bytes to one client at a time, at most three
 * attempts within an hour, until the copy was sent whole once. The client cannot distinguish a wrong link from a used or expired
 * one.
 */
import { sql, type NotNull } from 'kysely'
import {
  createSingleUseDownloads,
  type DownloadInProgress,
  type SingleUseDownloads,
  type RemovingEnded,
} from '#platform/links/single-use-download.ts'
import { subjectCopyKey } from '#register/recordings/objects.ts'
import { recordCopiesRemoved, readSubjectCopy, type CopyStore } from '#register/recordings/subject-copies.ts'

const endedBatchSize = 500

export interface CopyFetched {
  copy: string
  recording: string
  /** 1 to 3. */
  attempt: number
  sizeBytes: number
}

export type CopyDownloads = SingleUseDownloads<CopyFetched>

/** Returns the downloads of copies. `removeEnded` ends expired copies and deletes the objects of all ended ones. */
export function createCopyDownloads(store: Pick<CopyStore, 'db' | 'objects' | 'keys'>): CopyDownloads & RemovingEnded {
  const { db, objects } = store
  return createSingleUseDownloads<CopyFetched, Pick<CopyFetched, 'copy' | 'recording'>>(objects, {
    keyOf: ({ copy, recording }) => subjectCopyKey(recording, copy),
    read: (copy, from, to) => readSubjectCopy(store, copy, from, to),
    async languageOfLink(hash) {
      const { rows } = await sql<{ language: 'fi' | 'sv' | 'en' | null }>`
        select copy_link_language(${hash}) as language`.execute(db)
      return rows[0]?.language ?? null
    },
    async begin(hash, address) {
      const { rows } = await sql<{
        copy: string
        recording: string
        attempt: number
        size: string
        isBusy: boolean
      }>`
        select id as copy, recording_id as recording, attempt, size_bytes as size, is_busy as "isBusy"
        from begin_copy_fetch(${hash}, ${address ?? null})`.execute(db)
      const [begun] = rows
      if (!begun) return undefined
      const { size, isBusy, ...fetched } = begun
      if (isBusy) return { isBusy } satisfies DownloadInProgress
      return { ...fetched, sizeBytes: Number(size) }
    },
    async isActive({ copy, attempt }) {
      const { rows } = await sql<{ mayContinue: boolean }>`
        select fetch_may_continue(${copy}::uuid, ${attempt}) as "mayContinue"`.execute(db)
      return rows[0]?.mayContinue === true
    },
    async useUpLink({ copy, attempt }) {
      const { rows } = await sql<{ isTaken: boolean }>`
        select complete_fetch(${copy}::uuid, ${attempt}) as "isTaken"`.execute(db)
      return rows[0]?.isTaken === true
    },
    releaseLease: ({ copy, attempt }) => sql`select end_fetch_lease(${copy}::uuid, ${attempt})`.execute(db),
    async hasEnded({ copy }) {
      const { rows } = await sql`select from subject_copy where id = ${copy} and ended_at is not null`.execute(db)
      return rows.length > 0
    },
    async endExpired() {
      await sql`select settle_copies(), remove_download_addresses()`.execute(db)
      return db
        .selectFrom('subject_copy')
        .select(['id as copy', 'recording_id as recording'])
        .where('ended_at', 'is not', null)
        .where('removed_at', 'is', null)
        .where('recording_id', 'is not', null)
        .$narrowType<{ recording: NotNull }>()
        .orderBy('made_at')
        .limit(endedBatchSize)
        .execute()
    },
    recordRemoved: (copies) =>
      recordCopiesRemoved(
        db,
        copies.map(({ copy }) => copy),
      ),
  })
}
