/** Promises about copies at research institutes: returned or destroyed by their day, recalls confirmed in time. */
import { sql } from 'kysely'
import { queryOne } from './evidence-queries.ts'
import { unloggedTimes } from './lost-times.ts'
import type { Check, CheckContext } from './promise.ts'

interface CopiesThatLeft {
  released: number
  confirmed: number
  overdue: number
  late_in_year: number
  open_in_closed: number
  tied: number
  missing: number
  unlogged: number
  recalled: number
  recalls_open: number
  recalls_overdue: number
  recalls_late_in_year: number
  not_recalled: number
  example: string | null
  recall_example: string | null
}

async function readCopies(context: CheckContext): Promise<CopiesThatLeft> {
  const lost = await unloggedTimes(context)
  return queryOne(context.db, sql<CopiesThatLeft>`select * from released_copy_counts(${lost}::tstzmultirange)`)
}

type ReturnedFacts = {
  released: number
  confirmed: number
  overdue: number
  /** Copies confirmed within the last year, but after their due day. */
  lateInYear: number
  /** Unconfirmed copies of closed disclosures. */
  openInClosed: number
  /** Confirmed copies that are still linked to their recording. */
  tied: number
  /** Copies that the log has as released, and that are missing in the database. */
  missing: number
  /** Confirmed copies without an entry of the confirmation in the log. */
  unlogged: number
  example: string | null
}

/** R30, R32. */
export const disclosuresReturned: Check<ReturnedFacts> = {
  rule: 'No copy at a research institute is past its due day, by the register or by the audit log (its decision, granted extensions and the end of its study), no disclosure is closed before every copy is confirmed as returned or destroyed, and nothing links a confirmed copy to its recording. The register has every copy that was released according to the audit log, and the log has every confirmation.',
  test: {
    file: 'test/disclosure/research-returns.test.ts',
    title:
      'becomes overdue; its institute gets nothing else until the copies are confirmed, and it stays overdue until it is closed',
  },
  remedy:
    'The example is the disclosure and the item, or the id of a disclosure that lacks copies. Ask the institute to return or destroy the copies, and enter its confirmation. If a confirmed item is still linked to its recording, report a fault of Seloste. If copies are missing, or a confirmation is not in the log, find out who changed the database.',
  async check(context) {
    const row = await readCopies(context)
    return {
      holds: [row.overdue, row.open_in_closed, row.tied, row.missing, row.unlogged].every((count) => count === 0),
      facts: {
        released: row.released,
        confirmed: row.confirmed,
        overdue: row.overdue,
        lateInYear: row.late_in_year,
        openInClosed: row.open_in_closed,
        tied: row.tied,
        missing: row.missing,
        unlogged: row.unlogged,
        example: row.example,
      },
    }
  },
  more: ({ openInClosed, tied, missing, unlogged }, { number }) => ({
    wrong: number(openInClosed + tied + missing + unlogged),
  }),
}

type RecalledFacts = {
  recalled: number
  open: number
  overdue: number
  lateInYear: number
  /** Copies that were not recalled although the use of the recording was forbidden, or whose recall is only in the log. */
  notRecalled: number
  example: string | null
}

/** R32, R50. */
export const disclosuresRecalled: Check<RecalledFacts> = {
  rule: 'Every copy of a recording whose use was forbidden was recalled, and every recall is confirmed or within its working days, by the register and by the audit log. The register has every recall that the log has.',
  test: {
    file: 'test/disclosure/research-returns.test.ts',
    title: 'of a forbidden recording is recalled, and the disclosure can be closed only when the recall is confirmed',
  },
  remedy:
    'The example is the disclosure and the item. Ask the institute to destroy the copy at once and confirm the recall; a copy that was not recalled is a fault of Seloste. If the log has a recall that the register lacks, or an earlier day, find out who changed the database; an example without an item is the id of a recalled copy that is missing.',
  async check(context) {
    const row = await readCopies(context)
    return {
      holds: row.recalls_overdue === 0 && row.not_recalled === 0,
      facts: {
        recalled: row.recalled,
        open: row.recalls_open,
        overdue: row.recalls_overdue,
        lateInYear: row.recalls_late_in_year,
        notRecalled: row.not_recalled,
        example: row.recall_example,
      },
    }
  },
}
