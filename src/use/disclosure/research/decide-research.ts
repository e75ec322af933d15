/**
 * Decisions on recordings lent to research institutes for a limited time, as anonymised copies (R28-R33, R35). The database
 * decides. Nothing links a copy to a recording once its return is confirmed.
 */
import { sql } from 'kysely'
import { databaseAct, databaseRow } from '#safeguards/access/database-request.ts'
import { commonRefusals, lackRefusals } from './research-refusals.ts'

const dayRefusals = [
  'research.study-ended',
  'research.day-not-later',
  'research.due-date-past',
  'research.due-date-late',
] as const

/**
 * Grants a disclosure if nothing is missing, or refuses it; only for somebody who did not prepare it (R35).
 * @param seen `ReadResearch.seen` as read; refused if the content has changed since, such as by another picked recording
 */
export const decideResearch = databaseAct(
  (id: string, { outcome, reasons, seen }: { outcome: 'GRANTED' | 'REFUSED'; reasons: string; seen: string }) => ({
    statement: sql`select decide_research(${id}::uuid, ${outcome}, ${reasons}, ${seen})`,
    refusals: [
      ...commonRefusals,
      ...lackRefusals,
      'research.decided',
      'research.own',
      'confirm.fresh',
      'research.changed-meanwhile',
      'input.identity-code',
    ],
    action: 'research.decided',
    object: { kind: 'disclosure', id },
  }),
)

/** Requests a later due day, never past an item's destruction (AC19). */
export const requestExtension = databaseRow(
  (id: string, { dueOn, reasons }: { dueOn: Temporal.PlainDate; reasons: string }) => ({
    statement: sql<{
      id: string
    }>`select request_research_extension(${id}::uuid, ${dueOn}::date, ${reasons}) as id`,
    refusals: [
      ...commonRefusals,
      ...dayRefusals,
      'research.not-released',
      'research.extension-waits',
      'input.identity-code',
    ],
    action: 'research.extension',
    object: { kind: 'disclosure', id },
  }),
)

/**
 * Decides on a requested extension.
 * @param id of the extension
 */
export const decideExtension = databaseAct((id: string, outcome: 'GRANTED' | 'REFUSED') => ({
  statement: sql`select decide_research_extension(${id}::uuid, ${outcome})`,
  refusals: [...commonRefusals, ...dayRefusals, 'research.decided', 'research.own', 'confirm.fresh'],
  action: 'research.extension',
  object: { kind: 'disclosure' },
}))
