import { sql, type Kysely, type Transaction } from 'kysely'
import { inSession } from '#platform/database/connect.ts'
import { registerTime } from '#register/register-time.ts'
import type { RegisterTables } from '#register/tables.ts'
import { logRefusal, type Refused } from '#safeguards/access/database-request.ts'
import type { Session } from '#safeguards/people/session.ts'
import {
  authorityLacks,
  authorityStateOf,
  urgentAt,
  type AuthorityFacts,
  type AuthorityState,
} from './authority-state.ts'

export interface AuthorityRow {
  id: string
  number: string
  origin: 'REQUEST' | 'OWN_INITIATIVE'
  authority: string
  officer: string
  case_number: string
  aim: 'PREVENTION' | 'INVESTIGATION'
  provision_id: string | null
  received_at: Temporal.Instant
  entered_by: string
  assessment: string | null
  assessed_at: Temporal.Instant | null
  assessed_by: string | null
  outcome: 'GRANTED' | 'PART' | 'REFUSED' | null
  reasons: string | null
  decided_at: Temporal.Instant | null
  decided_by: string | null
  released_at: Temporal.Instant | null
  closed_at: Temporal.Instant | null
  unreleased_because: string | null
}

type SeenRow = AuthorityRow & { seen: string; is_own: boolean }

export interface AuthorityItemRow {
  disclosure_id: string
  item: number
  contact_id: string | null
  recording_id: string | null
  what: 'RECORDING' | 'IDENTIFICATION_DATA' | 'BOTH'
  destroy_at: Temporal.Instant | null
  state: 'available' | 'restricted' | 'destroyed' | 'none'
  granted: boolean | null
  is_available: boolean
}

export interface AuthorityDisclosure {
  row: AuthorityRow
  items: AuthorityItemRow[]
  state: AuthorityState
  lacks: ReturnType<typeof authorityLacks>
  urgentAt: Temporal.Instant | undefined
  isProvisionInForce: boolean
  /** Changes whenever the content to decide on changes; a decision must state the value that was read. */
  seen: string
  viewer: {
    isPreparing: boolean
    isDeciding: boolean
    /** True if the viewer entered, changed or assessed the disclosure, or added an item. */
    isOwn: boolean
  }
}

type ReadRefusal = 'deny.role' | 'not-found'

/** Lists disclosures to authorities, urgent ones first; the view is logged first. */
export function listAuthority(
  db: Kysely<RegisterTables>,
  session: Session,
  which: 'open' | 'over',
): Promise<AuthorityDisclosure[] | Refused<ReadRefusal>> {
  return viewAuthority(db, session, undefined, (all) =>
    all
      .filter(({ state }) => (state === 'CLOSED') === (which === 'over'))
      .sort(
        (one, other) =>
          (one.urgentAt?.epochMilliseconds ?? Infinity) - (other.urgentAt?.epochMilliseconds ?? Infinity) ||
          other.row.received_at.epochMilliseconds - one.row.received_at.epochMilliseconds ||
          0,
      ),
  )
}

/** Returns one disclosure to an authority. */
export function readAuthority(
  db: Kysely<RegisterTables>,
  session: Session,
  id: string,
): Promise<AuthorityDisclosure | Refused<ReadRefusal>> {
  return viewAuthority(db, session, id, (all) => all[0]!)
}

function viewAuthority<Answer>(
  db: Kysely<RegisterTables>,
  session: Session,
  id: string | undefined,
  answer: (all: AuthorityDisclosure[]) => Answer,
): Promise<Answer | Refused<ReadRefusal>> {
  const viewing = inSession(db, { 'seloste.session': session.token }, async (tx) => {
    const { rows } = await sql<SeenRow>`
      select (l.d).*, l.seen, l.is_own from view_authority(${id ?? null}::uuid) l`.execute(tx)
    return answer(await withItems(tx, rows))
  })
  return logRefusal(db, session, viewing, ['deny.role', 'not-found'], {
    action: id === undefined ? 'disclosures.read' : 'authority.read',
    object: { kind: 'disclosure', ...(id !== undefined && { id }) },
  })
}

async function withItems(tx: Transaction<RegisterTables>, rows: readonly SeenRow[]): Promise<AuthorityDisclosure[]> {
  const ids = rows.map(({ id }) => id)
  const items = await sql<AuthorityItemRow>`select * from authority_items(${ids}::uuid[])`.execute(tx)
  const itemsById = Map.groupBy(items.rows, ({ disclosure_id }) => disclosure_id)
  const rules = await sql<{ offered: boolean; inForce: string[]; isPreparing: boolean; isDeciding: boolean }>`
    select authority as offered, viewer_is('SECURITY') as "isPreparing", viewer_is('DECISION_MAKER') as "isDeciding", array(
      select p ->> 'id' from jsonb_array_elements(provisions) p where provision_holds(p ->> 'id')) as "inForce"
    from disclosure_rules`.execute(tx)
  const { offered, inForce, isPreparing, isDeciding } = rules.rows[0]!
  const now = await registerTime(tx)
  return rows.map(({ seen, is_own, ...row }) => {
    const listed = itemsById.get(row.id) ?? []
    const facts: AuthorityFacts = {
      isOffered: offered,
      provision: row.provision_id === null ? undefined : { isInForce: inForce.includes(row.provision_id) },
      isAssessed: row.assessed_at !== null,
      outcome: row.outcome,
      isReleased: row.released_at !== null,
      isClosed: row.closed_at !== null,
      items: listed.map(({ item, granted, is_available, destroy_at, what }) => ({
        item,
        isGranted: granted,
        isAvailable: is_available,
        destroyAt: what === 'IDENTIFICATION_DATA' ? undefined : (destroy_at ?? undefined),
      })),
    }
    return {
      row,
      items: listed,
      state: authorityStateOf(facts),
      lacks: authorityLacks(facts),
      urgentAt: urgentAt(facts, now),
      isProvisionInForce: facts.provision?.isInForce ?? false,
      seen,
      viewer: { isPreparing, isDeciding, isOwn: is_own },
    }
  })
}
