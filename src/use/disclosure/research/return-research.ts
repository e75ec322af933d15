import { sql } from 'kysely'
import { databaseAct } from '#safeguards/access/database-request.ts'
import { commonRefusals } from './research-refusals.ts'

const releasedRefusals = [...commonRefusals, 'research.not-released'] as const

/** Ends the study, on its last day or before: every copy must be returned or destroyed at once (R32). */
export const endStudy = databaseAct((id: string, endedOn: Temporal.PlainDate) => ({
  statement: sql`select end_study(${id}::uuid, ${endedOn}::date)`,
  refusals: [...releasedRefusals, 'research.study-ended', 'research.day-ahead', 'research.day-before'],
  action: 'research.study-ended',
  object: { kind: 'disclosure', id },
}))

/**
 * Records the institute's confirmation for one copy, released or recalled, and removes its link to the recording (R32, R50).
 */
export const confirmItem = databaseAct(
  (id: string, item: number, { outcome, reference }: { outcome: 'returned' | 'destroyed'; reference: string }) => ({
    statement: sql`select confirm_research_item(${id}::uuid, ${item}, ${outcome}, ${reference})`,
    refusals: [...releasedRefusals, 'recall.confirmed', 'confirm.fresh', 'input.identity-code'],
    action: 'research.item-confirmed',
    object: { kind: 'disclosure', id },
  }),
)

/** Closes a disclosure if all copies are confirmed. Otherwise `of` has the items that are not, separated by commas. */
export const closeResearch = databaseAct((id: string) => ({
  statement: sql`select close_research(${id}::uuid)`,
  refusals: [...releasedRefusals, 'research.unconfirmed'],
  action: 'research.closed',
  object: { kind: 'disclosure', id },
}))
