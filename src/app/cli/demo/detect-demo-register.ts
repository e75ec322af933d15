/** Detects the demo's register: its people share a password and have all rights. */
import { queryOnce } from '#platform/database/query-once.ts'
import { Fault } from '#platform/fault.ts'

/** User ids of the demo's staff who answer no calls: no other register has all of them. */
const staff = 'sari eero ilona tiina matti tuula paula olli riitta anssi outi anneli'.split(' ')

async function inspectRegister(adminUrl: string): Promise<{ isDemo: boolean; areWorking: boolean; isEmpty: boolean }> {
  const [found] = await queryOnce<{ there: number; areWorking: boolean; isEmpty: boolean }>(
    adminUrl,
    `select count(*) filter (where user_id = any ($1))::int as there,
       coalesce(bool_or(user_id = any ($1) and (employed_to is null or employed_to > now())), false) as "areWorking",
       count(*) = 0 and not exists (select from contact) as "isEmpty"
     from person`,
    [staff],
  )
  if (!found) throw new Error('an aggregate has a row')
  // Anybody could enter people with these ids; only the demo sets all their passwords outside of a session.
  return { ...found, isDemo: found.there === staff.length && (await haveDemoPasswords(adminUrl)) }
}

async function haveDemoPasswords(adminUrl: string): Promise<boolean> {
  const [found] = await queryOnce<{ given: number }>(
    adminUrl,
    `select count(distinct p.id)::int as given from person p join audit_entry e on e.object_id = p.id
     where p.user_id = any ($1) and e.action = 'password.set' and e.person_id is null`,
    [staff],
  )
  return found?.given === staff.length
}

/** @throws Fault `register-of-demo` if the register is the demo's and its people are still employed */
export async function assertNoDemo(adminUrl: string): Promise<void> {
  const { isDemo, areWorking } = await inspectRegister(adminUrl)
  if (!isDemo || !areWorking) return
  throw new Fault(
    'register-of-demo',
    'this register has the demo’s people, with one password and rights to everything: use another SELOSTE_DATA, or an empty database',
  )
}

/**
 * Checks that the register is the demo's or empty.
 * @throws Fault `register-not-of-demo` if it is another one
 */
export async function assertDemo(adminUrl: string): Promise<void> {
  const { isDemo, isEmpty } = await inspectRegister(adminUrl)
  if (isDemo || isEmpty) return
  throw new Fault(
    'register-not-of-demo',
    'this register was not made by the demo, whose people would get one password and rights to everything: run the demo in another SELOSTE_DATA, or with an empty database',
  )
}
