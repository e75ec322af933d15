/**
 * A package leaving; the custodian's work. In: the token of a link that somebody has, or the session of whoever releases it for
 * a medium. Out: sealed bytes, piece by piece, three times at the most and within an hour, until all of it has left once. Never
 * here: whether a link that answers nothing is wrong, used or over.
 */
import { sql, type Kysely } from 'kysely'
import { inSession } from '#platform/database/connect.ts'
import { tokenHash } from '#platform/links/link-token.ts'
import type { ObjectStore } from '#platform/objects/object-store.ts'
import { packageKey } from '#register/recordings/objects.ts'
import type { RegisterTables } from '#register/tables.ts'
import { refusalOf } from '#safeguards/access/ask-of-database.ts'

const pieceBytes = 256 * 1024
const settledAtOnce = 500

export interface PackageFetched {
  id: string
  sizeBytes: number
}

export const savePackageRefusals = [
  'deny.role',
  'not-found',
  'package.not-yours',
  'package.not-ready',
  'package.over',
] as const

export interface PackageFetching {
  /** The language of the recipient; nothing where there is nothing to fetch. */
  behind: (asked: { token: string }) => Promise<{ language?: 'fi' | 'sv' | 'en' }>
  /** Begins to fetch; nothing where there is nothing to fetch. */
  begin: (asked: { token: string }) => Promise<Partial<PackageFetched>>
  /** Begins to save one for a medium. */
  beginSave: (asked: {
    session: string
    id: string
  }) => Promise<(PackageFetched & { number: string }) | { refused: (typeof savePackageRefusals)[number] }>
  /** The piece from a position on, in base64; nothing where the package has ended meanwhile. */
  piece: (asked: PackageFetched & { from: number }) => Promise<{ bytes?: string }>
  /** The last byte has left. */
  taken: (asked: PackageFetched) => Promise<{ taken: true }>
}

export function createPackageFetching(db: Kysely<RegisterTables>, objects: ObjectStore): PackageFetching {
  return {
    async behind({ token }) {
      const { rows } = await sql<{ language: 'fi' | 'sv' | 'en' | null }>`
        select package_behind(${tokenHash(token)}) as language`.execute(db)
      const language = rows[0]?.language
      return language ? { language } : {}
    },
    async begin({ token }) {
      const { rows } = await sql<{ id: string; size_bytes: string }>`
        select id, size_bytes from begin_package_fetch(${tokenHash(token)})`.execute(db)
      const [begun] = rows
      return begun ? { id: begun.id, sizeBytes: Number(begun.size_bytes) } : {}
    },
    async beginSave({ session, id }) {
      try {
        return await inSession(db, { 'seloste.session': session }, async (tx) => {
          const { rows } = await sql<{ id: string; size_bytes: string; number: string }>`
            select id, size_bytes, number from begin_package_save(${id}::uuid)`.execute(tx)
          const begun = rows[0]!
          return { id: begun.id, sizeBytes: Number(begun.size_bytes), number: begun.number }
        })
      } catch (error) {
        const refused = refusalOf(error, savePackageRefusals)
        if (!refused) throw error
        return refused
      }
    },
    async piece({ id, sizeBytes, from }) {
      const { rows } = await sql<{ goesOn: boolean }>`select package_goes_on(${id}::uuid) as "goesOn"`.execute(db)
      if (rows[0]?.goesOn !== true) return {}
      const bytes = await objects.readRange(packageKey(id), from, Math.min(sizeBytes, from + pieceBytes))
      return { bytes: bytes.toString('base64') }
    },
    async taken({ id }) {
      await sql`select note_package_taken(${id}::uuid)`.execute(db)
      await remove(db, objects, [id])
      return { taken: true }
    },
  }
}

/** Ends packages whose time is over, and removes the objects of all that have ended (the custodian's round). */
export async function settlePackages(db: Kysely<RegisterTables>, objects: ObjectStore): Promise<{ removed: number }> {
  await sql`select settle_packages()`.execute(db)
  const { rows } = await sql<{ id: string }>`
    select id from disclosure_package where ended_at is not null and removed_at is null
    order by made_at limit ${settledAtOnce}`.execute(db)
  return {
    removed: await remove(
      db,
      objects,
      rows.map(({ id }) => id),
    ),
  }
}

/** One that was being made may have its object later: it is looked for again. @returns how many need no further look */
async function remove(db: Kysely<RegisterTables>, objects: ObjectStore, ids: readonly string[]): Promise<number> {
  for (const id of ids) await objects.delete(packageKey(id))
  const { numAffectedRows } = await sql`
    update disclosure_package set removed_at = clock_timestamp()
    where id = any (${ids}::uuid[]) and ended_at is not null
      and (ready_at is not null or made_at < now() - interval '3 hours')`.execute(db)
  return Number(numAffectedRows ?? 0)
}
