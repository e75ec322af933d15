import { sql, type Kysely } from 'kysely'
import { inSession } from '#platform/database/connect.ts'
import {
  openTranscript,
  RecordingGone,
  type AnonymisedCopyStore,
  type CopyOfRecording,
} from '#register/recordings/anonymised-copies.ts'
import type { RegisterTables } from '#register/tables.ts'
import { refusalOf, type Refused } from '#safeguards/access/database-request.ts'
import type { Level } from '../voice/engine.ts'
import type { CopyWork } from './copy-work.ts'

/** Refusals of every act on a copy. */
export const copyRefusals = [
  'deny.role',
  'not-found',
  'recording.destroyed',
  'recording.restricted',
  'recording.not-yet-kept',
] as const
export type CopyRefusal = (typeof copyRefusals)[number]

/** Refusals of the preparer's acts on a copy. */
export const preparingRefusals = [
  ...copyRefusals,
  'anonymised-copy.others',
  'anonymised-copy.approved',
  'anonymised-copy.changed-meanwhile',
] as const
export type PreparingRefusal = (typeof preparingRefusals)[number]

/** Runs work in a person's session; returns a refusal of the database (SQLSTATE SE001) and throws other errors. */
export async function runInSession<Found, Code extends string>(
  db: Kysely<RegisterTables>,
  session: string,
  codes: readonly Code[],
  work: (tx: Kysely<RegisterTables>) => Promise<Found>,
): Promise<Found | Refused<Code | 'recording.destroyed'>> {
  try {
    return await inSession(db, { 'seloste.session': session }, work)
  } catch (error) {
    if (error instanceof RecordingGone) return { refused: 'recording.destroyed' }
    const answer = refusalOf(error, codes)
    if (!answer) throw error
    return answer
  }
}

export interface PreparedCopy extends CopyOfRecording {
  durationMs: number
  revision: number
  isPlayed: boolean
  /** Decrypted. */
  work: CopyWork
}

/** Returns a copy that the person prepares and may continue, with its words decrypted. */
export function preparedCopy(
  store: AnonymisedCopyStore,
  session: string,
  copy: string,
): Promise<PreparedCopy | Refused<PreparingRefusal>> {
  return runInSession(store.db, session, preparingRefusals, async (tx) => {
    const { rows } = await sql<{
      recording: string
      durationMs: number
      level: Level
      revision: number
      work: Buffer | null
      unplayedMs: number
    }>`
      select recording_id as recording, duration_ms as "durationMs", level, revision, work, unplayed_ms as "unplayedMs"
      from prepared_copy(${copy}::uuid)`.execute(tx)
    const { work, unplayedMs, level, ...found } = rows[0]!
    const ids = { copy, recording: found.recording }
    return { ...found, copy, isPlayed: unplayedMs === 0, work: await openedWork(store, ids, level, work) }
  })
}

/** Returns words and redactions as saved; empty lists if nothing was saved yet. */
export async function openedWork(
  store: AnonymisedCopyStore,
  ids: CopyOfRecording,
  level: Level,
  sealed: Buffer | null,
): Promise<CopyWork> {
  if (!sealed) return { level, turns: [], redactions: [] }
  const { turns, redactions } = (await openTranscript(store, ids, sealed)) as CopyWork
  return { level, turns, redactions }
}
