import { sql, type Kysely, type RawBuilder } from 'kysely'
import { isRecipient, writeAgeHeader } from '#platform/age/age-header.ts'
import { AgeFault } from '#platform/age/faults.ts'
import { inSession } from '#platform/database/connect.ts'
import type { RegisterTables } from '#register/tables.ts'
import { requestAct, requestRow, logRefusal, type Refused } from '#safeguards/access/database-request.ts'
import type { Session } from '#safeguards/people/session.ts'
import type { SafeguardsDatabase } from '#safeguards/tables.ts'

export interface InstituteToEnter {
  name: string
  contact: string
  email: string
  language: 'fi' | 'sv' | 'en'
  /** Its age key. */
  recipient?: string | undefined
}

export interface InstituteRow {
  id: string
  name: string
  contact: string
  email: string
  language: 'fi' | 'sv' | 'en'
  recipient: string | null
  is_blocked: boolean
  /** Number of open disclosures. */
  open: number
}

/** Lists research institutes by name, for those who prepare, decide or oversee disclosures. */
export function listInstitutes(
  db: Kysely<RegisterTables>,
  session: Session,
): Promise<InstituteRow[] | Refused<'deny.role'>> {
  return logRefusal(
    db,
    session,
    inSession(db, { 'seloste.session': session.token }, async (tx) => {
      const blocked = await sql<{ id: string }>`select id from institutes_blocked() id`.execute(tx)
      const ids = new Set(blocked.rows.map(({ id }) => id))
      const { rows } = await sql<Omit<InstituteRow, 'is_blocked'>>`
        select i.id, i.name, i.contact, i.email, i.language, i.recipient, (
          select count(*)::integer from research_disclosure d
          where d.institute_id = i.id and d.closed_at is null and d.withdrawn_at is null and d.outcome is distinct from 'REFUSED'
        ) as open
        from institute i order by lower(i.name)`.execute(tx)
      return rows.map((row) => ({ ...row, is_blocked: ids.has(row.id) }))
    }),
    ['deny.role'],
    { action: 'research.read', object: { kind: 'disclosure' } },
  )
}

const addRefusals = ['deny.role', 'institute.known', 'input.identity-code'] as const
const changeRefusals = [...addRefusals, 'not-found'] as const

/** Enters an institute. An invalid key is refused. */
export async function addInstitute(
  db: SafeguardsDatabase,
  session: Session,
  institute: InstituteToEnter,
): Promise<{ id: string } | Refused<(typeof addRefusals)[number] | 'institute.recipient'>> {
  if (!isUsableKey(institute.recipient)) return { refused: 'institute.recipient', of: 'recipient' }
  const statement = sql<{ id: string }>`select save_institute(null, ${asJson(institute)}) as id`
  const trace = { action: 'institute.changed', object: { kind: 'institute' } } as const
  return requestRow(db, session, statement, addRefusals, trace)
}

/** Changes an institute. Earlier decisions keep the key for which they were made. */
export async function changeInstitute(
  db: SafeguardsDatabase,
  session: Session,
  id: string,
  institute: InstituteToEnter,
): Promise<'done' | Refused<(typeof changeRefusals)[number] | 'institute.recipient'>> {
  if (!isUsableKey(institute.recipient)) return { refused: 'institute.recipient', of: 'recipient' }
  const statement = sql`select save_institute(${id}::uuid, ${asJson(institute)})`
  const trace = { action: 'institute.changed', object: { kind: 'institute', id } } as const
  return requestAct(db, session, statement, changeRefusals, trace)
}

function isUsableKey(recipient: string | undefined): boolean {
  if (recipient === undefined) return true
  if (!isRecipient(recipient)) return false
  try {
    writeAgeHeader(recipient)
    return true
  } catch (error) {
    if (error instanceof AgeFault) return false // A point of low order: nobody has its key.
    throw error
  }
}

/** Passes each member as text: characters that PostgreSQL cannot store are refused as everywhere else, not as a JSON fault. */
function asJson({ name, contact, email, language, recipient }: InstituteToEnter): RawBuilder<unknown> {
  return sql`jsonb_strip_nulls(jsonb_build_object('name', ${name}::text, 'contact', ${contact}::text, 'email', ${email}::text,
    'language', ${language}::text, 'recipient', ${recipient ?? null}::text))`
}
