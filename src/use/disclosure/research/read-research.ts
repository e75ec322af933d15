import { sql, type Kysely, type RawBuilder, type Transaction } from 'kysely'
import { inSession } from '#platform/database/connect.ts'
import type { RegisterTables } from '#register/tables.ts'
import { logRefusal, type Refused } from '#safeguards/access/database-request.ts'
import type { Session } from '#safeguards/people/session.ts'
import { researchFactsOf } from './research-facts.ts'
import {
  isOverdue,
  researchStateOf,
  type MissingResearchPrerequisite,
  type ResearchFacts,
  type ResearchState,
} from './research-state.ts'

type Instant = Temporal.Instant

export interface ResearchRow {
  id: string
  number: string
  institute_id: string
  institute_name: string
  institute_language: 'fi' | 'sv' | 'en'
  study: string
  due_on: Temporal.PlainDate
  format: 'OPUS' | 'WAV'
  created_at: Instant
  prepared_by: string
  undertaking_reference: string | null
  undertaking_signatory: string | null
  undertaking_on: Temporal.PlainDate | null
  undertaking_at: Instant | null
  undertaking_by: string | null
  outcome: 'GRANTED' | 'REFUSED' | null
  reasons: string | null
  decided_at: Instant | null
  decided_by: string | null
  study_ended_on: Temporal.PlainDate | null
  closed_at: Instant | null
}

export interface ExtensionRow {
  id: string
  due_on: Temporal.PlainDate
  reasons: string
  asked_by: string
  outcome: 'GRANTED' | 'REFUSED' | null
  decided_at: Instant | null
  decided_by: string | null
}

export interface ListedResearch {
  row: ResearchRow
  facts: ResearchFacts
  state: ResearchState
  isOverdue: boolean
  /**
   * Numbers of items. `toCheck`: the viewer may listen to the copy and sign it as the second person. `sentBack`: a copy by
   * the viewer that was rejected.
   */
  waits: { toCheck: number[]; sentBack: number[] }
}

export interface ReadResearch extends ListedResearch {
  lacks: MissingResearchPrerequisite[]
  extensions: ExtensionRow[]
  /** Changes whenever the content to decide on changes; a decision must state the value that was read. */
  seen: string
  /** What the viewer may do, by role and by earlier acts. */
  may: { prepare: boolean; check: boolean; decide: boolean; release: boolean; confirm: boolean }
}

const endedStates = new Set<ResearchState>(['REFUSED', 'CLOSED', 'WITHDRAWN'])

/** Lists disclosures to research institutes: open ones, overdue first; or closed ones, newest first. */
export function listResearch(
  db: Kysely<RegisterTables>,
  session: Session,
  which: 'open' | 'over',
): Promise<ListedResearch[] | Refused<'deny.role'>> {
  return logRefusal(
    db,
    session,
    inSession(db, { 'seloste.session': session.token }, async (tx) => {
      await sql`select view_research(null)`.execute(tx)
      const listed = await withFacts(tx, session, (await rowsOf(tx, hasEnded(which === 'over'))).rows)
      return listed.sort((one, other) => Number(other.isOverdue) - Number(one.isOverdue))
    }),
    ['deny.role'],
    { action: 'research.read', object: { kind: 'disclosure' } },
  )
}

