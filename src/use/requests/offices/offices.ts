/**
 * Listening at an agreed office (R47, R48): offices, slots, appointments, workstations, and the room in which a person listens
 * to their own calls. The database decides (database/functions/requests/offices.sql); audio is served by ../../playback.
 */
import { sql } from 'kysely'
import type { Trilingual } from '#platform/texts/texts.ts'
import { databaseAct, databaseRow, databaseRows, type Refused } from '#safeguards/access/database-request.ts'
import type { Session } from '#safeguards/people/session.ts'
import type { SafeguardsDatabase } from '#safeguards/tables.ts'

/** Instants in RFC 3339. */
export interface Office {
  id: string
  names: Trilingual
  address: Trilingual
  is_closed: boolean
  workstations: { id: string; name: string; enrolledAt: string; lastSeenAt: string | null }[]
  /** Future slots not booked. */
  free_slots: number
  /** Appointments booked there that have not ended. */
  booked_slots: number
}

export interface Host {
  id: string
  name: string
}

/** Returns offices, closed ones last, and the possible hosts: people who now hold the Service Unit's right. */
export async function listOffices(
  db: SafeguardsDatabase,
  session: Session,
): Promise<{ offices: Office[]; hosts: Host[] } | Refused<'deny.role'>> {
  const offices = await readOffices(db, session)
  if ('refused' in offices) return offices
  const hosts = await readHosts(db, session)
  return 'refused' in hosts ? hosts : { offices, hosts }
}

const readOffices = databaseRows(() => ({
  statement: sql<Office>`
    select id, names, address, is_closed, workstations, free_slots::integer, booked_slots::integer from list_offices()`,
  refusals: ['deny.role'],
  action: 'request.refused',
  object: { kind: 'office' },
}))

const readHosts = databaseRows(() => ({
  statement: sql<Host>`select id, name from list_hosts()`,
  refusals: ['deny.role'],
  action: 'request.refused',
  object: { kind: 'office' },
}))

export interface OfficeInput {
  names: Trilingual
  address: Trilingual
}

/**
 * Adds an office.
 * @returns its id. The refusal `input.identity-code` names in `of` the field that contains an identity code.
 */
export const enterOffice = databaseRow(({ names, address }: OfficeInput) => ({
  statement: sql<{
    id: string
  }>`select save_office(null, ${JSON.stringify(names)}::jsonb, ${JSON.stringify(address)}::jsonb, false) as id`,
  refusals: ['deny.role', 'input.identity-code'],
  action: 'office.changed',
  object: { kind: 'office' },
}))

/**
 * Changes an office. A closed office accepts no more appointments; existing bookings stay. While there are any, the clerk has
 * just proved who they are.
 */
export const changeOffice = databaseAct(
  (id: string, { names, address, isClosed }: OfficeInput & { isClosed: boolean }) => ({
    statement: sql`select save_office(${id}::uuid, ${JSON.stringify(names)}::jsonb, ${JSON.stringify(address)}::jsonb, ${isClosed})`,
    refusals: ['deny.role', 'not-found', 'input.identity-code', 'confirm.fresh'],
    action: 'office.changed',
    object: { kind: 'office', id },
  }),
)
