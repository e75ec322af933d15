import { sql } from 'kysely'
import { requestRow, type Refused } from '#safeguards/access/database-request.ts'
import type { Session } from '#safeguards/people/session.ts'
import type { SafeguardsDatabase } from '#safeguards/tables.ts'
import { actOnDisclosure } from '../act-on-disclosure.ts'
import { commonRefusals } from './research-refusals.ts'

export interface ResearchToPrepare {
  study: string
  /** Last day on which the institute may have the copies, in Helsinki. */
  dueOn: Temporal.PlainDate
  format: 'OPUS' | 'WAV'
}

const beginRefusals = [
  'deny.role',
  'not-found',
  'input.identity-code',
  'research.research-off',
  'research.due-date-past',
] as const
const preparingRefusals = [...commonRefusals, 'research.decided'] as const
const changeRefusals = [
  ...preparingRefusals,
  'input.identity-code',
  'research.due-date-past',
  'research.due-date-late',
] as const
const withdrawRefusals = [...commonRefusals, 'research.released'] as const
const pickRefusals = [...preparingRefusals, 'research.too-many', 'research.item-out'] as const
const dropRefusals = [...preparingRefusals, 'research.released'] as const
const undertakingRefusals = [...preparingRefusals, 'input.identity-code', 'research.day-ahead'] as const

/** Begins a disclosure: institute, study, last day (R28, R30). */
export function beginResearch(
  db: SafeguardsDatabase,
  session: Session,
  { instituteId, study, dueOn, format }: ResearchToPrepare & { instituteId: string },
): Promise<{ id: string; number: string } | Refused<(typeof beginRefusals)[number]>> {
  const statement = sql<{ id: string; number: string }>`
    select id, number from begin_research(${instituteId}::uuid, ${study}, ${dueOn}::date, ${format})`
  const trace = { action: 'research.begun', object: { kind: 'disclosure' } } as const
  return requestRow(db, session, statement, beginRefusals, trace)
}

/** Changes a disclosure before the decision. If the day is too late, `of` is the earliest destruction of an item. */
export function changeResearch(
  db: SafeguardsDatabase,
  session: Session,
  id: string,
  { study, dueOn, format }: ResearchToPrepare,
): Promise<'done' | Refused<(typeof changeRefusals)[number]>> {
  const statement = sql`select change_research(${id}::uuid, ${study}, ${dueOn}::date, ${format})`
  return actOnDisclosure(db, session, id, 'research.changed', statement, changeRefusals)
}

/** Withdraws a disclosure of which nothing has left; its items lose the links to their recordings. */
export function withdrawResearch(
  db: SafeguardsDatabase,
  session: Session,
  id: string,
): Promise<'done' | Refused<(typeof withdrawRefusals)[number]>> {
  return actOnDisclosure(
    db,
    session,
    id,
    'research.withdrawn',
    sql`select withdraw_research(${id}::uuid)`,
    withdrawRefusals,
  )
}

/** Picks a recording that the viewer may listen to now for a service-level study (R29); idempotent. */
export function pickItem(
  db: SafeguardsDatabase,
  session: Session,
  id: string,
  recordingId: string,
): Promise<{ item: number } | Refused<(typeof pickRefusals)[number]>> {
  const statement = sql<{ item: number }>`select pick_research_item(${id}::uuid, ${recordingId}::uuid) as item`
  const trace = { action: 'research.item-picked', object: { kind: 'disclosure', id } } as const
  return requestRow(db, session, statement, pickRefusals, trace)
}

/** Removes an item before the decision; afterwards only one that prevents the release. */
export function dropItem(
  db: SafeguardsDatabase,
  session: Session,
  id: string,
  item: number,
): Promise<'done' | Refused<(typeof dropRefusals)[number]>> {
  const statement = sql`select drop_research_item(${id}::uuid, ${item})`
  return actOnDisclosure(db, session, id, 'research.item-dropped', statement, dropRefusals)
}

/** Records the institute's undertaking: where it is, who signed it and when (R31). */
export function fileUndertaking(
  db: SafeguardsDatabase,
  session: Session,
  id: string,
  { reference, signatory, signedOn }: { reference: string; signatory: string; signedOn: Temporal.PlainDate },
): Promise<'done' | Refused<(typeof undertakingRefusals)[number]>> {
  const statement = sql`select file_undertaking(${id}::uuid, ${reference}, ${signatory}, ${signedOn}::date)`
  return actOnDisclosure(db, session, id, 'research.undertaking', statement, undertakingRefusals)
}
