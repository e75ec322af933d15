/** The demo's Service Unit: offices, slots, and requests, entered by the ordinary operations. */
import type { Kysely } from 'kysely'
import type { RegisterTables } from '#register/tables.ts'
import { signOut, type Session } from '#safeguards/people/session.ts'
import { signIn } from '#safeguards/sign-in/sign-in.ts'
import { enterRequest, type RequestToEnter } from '#use/requests/enter-request.ts'
import { enterOffice, listOffices } from '#use/requests/offices/offices.ts'
import { addSlots } from '#use/requests/offices/slots.ts'

const clerk = 'paula'
const zone = 'Europe/Helsinki'
const weeksAhead = 3
const time = (text: string) => Temporal.PlainTime.from(text)

const offices = [
  {
    host: 'paula',
    names: { fi: 'Helsingin toimipiste', sv: 'Verksamhetsstället i Helsingfors', en: 'Helsinki office' },
    address: { fi: 'Esimerkkikatu 4, Helsinki', sv: 'Exempelgatan 4, Helsingfors', en: 'Esimerkkikatu 4, Helsinki' },
    from: '09:00',
    to: '12:00',
  },
  {
    host: 'olli',
    names: { fi: 'Oulun toimipiste', sv: 'Verksamhetsstället i Uleåborg', en: 'Oulu office' },
    address: { fi: 'Mallikatu 12, Oulu', sv: 'Modellgatan 12, Uleåborg', en: 'Mallikatu 12, Oulu' },
    from: '12:00',
    to: '15:00',
  },
] as const

/** Requests, received `daysAgo` days ago; the last is nearly due. */
const requests: readonly (Omit<RequestToEnter, 'receivedAt' | 'party'> & { daysAgo: number })[] = [
  {
    daysAgo: 1,
    kinds: ['KNOW', 'LISTEN'],
    channel: 'VISIT',
    language: 'fi',
    requester: { name: 'Maija Esimerkki', address: 'Koekatu 5 A 3\n00500 Helsinki' },
  },
  {
    daysAgo: 4,
    kinds: ['PROHIBIT'],
    channel: 'PHONE',
    language: 'sv',
    requester: { name: 'Johan Exempel', phone: '050 555 0199' },
  },
  {
    daysAgo: 26,
    kinds: ['HISTORY'],
    channel: 'LETTER',
    language: 'en',
    requester: { name: 'Alex Sample', address: 'Testitie 9\n90100 Oulu' },
  },
]

/**
 * Enters offices, slots and requests if there is no office yet.
 * @returns refusals, as text
 */
export async function openDemoDesk(
  db: Kysely<RegisterTables>,
  password: string,
  now: Temporal.Instant,
): Promise<string[]> {
  const session = await signIn(db, { userId: clerk, password }, now)
  if (typeof session === 'string' || !('expiresAt' in session)) return [`${clerk} cannot sign in`]
  try {
    const existing = await listOffices(db, session)
    if ('refused' in existing) return [existing.refused]
    return existing.offices.length > 0 ? [] : await fill(db, session, now)
  } finally {
    await signOut(db, session, now)
  }
}

async function fill(db: Kysely<RegisterTables>, session: Session, now: Temporal.Instant): Promise<string[]> {
  const refused: string[] = []
  const today = now.toZonedDateTimeISO(zone).toPlainDate()
  const hosts = await db.selectFrom('person').select(['id', 'user_id']).execute()
  for (const { host, names, address, from, to } of offices) {
    const office = await enterOffice(db, session, { names, address })
    if ('refused' in office) return [office.refused]
    const hostId = hosts.find(({ user_id: userId }) => userId === host)?.id ?? ''
    for (let day = today.add({ days: 1 }); day.since(today).days <= weeksAhead * 7; day = day.add({ days: 1 })) {
      if (day.dayOfWeek > 5) continue
      const times = { officeId: office.id, day, from: time(from), to: time(to), minutes: 60, hostId }
      const added = await addSlots(db, session, times)
      if ('refused' in added) refused.push(`times at ${names.en}: ${added.refused}`)
    }
  }
  for (const { daysAgo, ...request } of requests) {
    const receivedAt = now.subtract({ hours: 24 * daysAgo })
    const entered = await enterRequest(db, session, { ...request, party: 'CALLER', receivedAt })
    if ('refused' in entered) refused.push(`a request: ${entered.refused}`)
  }
  return refused
}
