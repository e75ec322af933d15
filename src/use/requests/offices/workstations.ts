import { createHash, randomBytes } from 'node:crypto'
import { sql } from 'kysely'
import type { Trilingual } from '#platform/texts/texts.ts'
import { inSession } from '#platform/database/connect.ts'
import { newToken } from '#platform/links/link-token.ts'
import { codeOf, inGroups, readCode } from '#platform/links/typed-code.ts'
import { databaseAct, databaseRow } from '#safeguards/access/database-request.ts'
import { sessionHash, type Session } from '#safeguards/people/session.ts'
import { safeguardsOf, type SafeguardsDatabase } from '#safeguards/tables.ts'

/** Letters of a code: 50 bits, valid for fifteen minutes. */
const codeLength = 10

/**
 * Makes a code that enrols a browser as a workstation of an office, once and within fifteen minutes; the database stores only
 * its hash.
 * @returns the code as displayed: 7K2M9-QXW4T
 */
export async function makeWorkstationCode(db: SafeguardsDatabase, session: Session, officeId: string, name: string) {
  const code = codeOf(randomBytes(codeLength))
  const stored = await storeCode(db, session, officeId, name, code)
  return 'refused' in stored ? stored : { code: inGroups(code, 5), until: stored.until }
}

const storeCode = databaseRow((officeId: string, name: string, code: string) => ({
  statement: sql<{ until: Temporal.Instant }>`
    select make_workstation_code(${officeId}::uuid, ${name}, ${hashOf(code)}::bytea) as until`,
  refusals: ['deny.role', 'not-found', 'input.identity-code'],
  action: 'office.changed',
  object: { kind: 'office', id: officeId },
}))

/**
 * Enrols a browser as a workstation, which ends its previous enrolment.
 * @param before the browser's previous token
 * @returns the office, and the browser's new token (32 random bytes, base64url)
 */
export async function enrolWorkstation(
  db: SafeguardsDatabase,
  session: Session,
  code: string,
  before: string | undefined,
) {
  const token = newToken()
  const enrolled = await enrol(db, session, code, token, before)
  return 'refused' in enrolled ? enrolled : { ...enrolled, token }
}

const enrol = databaseRow((code: string, token: string, before: string | undefined) => ({
  statement: sql<{ office: Trilingual; name: string }>`
    select office, name from enrol_workstation(${hashOf(code)}::bytea, ${sessionHash(token)}::bytea,
      ${before === undefined ? null : sessionHash(before)}::bytea)`,
  refusals: ['deny.role', 'workstation.code'],
  action: 'workstation.enrolled',
  object: { kind: 'office' },
}))

/** Ends a workstation; an open room on it ends within seconds. */
export const endWorkstation = databaseAct((id: string) => ({
  statement: sql`select end_workstation(${id}::uuid)`,
  refusals: ['deny.role', 'not-found'],
  action: 'workstation.ended',
  object: { kind: 'office' },
}))

export interface WorkstationHere {
  officeId: string
  office: Trilingual
  name: string
}

/** Returns the workstation of the browser with this token; undefined if it is none. */
export async function workstationHere(
  db: SafeguardsDatabase,
  session: Session,
  token: string,
): Promise<WorkstationHere | undefined> {
  return inSession(safeguardsOf(db), { 'seloste.session': session.token }, async (tx) => {
    const { rows } = await sql<WorkstationHere>`
      select office_id as "officeId", office, name from workstation_here(${sessionHash(token)}::bytea)`.execute(tx)
    return rows[0]
  })
}

/** Hashes a code, however written. */
function hashOf(code: string): Buffer {
  return createHash('sha256').update(readCode(code)).digest()
}
