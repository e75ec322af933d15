/**
 * Opens a register for searches by two people: a supervisor whose unit answers every call, and an official who sees her
 * own calls.
 */
import type { Purpose } from '#description/purposes.ts'
import { admit, type SegmentFacts } from '#register/admit.ts'
import type { RegisterTables } from '#register/tables.ts'
import { requestGrant, type Grant } from '#safeguards/access/grant.ts'
import type { Session } from '#safeguards/people/session.ts'
import { listContacts, type ContactSearch } from '#use/search/list-contacts.ts'
import type { TestDatabase } from '../database/create-test-database.ts'
import { callFacts, colleagueOf, enterTestPerson, phone } from '../database/people.ts'

export async function openSearch(database: TestDatabase<RegisterTables>) {
  const admin = database.as().db
  const desk = database.as('seloste_desk').db
  const capture = database.as('seloste_capture').db
  const now = () => Temporal.Now.instant()

  const matti = await enterTestPerson(admin, desk, {
    name: 'Matti',
    right: { role: 'SUPERVISOR', purposes: ['DEVELOPMENT'], scope: 'their unit' },
  })
  const aino = await enterTestPerson(admin, desk, {
    name: 'Aino',
    right: { role: 'OFFICIAL', purposes: ['DEVELOPMENT'], scope: { kind: 'own', units: [], numbers: [] } },
  })
  const grant = await grantFor(await matti.signIn())
  const ainos = await grantFor(await aino.signIn())

  async function grantFor(session: Session, purpose: Purpose = 'DEVELOPMENT', reference?: string): Promise<Grant> {
    const request = await requestGrant(desk, session, { purpose, reference, action: 'contacts.listed' }, now())
    if ('refused' in request) throw new Error(request.refused)
    return request
  }

  async function search(given: Partial<ContactSearch> = {}, under = grant) {
    return listContacts(desk, under, { limit: 200, ...given })
  }
  const idsOf = ({ items }: { items: { id: string }[] }) => items.map(({ id }) => id)
  const found = async (given: Partial<ContactSearch>) => idsOf(await search(given))

  const official = (name: string, number = '029 512 1001', personId?: string): SegmentFacts['official'] => ({
    name,
    unitId: matti.unitId,
    phone: phone(number),
    ...(personId && { personId }),
  })

  /**
   * Next caller number. Each call gets its own, so that a search for it finds nothing else; segments with the same call
   * id share it.
   */
  let callers = 1000
  const callerOf = new Map<string, string>()
  async function call(given: Partial<SegmentFacts> = {}) {
    const id = given.callIds?.[0]
    const written = (id !== undefined && callerOf.get(id)) || `040 555 ${callers++}`
    if (id !== undefined) callerOf.set(id, written)
    const caller = { kind: 'e164' as const, key: phone(written), raw: written }
    const facts = callFacts({ caller, official: colleagueOf(matti), ...given })
    const { contactId } = await admit(capture, facts)
    return { contactId, caller: written, segmentId: facts.segmentId }
  }

  return { admin, desk, capture, now, matti, aino, grant, ainos, grantFor, search, idsOf, found, official, call }
}
