import { sql, type Transaction } from 'kysely'
import type { RegisterTables } from './tables.ts'

/** Whether what a node tells is entered, of a talk of which another one may be telling (docs/decisions/0061). */
export type Judged =
  | { verdict: 'own'; besides: string | null }
  /** Another node's is in the register, and goes on. `stops`: what is being recorded of it here is not to be. */
  | { verdict: 'beside'; stops: boolean }
  /** Another node has told all of it: what there is of it here is to be deleted. */
  | { verdict: 'told' }

/** What a node tells of a talk, as far as it decides whose it is. */
export interface ToldTalk {
  segmentId: string
  numberReached: string
  /** By person, or else by number; nothing where nobody has answered or it is not told. */
  official: string | undefined
  /** Of its recording, or else of the talk. */
  beganAt: Temporal.Instant
  endedAt: Temporal.Instant | undefined
  /** It is being recorded, or was. */
  records: boolean
  /** In the recording, once it is stored. */
  packets: number | undefined
}

/** Within the admission's transaction, which holds the locks of the call's ids. */
export async function judgeTalk(
  tx: Transaction<RegisterTables>,
  node: string,
  contact: { id: string; startedAt: Temporal.Instant },
  told: ToldTalk,
): Promise<Judged> {
  const { rows } = await sql<{ verdict: Judged['verdict']; other: string | null; stops: boolean }>`
    select verdict, other, stops
    from judge_talk(${node}::uuid, ${contact.id}::uuid, ${contact.startedAt}::timestamptz, ${JSON.stringify(told)}::jsonb)`.execute(
    tx,
  )
  const { verdict, other, stops } = rows[0]!
  if (verdict === 'own') return { verdict, besides: other }
  return verdict === 'beside' ? { verdict, stops } : { verdict }
}
