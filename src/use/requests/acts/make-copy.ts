/**
 * A copy of a recording for the person who asked (GDPR 15(3), C1); the custodian's work, as the desk holds no keys.
 * In: the clerk's session, a recording of a matched call, a way to encrypt. Out: a WAV in an age file that only the person
 * opens, in the object store until it is fetched. Never here: sound on disk that is not sealed, a passphrase that is kept.
 */
import { sql } from 'kysely'
import { headerForKey, headerForPassphrase, type AgeHeader } from '#platform/age/header-for.ts'
import { makePassphrase } from '#platform/age/passphrase.ts'
import { inSession } from '#platform/database/connect.ts'
import { makeLinkToken, tokenHash } from '#platform/links/link-token.ts'
import { subjectCopyKey } from '#register/recordings/objects.ts'
import { storeSubjectCopy, sweepUnfinishedCopies, type CopyStore } from '#register/recordings/subject-copies.ts'
import { asRefused } from '#safeguards/access/ask-of-database.ts'

export interface CopyAsked {
  session: string
  request: string
  recording: string
  method: 'PASSPHRASE' | 'KEY'
  /** KEY: an `age1...` recipient. */
  recipient?: string | undefined
}

export interface CopyBegun {
  id: string
  /** Of the link; it is kept nowhere. */
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
  'recording.destroyed',
  'recording.restricted',
  'recording.not-yet-kept',
  'copy.under-way',
  'copy.recipient',
  'confirm.fresh',
] as const
export type MakeCopyRefusal = (typeof makeCopyRefusals)[number]

export interface CopyMaking extends CopyStore {
  /** Whether the description in force offers copies (C1). */
  isOffered: () => boolean
  /** A copy could not be made; whoever asked sees it in its state. */
  onFault: (error: unknown, copy: string) => void
}

export interface CopyMaker {
  /** Begins a copy; it is ready within moments, and its state says so. */
  make: (asked: CopyAsked) => Promise<CopyBegun | { refused: MakeCopyRefusal }>
  /** Ends when nothing is being made any more. */
  stop: () => Promise<void>
}

export function createCopyMaker(making: CopyMaking): CopyMaker {
  let last: Promise<void> = Promise.resolve()

  return {
    async make(asked) {
      const passphrase = asked.method === 'PASSPHRASE' ? makePassphrase() : undefined
      const toKey = passphrase === undefined ? headerForKey(asked.recipient) : undefined
      if (passphrase === undefined && !toKey) return { refused: 'copy.recipient' }
      const token = makeLinkToken()
      const begun = await begin(making, asked, tokenHash(token))
      if ('refused' in begun) return begun
      // Whoever may not have one costs no memory; and one after another, as listeners come first.
      const seal = () => toKey ?? headerForPassphrase(passphrase!)
      last = last.then(() => finish(making, begun.id, asked.recording, seal))
      return { id: begun.id, token, expiresAt: begun.expiresAt.toString(), ...(passphrase && { passphrase }) }
    },
    stop: () => last,
  }
}

/** Ends what was being made when the custodian ended: nobody goes on with it. For the start, before anything is asked for. */
export async function endUnfinishedCopies(store: CopyStore): Promise<{ ended: number; files: number }> {
  const { rows } = await sql`
    select subject_copy_failed(id) from subject_copy where ready_at is null and ended_at is null`.execute(store.db)
  return { ended: rows.length, files: await sweepUnfinishedCopies(store) }
}

async function begin(
  { db, isOffered }: CopyMaking,
  { session, request, recording, method }: CopyAsked,
  hash: Buffer,
): Promise<{ id: string; expiresAt: Temporal.Instant } | { refused: MakeCopyRefusal }> {
  const beginning = inSession(db, { 'seloste.session': session }, async (tx) => {
    const { rows } = await sql<{ id: string; expiresAt: Temporal.Instant }>`
      select id, expires_at as "expiresAt"
      from begin_subject_copy(${request}::uuid, ${recording}::uuid, ${method}, ${hash}, ${isOffered()})`.execute(tx)
    return rows[0]!
  })
  return asRefused(makeCopyRefusals, beginning)
}

/** What is ended meanwhile is not kept. Never throws. */
async function finish(
  making: CopyMaking,
  copy: string,
  recording: string,
  seal: () => AgeHeader | Promise<AgeHeader>,
): Promise<void> {
  const { db, objects, onFault } = making
  try {
    const sealed = await seal()
    const sizeBytes = await storeSubjectCopy(making, { copy, recording, ...sealed })
    const { rows } = await sql<{ stored: boolean }>`
      select subject_copy_stored(${copy}::uuid, ${sizeBytes}) as stored`.execute(db)
    if (rows[0]?.stored !== true) await objects.delete(subjectCopyKey(recording, copy))
  } catch (error) {
    onFault(error, copy)
    // Where the database does not answer, it ends by itself in a quarter of an hour.
    await sql`select subject_copy_failed(${copy}::uuid)`.execute(db).catch((again: unknown) => onFault(again, copy))
  }
}
