/**
 * Makes a copy of a recording for the person who requested it (GDPR 15(3), C1): a WAV in an age file that only this person can
 * open, in the object store until it is fetched. Runs in the custodian, as the desk holds no keys. Never writes unsealed audio
 * to disk, never stores a passphrase.
 */
import { sql } from 'kysely'
import { headerForKey, headerForPassphrase, type AgeHeader } from '#platform/age/header-for.ts'
import { makePassphrase } from '#platform/age/passphrase.ts'
import { inSession } from '#platform/database/connect.ts'
import { newToken, tokenHash } from '#platform/links/link-token.ts'
import { subjectCopyKey } from '#register/recordings/objects.ts'
import { storeSubjectCopy, removeUnfinishedCopies, type CopyStore } from '#register/recordings/subject-copies.ts'
import { returnRefusal } from '#safeguards/access/database-request.ts'

export interface CopyRequest {
  session: string
  request: string
  recording: string
  method: 'PASSPHRASE' | 'KEY'
  /** KEY: an `age1...` recipient. */
  recipient?: string | undefined
}

export interface CopyBegun {
  id: string
  /** Token of the link; not stored. */
  token: string
  passphrase?: string
  expiresAt: string
}

export const makeCopyRefusals = [
  'deny.role',
  'not-found',
  'request.closed',
  'request.not-identified',
  'request.not-asked',
  'request.not-offered',
  'request.own',
  'recording.destroyed',
  'recording.restricted',
  'recording.not-yet-kept',
  'copy.under-way',
  'copy.recipient',
  'confirm.fresh',
] as const
export type MakeCopyRefusal = (typeof makeCopyRefusals)[number]

export interface CopyMakerOptions extends CopyStore {
  /** Returns true if the description in force offers copies (C1). */
  isOffered: () => boolean
  /** Called when a copy could not be made; the copy's state shows it to the clerk. */
  onFault: (error: unknown, copy: string) => void
}

export interface CopyMaker {
  /** Starts a copy; it is ready within moments, and its state shows it. */
  make: (request: CopyRequest) => Promise<CopyBegun | { refused: MakeCopyRefusal }>
  /** Resolves when no copy is being made. */
  stop: () => Promise<void>
}

export function createCopyMaker(options: CopyMakerOptions): CopyMaker {
  let last: Promise<void> = Promise.resolve()

  return {
    async make(request) {
      const passphrase = request.method === 'PASSPHRASE' ? makePassphrase() : undefined
      const toKey = passphrase === undefined ? headerForKey(request.recipient) : undefined
      if (passphrase === undefined && !toKey) return { refused: 'copy.recipient' }
      const token = newToken()
      const begun = await begin(options, request, tokenHash(token))
      if ('refused' in begun) return begun
      // Deriving a key from a passphrase takes memory. It is not done for refused requests, and copies are made one at a
      // time: listeners come first.
      const makeHeader = () => toKey ?? headerForPassphrase(passphrase!)
      last = last.then(() => finish(options, begun.id, request.recording, makeHeader))
      return { id: begun.id, token, expiresAt: begun.expiresAt.toString(), ...(passphrase && { passphrase }) }
    },
    stop: () => last,
  }
}

/**
 * Ends copies that were unfinished when the custodian ended: they cannot be resumed. Call it at the start, before requests are
 * accepted.
 */
export async function endUnfinishedCopies(store: CopyStore): Promise<{ ended: number; files: number }> {
  const { rows } = await sql`
    select fail_subject_copy(id) from subject_copy where ready_at is null and ended_at is null`.execute(store.db)
  return { ended: rows.length, files: await removeUnfinishedCopies(store) }
}

async function begin(
  { db, isOffered }: CopyMakerOptions,
  { session, request, recording, method }: CopyRequest,
  hash: Buffer,
): Promise<{ id: string; expiresAt: Temporal.Instant } | { refused: MakeCopyRefusal }> {
  const beginning = inSession(db, { 'seloste.session': session }, async (tx) => {
    const { rows } = await sql<{ id: string; expiresAt: Temporal.Instant }>`
      select id, expires_at as "expiresAt"
      from begin_subject_copy(${request}::uuid, ${recording}::uuid, ${method}, ${hash}, ${isOffered()})`.execute(tx)
    return rows[0]!
  })
  return returnRefusal(makeCopyRefusals, beginning)
}

/** Makes and stores the copy; deletes it if it was ended meanwhile. Never throws. */
async function finish(
  options: CopyMakerOptions,
  copy: string,
  recording: string,
  makeHeader: () => AgeHeader | Promise<AgeHeader>,
): Promise<void> {
  const { db, objects, onFault } = options
  try {
    const header = await makeHeader()
    const sizeBytes = await storeSubjectCopy(options, { copy, recording, ...header })
    const { rows } = await sql<{ stored: boolean }>`
      select complete_subject_copy(${copy}::uuid, ${sizeBytes}) as stored`.execute(db)
    if (rows[0]?.stored !== true) await objects.delete(subjectCopyKey(recording, copy))
  } catch (error) {
    onFault(error, copy)
    // If the database does not respond, the copy expires after 15 minutes.
    await sql`select fail_subject_copy(${copy}::uuid)`.execute(db).catch((again: unknown) => onFault(again, copy))
  }
}
