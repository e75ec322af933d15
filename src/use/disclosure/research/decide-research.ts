/**
 * Decisions on recordings lent to research institutes for a limited time, as anonymised copies (R28-R33, R35). The database
 * decides. Nothing links a copy to a recording once its return is confirmed.
 */
import { sql } from 'kysely'
import { requestAct, requestRow, type Refused } from '#safeguards/access/database-request.ts'
import type { Session } from '#safeguards/people/session.ts'
import type { SafeguardsDatabase } from '#safeguards/tables.ts'
import { actOnDisclosure } from '../act-on-disclosure.ts'
import { commonRefusals, lackRefusals } from './research-refusals.ts'

const decideRefusals = [
  ...commonRefusals,
  ...lackRefusals,
  'research.decided',
  'research.own',
  'confirm.fresh',
  'research.changed-meanwhile',
  'input.identity-code',
] as const
const dayRefusals = [
  'research.study-ended',
  'research.day-not-later',
  'research.due-date-past',
  'research.due-date-late',
] as const
const requestRefusals = [
  ...commonRefusals,
  ...dayRefusals,
  'research.not-released',
  'research.extension-waits',
  'input.identity-code',
] as const
const extensionRefusals = [
  ...commonRefusals,
  ...dayRefusals,
  'research.decided',
  'research.own',
  'confirm.fresh',
] as const

/**
 * Grants a disclosure if nothing is missing, or refuses it; only for somebody who did not prepare it (R35).
 * @param seen `ReadResearch.seen` as read; refused if the content has changed since, such as by another picked recording
 */
export function decideResearch(
  db: SafeguardsDatabase,
  session: Session,
  id: string,
  { outcome, reasons, seen }: { outcome: 'GRANTED' | 'REFUSED'; reasons: string; seen: string },
): Promise<'done' | Refused<(typeof decideRefusals)[number]>> {
  const statement = sql`select decide_research(${id}::uuid, ${outcome}, ${reasons}, ${seen})`
  return actOnDisclosure(db, session, id, 'research.decided', statement, decideRefusals)
}

/** Requests a later due day, never past an item's destruction (AC19). */
export function requestExtension(
  db: SafeguardsDatabase,
  session: Session,
  id: string,
  { dueOn, reasons }: { dueOn: Temporal.PlainDate; reasons: string },
): Promise<{ id: string } | Refused<(typeof requestRefusals)[number]>> {
  const statement = sql<{
    id: string
  }>`select request_research_extension(${id}::uuid, ${dueOn}::date, ${reasons}) as id`
  const trace = { action: 'research.extension', object: { kind: 'disclosure', id } } as const
  return requestRow(db, session, statement, requestRefusals, trace)
}

/**
 * Decides on a requested extension.
 * @param id of the extension
 */
export function decideExtension(
  db: SafeguardsDatabase,
  session: Session,
  id: string,
  outcome: 'GRANTED' | 'REFUSED',
): Promise<'done' | Refused<(typeof extensionRefusals)[number]>> {
  const statement = sql`select decide_research_extension(${id}::uuid, ${outcome})`
  const trace = { action: 'research.extension', object: { kind: 'disclosure' } } as const
  return requestAct(db, session, statement, extensionRefusals, trace)
}
