/** Steps of a new installation and whether each is done, read from the database; for administrators and maintenance. */
import { sql, type Kysely } from 'kysely'
import { inSession } from '#platform/database/connect.ts'
import { inForce, type RegisterDescription } from '#description/register-description.ts'
import type { Role } from '#description/roles.ts'
import type { RegisterTables } from '#register/tables.ts'
import { returnRefusal, type Refused } from '#safeguards/access/database-request.ts'
import type { Session } from '#safeguards/people/session.ts'

export interface Setup {
  steps: { step: SetupStep; isDone: boolean }[]
  /** Roles of {@link neededRoles} that nobody holds. */
  missingRoles: Role[]
}

export type SetupStep =
  'description' | 'numbers' | 'people' | 'rights' | 'second-approver' | 'recorder' | 'recording' | 'backups' | 'witness'

interface Facts {
  people: string
  roles: Role[]
  approvers: string
  has_client: boolean
  has_recording: boolean
  has_backup: boolean
  has_witness: boolean
}

/** The installation's first links create two people. */
const fewestPeople = 3
/** Nobody decides on a right of their own or on one that they requested. */
const fewestApprovers = 2

/** Roles without which some promise of the description cannot be kept. */
const neededRoles: readonly Role[] = [
  'ADMINISTRATOR',
  'ACCESS_APPROVER',
  'DECISION_MAKER',
  'DATA_PROTECTION_OFFICER',
  'SERVICE_UNIT',
  'SUPERVISOR',
  'OFFICIAL',
]

export async function readSetup(
  db: Kysely<RegisterTables>,
  session: Session,
  { numbers }: Pick<RegisterDescription, 'numbers'>,
  now: Temporal.Instant,
): Promise<Setup | Refused<'deny.role'>> {
  const reading = inSession(db, { 'seloste.session': session.token }, async (tx) => {
    const { rows } = await sql<Facts>`select * from setup_facts()`.execute(tx)
    return rows[0]!
  })
  const facts = await returnRefusal(['deny.role'], reading)
  if ('refused' in facts) return facts
  const missingRoles = neededRoles.filter((role) => !facts.roles.includes(role))
  const isDone: Record<SetupStep, boolean> = {
    // The desk does not respond before a version is in force.
    description: true,
    numbers: numbers.some(({ validFrom, validTo }) => inForce(validFrom, validTo, now)),
    people: Number(facts.people) >= fewestPeople,
    rights: missingRoles.length === 0,
    'second-approver': Number(facts.approvers) >= fewestApprovers,
    recorder: facts.has_client,
    recording: facts.has_recording,
    backups: facts.has_backup,
    witness: facts.has_witness,
  }
  const steps = Object.keys(isDone) as SetupStep[]
  return { steps: steps.map((step) => ({ step, isDone: isDone[step] })), missingRoles }
}
