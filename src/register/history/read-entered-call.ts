import { sql, type Kysely } from 'kysely'
import type { DecisionReason } from '#description/decide-recording.ts'
import { hashCallId } from '#description/draw.ts'
import type { RegisterTables } from '../tables.ts'

/** Entry of a call that an operator placed to try the installation. */
export interface EnteredCall {
  contact: string
  record: boolean
  reason: DecisionReason
  share: number | null
  failure: string | null
  /** State of its recording; null if there is none. */
  recording: string | null
}

/** Returns the entry of a call by the Call-ID of its SIPREC session. `isOver`: nothing of it is in progress. As the database owner. */
export async function readEnteredCall(
  db: Kysely<RegisterTables>,
  sipCallId: string,
): Promise<(EnteredCall & { isOver: boolean }) | undefined> {
  const { rows } = await sql<EnteredCall & { isOver: boolean }>`
    select s.contact_id as contact, s.decision_record as record, s.decision_reason as reason, s.rule_share as share,
      s.capture_failure as failure, r.state as recording,
      s.ended_at is not null and (not s.decision_record or r.id is not null and r.state <> 'CAPTURING') as "isOver"
    from call_identity i
    join segment s on s.contact_id = i.contact_id and s.contact_started_at = i.contact_started_at
    left join recording r on r.segment_id = s.id and r.contact_started_at = s.contact_started_at
    where i.external_id_hash = decode(${hashCallId(`sipCallId:${sipCallId}`)}, 'hex')
    order by s.answered_at desc limit 1`.execute(db)
  return rows[0]
}
