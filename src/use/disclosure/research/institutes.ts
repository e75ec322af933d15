import { type RawBuilder, sql } from 'kysely'
import { isRecipient, writeAgeHeader } from '#platform/age/age-header.ts'
import { AgeFault } from '#platform/age/faults.ts'
import { databaseAct, databaseRow, databaseRows } from '#safeguards/access/database-request.ts'
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
export const listInstitutes = databaseRows(() => ({
  statement: sql<InstituteRow>`
    select i.id, i.name, i.contact, i.email, i.language, i.recipient, i.id in (select institutes_blocked()) as is_blocked, (
      select count(*)::integer from research_disclosure d
      where d.institute_id = i.id and d.closed_at is null and d.withdrawn_at is null and d.outcome is distinct from 'REFUSED'
    ) as open
    from institute i order by lower(i.name)`,
  refusals: ['deny.role'],
  action: 'research.read',
  object: { kind: 'disclosure' },
  precondition: sql`institutes_blocked()`,
}))

const addRefusals = ['deny.role', 'institute.known', 'input.identity-code'] as const
const unusableKey = { refused: 'institute.recipient', of: 'recipient' } as const

/** Enters an institute. An invalid key is refused. */
export async function addInstitute(db: SafeguardsDatabase, session: Session, institute: InstituteToEnter) {
  return isUsableKey(institute.recipient) ? saveNewInstitute(db, session, institute) : unusableKey
}

const saveNewInstitute = databaseRow((institute: InstituteToEnter) => ({
  statement: sql<{ id: string }>`select save_institute(null, ${asJson(institute)}) as id`,
  refusals: addRefusals,
  action: 'institute.changed',
  object: { kind: 'institute' },
}))

/** Changes an institute. Earlier decisions keep the key for which they were made. */
export async function changeInstitute(
  db: SafeguardsDatabase,
  session: Session,
  id: string,
  institute: InstituteToEnter,
) {
  return isUsableKey(institute.recipient) ? saveInstitute(db, session, id, institute) : unusableKey
}

const saveInstitute = databaseAct((id: string, institute: InstituteToEnter) => ({
  statement: sql`select save_institute(${id}::uuid, ${asJson(institute)})`,
  refusals: [...addRefusals, 'not-found'],
  action: 'institute.changed',
  object: { kind: 'institute', id },
}))

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
