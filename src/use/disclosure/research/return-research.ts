import { sql } from 'kysely'
import type { Refused } from '#safeguards/access/database-request.ts'
import type { Session } from '#safeguards/people/session.ts'
import type { SafeguardsDatabase } from '#safeguards/tables.ts'
import { actOnDisclosure } from '../act-on-disclosure.ts'
import { commonRefusals } from './research-refusals.ts'

const releasedRefusals = [...commonRefusals, 'research.not-released'] as const
const endRefusals = [...releasedRefusals, 'research.study-ended', 'research.day-ahead', 'research.day-before'] as const
const confirmRefusals = [...releasedRefusals, 'recall.confirmed', 'confirm.fresh', 'input.identity-code'] as const
const closeRefusals = [...releasedRefusals, 'research.unconfirmed'] as const

/** Ends the study, on its last day or before: every copy must be returned or destroyed at once (R32). */
export function endStudy(
  db: SafeguardsDatabase,
  session: Session,
  id: string,
  endedOn: Temporal.PlainDate,
): Promise<'done' | Refused<(typeof endRefusals)[number]>> {
  return actOnDisclosure(
    db,
    session,
    id,
    'research.study-ended',
    sql`select end_study(${id}::uuid, ${endedOn}::date)`,
    endRefusals,
  )
}

/**
 * Records the institute's confirmation for one copy, released or recalled, and removes its link to the recording (R32, R50).
 */
export function confirmItem(
  db: SafeguardsDatabase,
  session: Session,
  id: string,
  item: number,
  { outcome, reference }: { outcome: 'returned' | 'destroyed'; reference: string },
): Promise<'done' | Refused<(typeof confirmRefusals)[number]>> {
  const statement = sql`select confirm_research_item(${id}::uuid, ${item}, ${outcome}, ${reference})`
  return actOnDisclosure(db, session, id, 'research.item-confirmed', statement, confirmRefusals)
}

/** Closes a disclosure if all copies are confirmed. Otherwise `of` has the items that are not, separated by commas. */
export function closeResearch(
  db: SafeguardsDatabase,
  session: Session,
  id: string,
): Promise<'done' | Refused<(typeof closeRefusals)[number]>> {
  return actOnDisclosure(db, session, id, 'research.closed', sql`select close_research(${id}::uuid)`, closeRefusals)
}
