import { sql } from 'kysely'
import { databaseAct, databaseRow } from '#safeguards/access/database-request.ts'
import { commonRefusals } from './research-refusals.ts'

export interface ResearchToPrepare {
  study: string
  /** Last day on which the institute may have the copies, in Helsinki. */
  dueOn: Temporal.PlainDate
  format: 'OPUS' | 'WAV'
}

const preparingRefusals = [...commonRefusals, 'research.decided'] as const

/** Begins a disclosure: institute, study, last day (R28, R30). */
export const beginResearch = databaseRow(
  ({ instituteId, study, dueOn, format }: ResearchToPrepare & { instituteId: string }) => ({
    statement: sql<{ id: string; number: string }>`
      select id, number from begin_research(${instituteId}::uuid, ${study}, ${dueOn}::date, ${format})`,
    refusals: ['deny.role', 'not-found', 'input.identity-code', 'research.research-off', 'research.due-date-past'],
    action: 'research.begun',
    object: { kind: 'disclosure' },
  }),
)

/** Changes a disclosure before the decision. If the day is too late, `of` is the earliest destruction of an item. */
export const changeResearch = databaseAct((id: string, { study, dueOn, format }: ResearchToPrepare) => ({
  statement: sql`select change_research(${id}::uuid, ${study}, ${dueOn}::date, ${format})`,
  refusals: [...preparingRefusals, 'input.identity-code', 'research.due-date-past', 'research.due-date-late'],
  action: 'research.changed',
  object: { kind: 'disclosure', id },
}))

/** Withdraws a disclosure of which nothing has left; its items lose the links to their recordings. */
export const withdrawResearch = databaseAct((id: string) => ({
  statement: sql`select withdraw_research(${id}::uuid)`,
  refusals: [...commonRefusals, 'research.released'],
  action: 'research.withdrawn',
  object: { kind: 'disclosure', id },
}))

/** Picks a recording that the viewer may listen to now for a service-level study (R29); idempotent. */
export const pickItem = databaseRow((id: string, recordingId: string) => ({
  statement: sql<{ item: number }>`select pick_research_item(${id}::uuid, ${recordingId}::uuid) as item`,
  refusals: [...preparingRefusals, 'research.too-many', 'research.item-out'],
  action: 'research.item-picked',
  object: { kind: 'disclosure', id },
}))

/** Removes an item before the decision; afterwards only one that prevents the release. */
export const dropItem = databaseAct((id: string, item: number) => ({
  statement: sql`select drop_research_item(${id}::uuid, ${item})`,
  refusals: [...preparingRefusals, 'research.released'],
  action: 'research.item-dropped',
  object: { kind: 'disclosure', id },
}))

/** Records the institute's undertaking: where it is, who signed it and when (R31). */
export const fileUndertaking = databaseAct(
  (
    id: string,
    { reference, signatory, signedOn }: { reference: string; signatory: string; signedOn: Temporal.PlainDate },
  ) => ({
    statement: sql`select file_undertaking(${id}::uuid, ${reference}, ${signatory}, ${signedOn}::date)`,
    refusals: [...preparingRefusals, 'input.identity-code', 'research.day-ahead'],
    action: 'research.undertaking',
    object: { kind: 'disclosure', id },
  }),
)
