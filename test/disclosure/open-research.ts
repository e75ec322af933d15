/**
 * Opens disclosures to research institutes for the people who prepare, check and decide on them, in any state that a
 * test needs. Returns these people's browsers and an institute. Other tests cover the making of copies and packages.
 */
import { sql } from 'kysely'
import { beforeAll, expect } from 'vitest'
import type { ResearchDetail } from '#app/http/contract/research.ts'
import type { TranscriptUse } from '#description/closed-lists.ts'
import type { Purpose } from '#description/purposes.ts'
import type { Duty, Role } from '#description/roles.ts'
import { generateKeyPair } from '#platform/age/age-header.ts'
import { inSession } from '#platform/database/connect.ts'
import type { RegisterTables } from '#register/tables.ts'
import { storeDisclosureRules } from '#use/disclosure/disclosure-rules.ts'
import type { TestDatabase } from '../database/create-test-database.ts'
import { enterTestPerson, phone, type TestPerson } from '../database/people.ts'
import { openDestructionDesk } from '../ends/open-destruction-desk.ts'
import { answer, type Browser } from '../register/open-desk.ts'

const none = { kind: 'none' as const, units: [], numbers: [] }
const ofNumber = { kind: 'numbers' as const, units: [], numbers: [phone('029 497 000')] }
const ofAnother = { kind: 'numbers' as const, units: [], numbers: [phone('029 497 010')] }
const all = { kind: 'all' as const, units: [], numbers: [] }

type TestScope = typeof none | typeof ofNumber | typeof all