/** Returns one disclosure with everything that is still missing. The view is logged first. */
export function readResearch(
  db: Kysely<RegisterTables>,
  session: Session,
  id: string,
): Promise<ReadResearch | Refused<'deny.role' | 'not-found'>> {
  return logRefusal(
    db,
    session,
    inSession(db, { 'seloste.session': session.token }, async (tx) => {
      const viewed = await sql<{ seen: string }>`select view_research(${id}::uuid) as seen`.execute(tx)
      const [listed] = await withFacts(tx, session, (await rowsOf(tx, sql<boolean>`d.id = ${id}::uuid`)).rows)
      const extensions = await sql<ExtensionRow>`
        select id, due_on, reasons, asked_by, outcome, decided_at, decided_by from research_extension
        where disclosure_id = ${id}::uuid order by asked_at`.execute(tx)
      const missing = await sql<MissingResearchPrerequisite>`
        select l.* from research_facts(${[id]}::uuid[]) f, missing_prerequisites(f.facts) l`.execute(tx)
      const roles = await sql<{ quality: boolean; decides: boolean }>`
        select viewer_is('EXPERT', 'QUALITY') as quality, viewer_is('DECISION_MAKER') as decides`.execute(tx)
      return {
        ...listed!,
        lacks: missing.rows,
        extensions: extensions.rows,
        seen: viewed.rows[0]!.seen,
        may: mayOf(listed!, extensions.rows, session.personId, roles.rows[0]!),
      }
    }),
    ['deny.role', 'not-found'],
    { action: 'research.read', object: { kind: 'disclosure', id } },
  )
}

function waitsFor({ items }: ResearchFacts, viewer: string, toCheck: ReadonlySet<string>): ListedResearch['waits'] {
  const itemNumbers = (wanted: typeof items) => wanted.map(({ item }) => item)
  return {
    toCheck: itemNumbers(items.filter(({ copyId }) => copyId !== undefined && toCheck.has(copyId))),
    sentBack: itemNumbers(items.filter(({ copyState, copyBy }) => copyState === 'REJECTED' && copyBy === viewer)),
  }
}

function mayOf(
  { facts, state, waits }: ListedResearch,
  extensions: readonly ExtensionRow[],
  viewer: string,
  { quality, decides }: { quality: boolean; decides: boolean },
): ReadResearch['may'] {
  const isOpen = !endedStates.has(state)
  const isUndecided = isOpen && facts.outcome === null
  const isOtherDecider = decides && isOpen && !facts.hands.includes(viewer)
  const hasExtensionToDecide = extensions.some(({ decided_at, asked_by }) => decided_at === null && asked_by !== viewer)
  return {
    prepare: quality && isUndecided,
    check: quality && isOpen && waits.toCheck.length > 0,
    decide: isOtherDecider && (isUndecided || hasExtensionToDecide),
    release: isOtherDecider && facts.outcome === 'GRANTED' && !facts.isStudyEnded,
    confirm: (quality || decides) && isOpen && facts.isReleased,
  }
}

function hasEnded(wanted: boolean): RawBuilder<boolean> {
  return sql<boolean>`(d.closed_at is not null or d.withdrawn_at is not null or coalesce(d.outcome = 'REFUSED', false)) = ${wanted}`
}

/** Largest number of closed disclosures listed. */
const maxListed = 500

function rowsOf(tx: Transaction<RegisterTables>, condition: RawBuilder<boolean>) {
  return sql<ResearchRow>`
    select d.id, d.number, d.institute_id, i.name as institute_name, i.language as institute_language, d.study, d.due_on, d.format,
      d.created_at, d.prepared_by, d.undertaking_reference, d.undertaking_signatory, d.undertaking_on, d.undertaking_at, d.undertaking_by,
      d.outcome, d.reasons, d.decided_at, d.decided_by, d.study_ended_on, d.closed_at
    from research_disclosure d join institute i on i.id = d.institute_id
    where ${condition} order by d.created_at desc limit ${maxListed}`.execute(tx)
}

async function withFacts(
  tx: Transaction<RegisterTables>,
  { personId }: Session,
  rows: readonly ResearchRow[],
): Promise<ListedResearch[]> {
  const ids = rows.map(({ id }) => id)
  const facts = await researchFactsOf(tx, ids)
  const checked = await sql<{ id: string }>`select copies_to_check(${ids}::uuid[]) as id`.execute(tx)
  const toCheck = new Set(checked.rows.map(({ id }) => id))
  return rows.map((row) => {
    const known = facts.get(row.id)
    if (!known) throw new Error(`the disclosure ${row.number} has no facts: research_facts() left it out`)
    const state = researchStateOf(known)
    return { row, facts: known, state, isOverdue: isOverdue(known), waits: waitsFor(known, personId, toCheck) }
  })
}
