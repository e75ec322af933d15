/**
 * Opens the Service Unit's desk for tests of its requests: two clerks and other people, their browsers, and requests
 * entered at the desk.
 */
import { sql } from 'kysely'
import { expect } from 'vitest'
import type { RequestDetail, RequestSummary } from '#app/http/contract/requests.ts'
import type { Role } from '#description/roles.ts'
import type { Purpose } from '#description/purposes.ts'
import type { RegisterTables } from '#register/tables.ts'
import type { TestDatabase } from '../database/create-test-database.ts'
import { enterTestPerson } from '../database/people.ts'
import { makeTestRegister } from '../register/make-register.ts'
import { answer, openTestDesk, type Browser } from '../register/open-desk.ts'

const everything = { kind: 'all' as const, units: [], numbers: [] }
const nothing = { kind: 'none' as const, units: [], numbers: [] }

interface Listed {
  items: RequestSummary[]
  counts: Record<string, number>
  clerks: { id: string; name: string }[]
}

/** Call it at the top of a test file. */
export async function openServiceUnit(
  database: TestDatabase<RegisterTables>,
  options: Parameters<typeof openTestDesk>[2] = {},
) {
  const register = await makeTestRegister(database)
  const desk = await openTestDesk(database, register, options)
  const admin = database.as().db
  const person = (
    name: string,
    role: Role,
    purposes: Purpose[],
    scope: typeof everything | typeof nothing = everything,
  ) => enterTestPerson(admin, database.as('seloste_desk').db, { name, right: { role, purposes, scope } })
  const people = {
    paula: await person('Paula Palvelu', 'SERVICE_UNIT', ['INSPECTION']),
    pekka: await person('Pekka Palvelu', 'SERVICE_UNIT', ['INSPECTION']),
    tuula: await person('Tuula', 'SECURITY', ['CRIME_OR_MISUSE']),
    riitta: await person('Riitta', 'DECISION_MAKER', [], nothing),
    dora: await person('Dora', 'DATA_PROTECTION_OFFICER', [], nothing),
    aino: await enterTestPerson(admin, database.as('seloste_desk').db, { name: 'Aino Virtanen' }),
  }
  const browsers = new Map<string, Promise<Browser>>()
  function as(name: keyof typeof people): Promise<Browser> {
    const known = browsers.get(name) ?? desk.signIn(people[name])
    browsers.set(name, known)
    return known
  }

  const body = (requester: object = {}) => ({
    party: 'CALLER',
    kinds: ['KNOW', 'LISTEN'],
    channel: 'PHONE',
    language: 'fi',
    receivedAt: Temporal.Now.instant().subtract({ minutes: 10 }).toString(),
    requester: { name: 'Maija Meikäläinen', phone: '040 123 4567', ...requester },
  })
  const fetch = async (method: string, path: string, json?: object, by: keyof typeof people = 'paula') =>
    answer((await as(by)).fetch(path, { method, ...(json && { json }) }))
  const enter = (json: object, by?: keyof typeof people) => fetch('POST', '/api/requests', json, by)
  let count = 0
  /** Enters a request with a requester of its own. */
  async function enteredRequest(given: object = {}, requester: object = {}) {
    const made = await enter({ ...body({ email: `maija${++count}@example.fi`, ...requester }), ...given })
    expect(made.status).toBe(201)
    return made.body as unknown as { id: string; number: string }
  }
  /** Sends a request to a path below a request, or to the given path. */
  const act = (method: string, id: string, path: string, json?: object, by?: keyof typeof people) =>
    fetch(method, id === '' ? path : `/api/requests/${id}${path}`, json, by)
  async function read(id: string, by?: keyof typeof people): Promise<RequestDetail> {
    const found = await act('GET', id, '', undefined, by)
    expect(found.status).toBe(200)
    return found.body as unknown as RequestDetail
  }
  async function list(query = '', by?: keyof typeof people): Promise<Listed> {
    const found = await fetch('GET', `/api/requests?${query}`, undefined, by)
    expect(found.status).toBe(200)
    return found.body as unknown as Listed
  }
  /** Simulates a sent letter; another test covers how letters are made. */
  async function deliverAnswer(id: string, kind: string) {
    await sql`insert into letter (request_id, kind, language, template_version, made_by, content, delivered_at, delivered_how, delivered_by)
      values (${id}, ${kind}, 'fi', 0, ${people.paula.id}, '{}', now(), 'POST', ${people.paula.id})`.execute(admin)
  }

  return {
    ...{ register, desk, admin, people, as, body, enter, enteredRequest, act, read, list, deliverAnswer, identityCode },
  }
}

/** Returns the code of an invented person: individual numbers from 900 on are never assigned (L32). */
function identityCode(separator: string): string {
  const [day, individual] = ['010190', '951']
  return `${day}${separator}${individual}${'0123456789ABCDEFHJKLMNPRSTUVWXY'[Number(day + individual) % 31]}`
}