/** Call it at the top of a test file. */
export async function openResearch(
  database: TestDatabase<RegisterTables>,
  given: Parameters<typeof openDestructionDesk>[1] = {},
) {
  const ends = await openDestructionDesk(database, given)
  const { admin, custodian } = ends
  const enter = (name: string, role: Role, purposes: Purpose[], scope: TestScope, duty?: Duty) =>
    enterTestPerson(admin, database.as('seloste_desk').db, {
      name,
      right: { role, purposes, scope, ...(duty && { duty }) },
    })
  const people = {
    eero: await enter('Eero', 'EXPERT', ['SERVICE_LEVEL_STUDY'], ofNumber, 'QUALITY'),
    kaisa: await enter('Kaisa', 'EXPERT', ['SERVICE_LEVEL_STUDY'], ofNumber, 'QUALITY'),
    ville: await enter('Ville', 'EXPERT', ['SERVICE_LEVEL_STUDY'], ofAnother, 'QUALITY'),
    tiina: await enter('Tiina', 'EXPERT', ['TRAINING'], ofNumber, 'TRAINING'),
    riitta: ends.people.riitta,
    dora: ends.people.dora,
    tuula: await enter('Tuula', 'SECURITY', ['CRIME_OR_MISUSE'], all),
    aino: ends.people.aino,
    anssi: ends.people.asta,
  } satisfies Record<string, TestPerson>
  type Name = keyof typeof people

  beforeAll(() => changeDisclosureRules({}))
  /** Changes the description's settings for disclosures. */
  async function changeDisclosureRules(given: {
    research?: boolean
    pseudonymised?: boolean
    returnWorkingDays?: number
    transcripts?: TranscriptUse
  }) {
    const rules = ends.versions.at(Temporal.Now.instant()).description.disclosure
    const { transcripts = 'none', ...changed } = given
    await storeDisclosureRules(custodian, { ...rules, research: true, ...changed }, transcripts)
  }

  const browsers = new Map<Name, Promise<Browser>>()
  function as(name: Name): Promise<Browser> {
    const known = browsers.get(name) ?? ends.desk.signIn(people[name])
    browsers.set(name, known)
    return known
  }
  const send = async (name: Name, method: string, path: string, json?: object) =>
    answer((await as(name)).fetch(path, { method, ...(json && { json }) }))
  /** Sends a request that acts on a disclosure. */
  const act = (name: Name, method: string, id: string, path: string, json?: object) =>
    send(name, method, `/api/research-disclosures/${id}${path}`, json)
  async function read(id: string, name: Name = 'eero'): Promise<ResearchDetail> {
    const { status, body } = await act(name, 'GET', id, '')
    expect({ status, body }).toMatchObject({ status: 200 })
    return body as unknown as ResearchDetail
  }
  const lacksOf = async (id: string) => (await read(id)).lacks.map(({ what }) => what)

  let count = 0
  const { recipient: key } = generateKeyPair()
  const instituteBody = (given: object = {}) => ({
    name: `Tutkimus Oy ${++count}`,
    contact: 'Kirjaamo',
    email: 'kirjaamo@tutkimus.example',
    language: 'sv',
    recipient: key,
    ...given,
  })
  async function enterInstitute(given: object = {}): Promise<string> {
    const { status, body } = await send('eero', 'POST', '/api/institutes', instituteBody(given))
    expect({ status, body }).toMatchObject({ status: 201 })
    return body['id'] as string
  }
  const day = (days: number) => Temporal.Now.plainDateISO('Europe/Helsinki').add({ days }).toString()
  async function beginDisclosure(
    given: { instituteId?: string; dueOn?: string; format?: 'OPUS' | 'WAV' } = {},
  ): Promise<string> {
    const { status, body } = await send('eero', 'POST', '/api/research-disclosures', {
      instituteId: given.instituteId ?? (await enterInstitute()),
      study: 'Laatu 2027',
      dueOn: given.dueOn ?? day(30),
      format: given.format ?? 'OPUS',
    })
    expect({ status, body }).toMatchObject({ status: 201 })
    return body['id'] as string
  }
  const pick = (id: string, recordingId: string, name: Name = 'eero') =>
    act(name, 'POST', id, '/items', { recordingId })
  const recordUndertaking = (id: string) =>
    act('eero', 'PUT', id, '/undertaking', { reference: 'SIT-1', signatory: 'N. N.', signedOn: day(-1) })
  /** Puts a copy into the state that it has after its rendering, or after the second person's signature. */
  async function enterCopy(recordingId: string, given: { state?: string; level?: string; preparedBy?: Name } = {}) {
    const { state = 'APPROVED', level = 'T', preparedBy = 'eero' } = given
    const checkedBy = state === 'APPROVED' ? people.kaisa.id : null
    await sql`
      insert into anonymised_copy (recording_id, duration_ms, state, level, prepared_by, rendered_at, checked_at, checked_by)
      values (${recordingId}, 1000, ${state}, ${level}, ${people[preparedBy].id}, now(), ${checkedBy === null ? null : sql`now()`}, ${checkedBy})
      on conflict (recording_id) do update set state = excluded.state, level = excluded.level, checked_at = excluded.checked_at,
        checked_by = excluded.checked_by`.execute(admin)
  }
  /** Returns the digest that a decision must name, as shown to readers of the disclosure. */
  async function shownDigest(id: string): Promise<string> {
    const { rows } = await sql<{ seen: string }>`
      select research_digest(d) as seen from research_disclosure d where id = ${id}`.execute(admin)
    return rows[0]!.seen
  }
  const decide = async (id: string, outcome = 'GRANTED', name: Name = 'riitta', given: object = {}) =>
    act(name, 'POST', id, '/decision', {
      outcome,
      reasons: 'Laatutason arviointi.',
      seen: await shownDigest(id),
      ...given,
    })

  /** Prepares a disclosure up to the decision. */
  async function preparedDisclosure(given: { instituteId?: string; dueOn?: string; items?: number } = {}) {
    const id = await beginDisclosure(given)
    const recordings: string[] = []
    for (let n = 0; n < (given.items ?? 1); n++) {
      const recording = (await ends.makeRecording()).id
      expect(await pick(id, recording)).toMatchObject({ status: 201, body: { item: n + 1 } })
      await enterCopy(recording)
      recordings.push(recording)
    }
    expect((await recordUndertaking(id)).status).toBe(204)
    return { id, recordings }
  }
  async function decidedDisclosure(given: Parameters<typeof preparedDisclosure>[0] = {}) {
    const made = await preparedDisclosure(given)
    expect(await decide(made.id)).toMatchObject({ status: 204 })
    return made
  }
  /** Releases a package in the database, in a person's session. Returns the refusal, if any. */
  async function release(id: string, name: Name = 'riitta'): Promise<string | undefined> {
    const session = await people[name].signIn()
    try {
      await inSession(admin, { 'seloste.session': session.token }, async (tx) => {
        await sql`select require_releasable(${id}::uuid)`.execute(tx)
        await sql`select record_research_release(${id}::uuid)`.execute(tx)
      })
      return undefined
    } catch (error) {
      return (error as Error).message
    }
  }
  async function releasedDisclosure(given: Parameters<typeof preparedDisclosure>[0] = {}) {
    const made = await decidedDisclosure(given)
    expect(await release(made.id)).toBeUndefined()
    return made
  }
  const confirm = (id: string, item: number, outcome = 'destroyed', name: Name = 'eero') =>
    act(name, 'POST', id, `/items/${item}/outcome`, { outcome, reference: 'VAHV-1' })
  /** Moves the due day into the past. */
  async function makeOverdue(id: string, days = 1) {
    await sql`update research_disclosure set due_on = ${day(-days)}::date where id = ${id}`.execute(admin)
  }

  return {
    ...{
      ends,
      admin,
      custodian,
      people,
      as,
      send,
      act,
      read,
      lacksOf,
      enterInstitute,
      instituteBody,
      key,
      day,
      changeDisclosureRules,
    },
    ...{
      beginDisclosure,
      pick,
      recordUndertaking,
      enterCopy,
      decide,
      preparedDisclosure,
      decidedDisclosure,
      release,
      releasedDisclosure,
      confirm,
      makeOverdue,
    },
  }
}
