/**
 * Serves package downloads, in the custodian: by a link's token, or, to be saved on a physical medium, in the session of the
 * person who released the package. Sends sealed bytes to one client at a time, with at most three attempts within an hour,
 * until the package has been sent once. The client cannot distinguish a wrong link from a used or expired one.
 */
import { sql } from 'kysely'
import { inSession } from '#platform/database/connect.ts'
import {
  createSingleUseDownloads,
  type DownloadInProgress,
  type SingleUseDownloads,
  type RemovingEnded,
} from '#platform/links/single-use-download.ts'
import { readAtRest } from '#register/recordings/at-rest.ts'
import { packageKey } from '#register/recordings/objects.ts'
import type { CopyStore } from '#register/recordings/subject-copies.ts'
import { returnRefusal, type Refused } from '#safeguards/access/database-request.ts'
import { recordingsInPackage } from './recordings-in-package.ts'

const endedBatchSize = 500

export interface PackageFetched {
  id: string
  /** 1 to 3. */
  attempt: number
  sizeBytes: number
}

export const savePackageRefusals = [
  'deny.role',
  'not-found',
  'package.not-yours',
  'package.not-ready',
  'package.over',
  'package.being-fetched',
] as const

interface BegunRow {
  id: string
  attempt: number
  size: string
  isBusy: boolean
}

export interface PackageDownloads extends SingleUseDownloads<PackageFetched> {
  /** Begins the download of a package that will be handed over on a physical medium. */
  beginSave: (request: {
    session: string
    id: string
    address?: string
  }) => Promise<(PackageFetched & { number: string }) | Refused<(typeof savePackageRefusals)[number]>>
}

/** `removeEnded` ends expired packages, and removes the objects of all ended ones. */
export function createPackageDownloads(
  store: Pick<CopyStore, 'db' | 'objects' | 'keys'>,
): PackageDownloads & RemovingEnded {
  const { db, objects } = store
  const fetching = createSingleUseDownloads<PackageFetched, { id: string }>(objects, {
    keyOf: ({ id }) => packageKey(id),
    async read({ id }, from, to) {
      const { rows } = await sql<{ mayBePlain: boolean }>`
        select may_be_plain as "mayBePlain" from disclosure_package where id = ${id}`.execute(db)
      const recordings = await recordingsInPackage(db, id)
      const mayBePlain = rows[0]?.mayBePlain === true
      return readAtRest(store, { object: packageKey(id), id, recordings, mayBePlain }, from, to)
    },
    async languageOfLink(hash) {
      const { rows } = await sql<{ language: 'fi' | 'sv' | 'en' | null }>`
        select package_link_language(${hash}) as language`.execute(db)
      return rows[0]?.language ?? null
    },
    async begin(hash, address) {
      const { rows } = await sql<BegunRow>`
        select id, attempt, size_bytes as size, is_busy as "isBusy"
        from begin_package_fetch(${hash}, null, ${address ?? null})`.execute(db)
      const [begun] = rows
      if (begun?.isBusy) return { isBusy: true } satisfies DownloadInProgress
      return begun && { id: begun.id, attempt: begun.attempt, sizeBytes: Number(begun.size) }
    },
    async isActive({ id, attempt }) {
      const { rows } = await sql<{ mayContinue: boolean }>`
        select fetch_may_continue(${id}::uuid, ${attempt}) as "mayContinue"`.execute(db)
      return rows[0]?.mayContinue === true
    },
    async useUpLink({ id, attempt }) {
      const { rows } = await sql<{ isTaken: boolean }>`
        select complete_fetch(${id}::uuid, ${attempt}) as "isTaken"`.execute(db)
      return rows[0]?.isTaken === true
    },
    releaseLease: ({ id, attempt }) => sql`select end_fetch_lease(${id}::uuid, ${attempt})`.execute(db),
    async hasEnded({ id }) {
      const { rows } = await sql`select from disclosure_package where id = ${id} and ended_at is not null`.execute(db)
      return rows.length > 0
    },
    async endExpired() {
      await sql`select settle_packages(), remove_download_addresses()`.execute(db)
      const { rows } = await sql<{ id: string }>`
        select id from disclosure_package where ended_at is not null and removed_at is null
        order by made_at limit ${endedBatchSize}`.execute(db)
      return rows
    },
    /** Records that objects were removed. A package that was not ready may get its object later: it is checked for 3 hours. */
    async recordRemoved(packages) {
      const { numAffectedRows } = await sql`
        update disclosure_package set removed_at = clock_timestamp()
        where id = any (${packages.map(({ id }) => id)}::uuid[]) and ended_at is not null
          and (ready_at is not null or made_at < now() - interval '3 hours')`.execute(db)
      return Number(numAffectedRows ?? 0)
    },
  })
  return {
    ...fetching,
    async beginSave({ session, id, address }) {
      const beginning = inSession(db, { 'seloste.session': session }, async (tx) => {
        const { rows } = await sql<BegunRow & { number: string }>`
          select id, attempt, size_bytes as size, number, is_busy as "isBusy"
          from begin_package_fetch(null, ${id}::uuid, ${address ?? null})`.execute(tx)
        const begun = rows[0]!
        if (begun.isBusy) return { refused: 'package.being-fetched' as const }
        return { id: begun.id, attempt: begun.attempt, sizeBytes: Number(begun.size), number: begun.number }
      })
      return returnRefusal(savePackageRefusals, beginning)
    },
  }
}
