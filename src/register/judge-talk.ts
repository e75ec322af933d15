import { sql, type Transaction } from 'kysely'
import type { SegmentFacts } from './admit.ts'
import type { RegisterTables } from './tables.ts'

/** Whether what a node tells is entered, of a talk of which another one may be telling (docs/decisions/0061). */
export type Judged =
  | { verdict: 'own'; besides: string | null }
  /** Another node's is in the register, and goes on. `stops`: what is being recorded of it here is not to be. */
  | { verdict: 'beside'; stops: boolean }
  /** Another node has told all of it: what there is of it here is to be deleted. */
  | { verdict: 'told' }

/** Within the admission's transaction, which holds the locks of the call's ids. */
export async function judgeTalk(
  tx: Transaction<RegisterTables>,
  node: string,
  contact: { id: string; startedAt: Temporal.Instant },
  facts: SegmentFacts,
): Promise<Judged> {
  const { recording, official } = facts
  const told = {
    segmentId: facts.segmentId,
    numberReached: facts.numberReached.key,
    official: official && (official.personId ?? official.phone),
    beganAt: (recording?.startedAt ?? facts.answeredAt ?? facts.startedAt).toString(),
    endedAt: facts.endedAt?.toString(),
    records: recording !== undefined && recording.gone !== true,
    packets: recording?.stored?.packetsReceived,
  }
  const { rows } = await sql<{ verdict: Judged['verdict']; other: string | null; stops: boolean }>`
    select verdict, other, stops
    from judge_talk(${node}::uuid, ${contact.id}::uuid, ${contact.startedAt}::timestamptz, ${JSON.stringify(told)}::jsonb)`.execute(
    tx,
  )
  const { verdict, other, stops } = rows[0]!
  if (verdict === 'own') return { verdict, besides: other }
  return verdict === 'beside' ? { verdict, stops } : { verdict }
}
