/**
 * Fixture for listening at offices: openDestructionDesk, a second clerk, offices, slots at any instant, browsers
 * that keep their cookies, and workstations. Appointments are booked over the network.
 */
import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import type { RegisterTables } from '#register/tables.ts'
import type { RequestKind } from '#register/request-tables.ts'
import type { TestDatabase } from '../database/create-test-database.ts'
import { enterTestPerson, type TestPerson } from '../database/people.ts'
import { openDestructionDesk } from '../ends/open-destruction-desk.ts'
import { answer, type Browser } from '../register/open-desk.ts'
import { servedRequest } from './served-request.ts'

export interface Jar extends Browser {
  /** Cookies by name. */
  cookies: Map<string, string>
  /** Sends a request, a POST if a body is given, and reads the answer. */
  request: (path: string, json?: object, options?: RequestInit) => ReturnType<typeof answer>
}

const inThree = (name: string) => ({ fi: name, sv: name, en: name })

/** Call it at the top of a test file. */
export async function openOffices(
  database: TestDatabase<RegisterTables>,
  given: Parameters<typeof openDestructionDesk>[1] = {},
) {
  const ends = await openDestructionDesk(database, given)
  const { admin, desk, people } = ends
  const all = { kind: 'all' as const, units: [], numbers: [] }
  const pirkko = await enterTestPerson(admin, database.as('seloste_desk').db, {
    name: 'Pirkko',
    right: { role: 'SERVICE_UNIT', purposes: ['INSPECTION'], scope: all },
  })

  /** Browser that keeps its cookies, signed in if a person is given. */
  async function openBrowser(user?: TestPerson): Promise<Jar> {
    const cookies = new Map<string, string>()
    if (user) cookies.set('seloste', (await user.signIn()).token)
    const jar: Jar = {
      cookies,
      async fetch(path, options = {}) {
        const headers = new Headers(options.headers)
        if (cookies.size > 0) headers.set('cookie', [...cookies].map((pair) => pair.join('=')).join('; '))
        const response = await desk.visitor.fetch(path, { ...options, headers })
        for (const line of response.headers.getSetCookie()) {
          const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
          if (value === '') cookies.delete(name)
          else cookies.set(name, value)
        }
        return response
      },
      request: (path, json, options) => answer(jar.fetch(path, { ...options, ...(json && { json }) })),
    }
    return jar
  }

  const clerk = await openBrowser(people.paula)
  const other = await openBrowser(pirkko)

  async function enterOffice(name = `Toimipiste ${randomUUID().slice(0, 4)}`): Promise<string> {
    const { body } = await clerk.request('/api/offices', { names: inThree(name), address: inThree('Isokatu 4, Oulu') })
    return body['id'] as string
  }

  /** Enters a slot this many hours from now, an hour long by default; only the database's rules check it. */
  async function addSlot(
    hours: number,
    { officeId, host = people.paula, lasts = 1 }: { officeId?: string; host?: TestPerson; lasts?: number } = {},
  ): Promise<string> {
    const at = officeId ?? (await enterOffice())
    const { rows } = await sql<{ id: string }>`
      insert into office_slot (office_id, starts_at, ends_at, host_id, added_by)
      select ${at}, t, t + make_interval(secs => ${lasts * 3600}::float8), ${host.id}, ${host.id}
      from (select now() + make_interval(secs => ${hours * 3600}::float8) as t) t returning id`.execute(admin)
    return rows[0]!.id
  }

  /** Moves a slot in time, instead of shifting the clock. */
  async function moveSlot(id: string, fromHours: number, toHours: number): Promise<void> {
    await sql`
      update office_slot set starts_at = now() + make_interval(secs => ${fromHours * 3600}::float8),
        ends_at = now() + make_interval(secs => ${toHours * 3600}::float8) where id = ${id}`.execute(admin)
  }

  /** Enters a caller's request to listen to these recordings, and verifies the caller as their party. */
  async function makeInspection(
    recordings: readonly { contactId: string }[],
    given: { receivedAt?: Temporal.Instant; kinds?: RequestKind[]; party?: 'OFFICIAL'; officialId?: string } = {},
  ) {
    const contacts = recordings.map(({ contactId }) => contactId)
    return servedRequest(admin, { clerkId: people.paula.id, contacts, kinds: ['KNOW', 'LISTEN'], ...given })
  }

  const book = (request: { id: string }, slotId: string, more: object = {}, by: Jar = clerk) =>
    by.request(`/api/requests/${request.id}/appointments`, { slotId, needs: [], ...more })

  /** Books a slot over the network. Returns the appointment's id. */
  async function bookAppointment(request: { id: string }, slotId: string): Promise<string> {
    const { status, body } = await book(request, slotId)
    if (status !== 201) throw new Error(`booking answered ${JSON.stringify(body)}`)
    return body['id'] as string
  }

  const recordOutcome = (appointment: string, method: string, by: Jar = clerk) =>
    by.request(`/api/appointments/${appointment}/outcome`, { outcome: method })

  async function stateOfAppointment(id: string): Promise<string> {
    const { rows } = await sql<{ state: string }>`select state from appointment where id = ${id}`.execute(admin)
    return rows[0]!.state
  }

  async function inspectionOf(request: { calls: { inspectionId: string | null }[] }) {
    const { rows } = await sql<{ outcome: string | null }>`
      select outcome from inspection where id = ${request.calls[0]!.inspectionId}`.execute(admin)
    return rows[0]!.outcome
  }

  /** Opens a browser for a person at a workstation of an office. */
  async function openAtWorkstation(user: TestPerson, officeId: string): Promise<Jar> {
    const { body } = await clerk.request(`/api/offices/${officeId}/workstation-codes`, { name: 'Huone 2' })
    const jar = await openBrowser(user)
    const enrolled = await jar.request('/api/workstation', { code: body['code'] as string })
    if (enrolled.status !== 200) throw new Error(`enrolling answered ${enrolled.status}`)
    return jar
  }

  /**
   * Books an appointment for now at an office, and opens its host's browser at a workstation there, in the listening
   * mode if requested.
   */
  async function openRoom(recordings: readonly { contactId: string }[], { open = true, host = people.paula } = {}) {
    const officeId = await enterOffice()
    const request = await makeInspection(recordings)
    const slotId = await addSlot(1, { officeId, host })
    const appointmentId = await bookAppointment(request, slotId)
    await moveSlot(slotId, -0.1, 0.5)
    const jar = await openAtWorkstation(host, officeId)
    const opened = open ? await jar.request('/api/room', { appointmentId }) : undefined
    return { officeId, request, slotId, appointmentId, jar, opened }
  }

  return {
    ...ends,
    ...{
      pirkko,
      openBrowser,
      clerk,
      other,
      enterOffice,
      addSlot,
      moveSlot,
      makeInspection,
      book,
      bookAppointment,
      recordOutcome,
    },
    ...{ stateOfAppointment, inspectionOf, openAtWorkstation, openRoom },
  }
}
