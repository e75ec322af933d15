/**
 * Listening at an agreed office (R47, R48): offices, slots, appointments, workstations, and the room in which a person listens
 * to their own calls. The database decides (database/functions/requests/offices.sql); audio is served by ../../playback.
 */
import { sql } from 'kysely'
import type { Trilingual } from '#platform/texts/texts.ts'
import { requestAct, requestDatabase, requestRow, type Refused } from '#safeguards/access/database-request.ts'
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
  const trace = { action: 'request.refused', object: { kind: 'office' } } as const
  const offices = await requestDatabase(
    db,
    session,
    sql<Office>`select id, names, address, is_closed, workstations, free_slots::integer, booked_slots::integer from list_offices()`,
    ['deny.role'],
    trace,
  )
  if ('refused' in offices) return offices
  const hosts = await requestDatabase(db, session, sql<Host>`select id, name from list_hosts()`, ['deny.role'], trace)
  return 'refused' in hosts ? hosts : { offices: offices.rows, hosts: hosts.rows }
}

const enterRefusals = ['deny.role', 'input.identity-code'] as const
const changeRefusals = ['deny.role', 'not-found', 'input.identity-code', 'confirm.fresh'] as const

export interface OfficeInput {
  names: Trilingual
  address: Trilingual
}

/**
 * Adds an office.
 * @returns its id. The refusal `input.identity-code` names in `of` the field that contains an identity code.
 */
export function enterOffice(
  db: SafeguardsDatabase,
  session: Session,
  { names, address }: OfficeInput,
): Promise<{ id: string } | Refused<(typeof enterRefusals)[number]>> {
  return requestRow(
    db,
    session,
    sql<{
      id: string
    }>`select save_office(null, ${JSON.stringify(names)}::jsonb, ${JSON.stringify(address)}::jsonb, false) as id`,
    enterRefusals,
    { action: 'office.changed', object: { kind: 'office' } },
  )
}

/**
 * Changes an office. A closed office accepts no more appointments; existing bookings stay. While there are any, the clerk has
 * just proved who they are.
 */
export function changeOffice(
  db: SafeguardsDatabase,
  session: Session,
  id: string,
  { names, address, isClosed }: OfficeInput & { isClosed: boolean },
): Promise<'done' | Refused<(typeof changeRefusals)[number]>> {
  return requestAct(
    db,
    session,
    sql`select save_office(${id}::uuid, ${JSON.stringify(names)}::jsonb, ${JSON.stringify(address)}::jsonb, ${isClosed})`,
    changeRefusals,
    { action: 'office.changed', object: { kind: 'office', id } },
  )
}
