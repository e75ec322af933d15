/**
 * The log of disclosures (R35), for those who oversee or decide: recipient, extent, decision, outcome; and yearly counts. Calls
 * are not named.
 */
import { sql, type Kysely } from 'kysely'
import { inSession } from '#platform/database/connect.ts'
import type { RegisterTables } from '#register/tables.ts'
import { databaseValue, logRefusal, type Refused } from '#safeguards/access/database-request.ts'
import type { Session } from '#safeguards/people/session.ts'
import { authorityStateOf, type AuthorityState } from '../authority/authority-state.ts'
import { listPackages, type PackageRow } from '../packages/list-packages.ts'
import { researchFactsOf } from '../research/research-facts.ts'
import { isOverdue, researchStateOf, type ResearchState } from '../research/research-state.ts'

export interface LoggedDisclosure {
  id: string
  kind: 'RESEARCH' | 'AUTHORITY'
  number: string
  /** The institute or the authority. */
  recipient: string
  /** The study, or the authority's case number. */
  about: string
  /** AUTHORITY: id of the statutory provision. */
  ground: string | null
  items: number
  /** RESEARCH: copies that the institute has not confirmed as returned or destroyed. */
  unconfirmed: number
  outcome: 'GRANTED' | 'PART' | 'REFUSED' | null
  decided_by: string | null
  decided_at: Temporal.Instant | null
  released_at: Temporal.Instant | null
  due_on: Temporal.PlainDate | null
  closed_at: Temporal.Instant | null
  state: ResearchState | AuthorityState
  isOverdue: boolean
  /** Packages, newest first. */
  packages: PackageRow[]
}

type Row = Omit<LoggedDisclosure, 'state' | 'isOverdue' | 'packages'> & { is_assessed: boolean | null }

/** Lists disclosures of a year, or all, newest first by kind. The view is logged. */
export async function listDisclosures(
  db: Kysely<RegisterTables>,
  session: Session,
  year: number | undefined,
): Promise<LoggedDisclosure[] | Refused<'deny.role'>> {
  const listed = await logRefusal(
    db,
    session,
    inSession(db, { 'seloste.session': session.token }, async (tx) => {
      const { rows } = await sql<Row>`select * from view_disclosures(${year ?? null}::integer)`.execute(tx)
      const research = rows.filter(({ kind }) => kind === 'RESEARCH').map(({ id }) => id)
      return { rows, facts: await researchFactsOf(tx, research) }
    }),
    ['deny.role'],
    { action: 'disclosures.read', object: { kind: 'disclosure' } },
  )
  if ('refused' in listed) return listed
  const { rows, facts } = listed
  const packages = await listPackages(
    db,
    session,
    rows.map(({ id }) => id),
  )
  const packagesById = Map.groupBy(packages, ({ disclosure }) => disclosure)
  return rows.map(({ is_assessed, ...row }) => {
    const research = facts.get(row.id)
    return {
      ...row,
      state: research
        ? researchStateOf(research)
        : authorityStateOf({
            isAssessed: is_assessed === true,
            outcome: row.outcome,
            isReleased: row.released_at !== null,
            isClosed: row.closed_at !== null,
          }),
      isOverdue: research ? isOverdue(research) : false,
      packages: packagesById.get(row.id) ?? [],
    }
  })
}

export interface DisclosureStatistics {
  research: Record<
    'begun' | 'released' | 'refused' | 'items' | 'returned' | 'destroyed' | 'recalled' | 'overdue',
    number
  >
  authority: Record<
    'requested' | 'ownInitiative' | 'granted' | 'part' | 'refused' | 'recordings' | 'identificationData',
    number
  >
}

/** Counts disclosures of a year, without persons. */
export const readDisclosureStatistics = databaseValue((year: number) => ({
  statement: sql<{ value: DisclosureStatistics }>`select disclosure_statistics(${year}) as value`,
  refusals: ['deny.role'],
  action: 'disclosures.read',
  object: { kind: 'disclosure' },
}))
