// Letters of requests as the Service Unit makes them: what they state about calls, what they never contain, how they
// are sent, and which are made automatically.
import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import { makeLettersDue } from '#use/requests/letters/make-letter.ts'
import type { RegisterTables } from '#register/tables.ts'
import { createTestDatabase } from '../database/create-test-database.ts'
import { openDestructionDesk } from '../ends/open-destruction-desk.ts'
import { answer } from '../register/open-desk.ts'
import { servedRequest, type RequestToServe } from './served-request.ts'

const database = await createTestDatabase<RegisterTables>()
const ends = await openDestructionDesk(database)
const { admin, custodian, people, as, makeRecording, versions } = ends
const none = '00000000-0000-4000-8000-000000000000'

type Name = keyof typeof people
const send = async (name: Name, method: string, path: string, json?: object) =>
  answer((await as(name)).fetch(path, { method, ...(json && { json }) }))
const serve = (given: Partial<RequestToServe> = {}) => servedRequest(admin, { clerkId: people.paula.id, ...given })
const draft = (request: string, kind: string, more: object = {}, name: Name = 'paula') =>
  send(name, 'POST', `/api/requests/${request}/letters`, { kind, ...more })

async function makeLetter(request: string, kind: string, more: object = {}): Promise<string> {
  const drafted = await draft(request, kind, more)
  expect(drafted).toMatchObject({ status: 201, body: { kind, isErased: false } })
  return (drafted.body as unknown as { id: string }).id
}

/** Returns the text of a letter without its markup. */
async function readText(id: string): Promise<string> {
  const page = await (await as('paula')).fetch(`/api/letters/${id}/html`, {})
  expect(page.status).toBe(200)
  const source = await page.text()
  return source
    .slice(source.indexOf('<main'))
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
}

/** Adds a call to a request that is not verified as the requester's. */
async function addCall(request: string, state: string, ordinal = 1): Promise<void> {
  await sql`
    insert into request_call (request_id, ordinal, state, told, looked_by)
    values (${request}, ${ordinal}, ${state}, '{"day": "2026-11-24", "time": "13:00", "accuracy": "HOURS"}', ${people.paula.id})`.execute(
    admin,
  )
}

const lettersOf = async (request: string) =>
  (
    await sql<{ id: string; kind: string; made_by: string | null; content: unknown; delivered_at: unknown }>`
      select id, kind, made_by, content, delivered_at from letter where request_id = ${request} order by made_at`.execute(
      admin,
    )
  ).rows

const makeDue = () =>
  makeLettersDue(custodian, versions.at(Temporal.Now.instant()).description, (error) => {
    throw error
  })

describe('the answer', () => {
  test('reports that a matched call was recorded, and its contact history if requested', async () => {
    const recording = await makeRecording()
    const request = await serve({ contacts: [recording.contactId], kinds: ['KNOW', 'HISTORY'] })
    const letter = await readText(await makeLetter(request.id, 'answer'))
    expect(letter).toContain(request.number)
    expect(letter).toContain('Puhelu on tallennettu. Tallenne tuhotaan viimeistään')
    expect(letter).toContain('Virkailijan nimi Aino')
    expect(letter).toContain('Pyytäjä Pyynnöllä')
  })

  test('reports when and why a recording was destroyed, with the facts of the moment at which the letter was made', async () => {
    const recording = await makeRecording()
    const request = await serve({ contacts: [recording.contactId] })
    const before = await makeLetter(request.id, 'answer')
    const textBefore = await readText(before)
    await ends.forbidByOfficial(recording.id)
    await ends.startCustodian()
    await ends.until(recording.id, 'DESTROYED')
    await ends.stopCustodian()
    expect(await readText(before)).toBe(textBefore)
    expect(await readText(await makeLetter(request.id, 'answer'))).toContain(
      'Syy: puheluun vastannut virkailija kielsi tallenteen käytön.',
    )
    expect(await lettersOf(request.id)).toHaveLength(1)
    expect((await send('paula', 'GET', `/api/letters/${before}/html`)).status).toBe(404)
  })

  test('needs at least one named call, and a result for every named call', async () => {
    const request = await serve()
    expect(await draft(request.id, 'answer')).toMatchObject({
      status: 409,
      body: { error: { code: 'letter.nothing-to-tell' } },
    })
    await addCall(request.id, 'SEVERAL')
    expect(await draft(request.id, 'answer')).toMatchObject({
      status: 409,
      body: { error: { code: 'letter.call-open' } },
    })
  })

  test('reports that a recording can be listened to although the official has forbidden it, because the prohibition waits for this request (AC12)', async () => {
    const recording = await makeRecording()
    const requested = { contacts: [recording.contactId], kinds: ['LISTEN'] } as const
    const request = await serve(requested)
    await ends.forbidByOfficial(recording.id)
    const letter = await readText(await makeLetter(request.id, 'answer'))
    expect(letter).toContain('Tallenne tuhotaan viimeistään')
    expect(letter).toContain('Tallenteen voi kuunnella')
    const later = await serve({ ...requested, kinds: ['KNOW'] })
    expect(await readText(await makeLetter(later.id, 'answer'))).toContain('tallenteen käyttö on kielletty')
  })

  test('reports to an official their own segments of a call and no other official’s', async () => {
    const recording = await makeRecording()
    const request = { party: 'OFFICIAL', contacts: [recording.contactId] } as const
    const own = await serve({ ...request, officialId: people.aino.id })
    const others = await serve({ ...request, officialId: people.bertil.id })
    expect(await readText(await makeLetter(own.id, 'answer'))).toContain('Puhelu on tallennettu.')
    expect(await readText(await makeLetter(others.id, 'answer'))).not.toContain('Puhelu on tallennettu.')
  })
})

describe('a letter about calls that are not verified as the requester’s', () => {
  test.each(['answer', 'not-identifiable', 'refusal'])(
    '%s is identical to the byte whatever the register contains',
    async (kind) => {
      const letters = new Set<string>()
      for (const state of ['NOT_IDENTIFIABLE', 'NOT_PARTY', 'NOT_FOUND']) {
        const request = await serve()
        await addCall(request.id, state)
        const page = async () => {
          const id = await makeLetter(request.id, kind)
          return (await (await as('paula')).fetch(`/api/letters/${id}/html`, {})).text()
        }
        const anonymous = (source: string) => source.replaceAll(request.number, 'P')
        letters.add(anonymous(await page()))
        await makeRecording()
        letters.add(anonymous(await page()))
      }
      expect(letters.size).toBe(1)
      expect([...letters][0]).toContain('Tietosuojavaltuutetun toimisto')
    },
  )
})

describe('a refusal', () => {
  test('states the ground that follows from the request, unless another ground is given, and the reason', async () => {
    const unknown = await serve({ identified: false })
    expect(await readText(await makeLetter(unknown.id, 'refusal'))).toContain('henkilöllisyyttä ei ole voitu varmistaa')
    const recording = await makeRecording()
    const matched = await serve({ contacts: [recording.contactId] })
    expect(await draft(matched.id, 'refusal')).toMatchObject({
      status: 400,
      body: { error: { code: 'letter.ground-missing' } },
    })
    expect(await draft(matched.id, 'refusal', { ground: 'NO_CALL' })).toMatchObject({ status: 409 })
    expect(await readText(await makeLetter(matched.id, 'refusal', { ground: 'EXCESSIVE' }))).toContain(
      '12 artiklan 5 kohta',
    )
  })

  test('to an unidentified requester mentions no call', async () => {
    const request = await serve({ identified: false })
    for (const kind of ['answer', 'not-identifiable', 'log-extract', 'prohibition']) {
      expect(await draft(request.id, kind)).toMatchObject({
        status: 409,
        body: { error: { code: 'request.not-identified' } },
      })
    }
  })
})

describe('other facts of a request', () => {
  const clerk = people.paula.id
  // Uses a future date, because a letter has no past appointment.
  const year = Temporal.Now.plainDateISO().year + 1

  test('are reported in letters of their own: an extension, an appointment, a copy, a correction, a decision', async () => {
    const recording = await makeRecording()
    const { id, number } = await serve({ contacts: [recording.contactId], kinds: ['LISTEN', 'COPY', 'RECTIFY'] })
    for (const kind of ['extension', 'appointment', 'copy', 'correction', 'openness', 'mentioned']) {
      expect(await draft(id, kind)).toMatchObject({ status: 409, body: { error: { code: 'letter.nothing-to-tell' } } })
    }
    await sql`
      with o as (insert into office (names, address, entered_by) values (
          '{"fi": "Oulun toimipiste", "sv": "Uleåborg", "en": "Oulu"}', '{"fi": "Katu 1, Oulu", "sv": "Katu 1", "en": "Katu 1"}', ${clerk})
          returning id),
        s as (insert into office_slot (office_id, starts_at, ends_at, host_id, added_by)
          select id, ${`${year}-03-10T07:00:00Z`}::timestamptz, ${`${year}-03-10T08:00:00Z`}::timestamptz, ${clerk}, ${clerk} from o returning id)
      insert into appointment (request_id, slot_id, needs, interpreter_language, booked_by)
      select ${id}, id, '{INTERPRETER,HEARING_LOOP}', 'arabia', ${clerk} from s`.execute(admin)
    await sql`
      insert into subject_copy (request_id, recording_id, method, token_hash, made_by, expires_at, ready_at, size_bytes)
      values (${id}, ${recording.id}, 'PASSPHRASE', sha256('x'), ${clerk}, now() + interval '7 days', now(), 1)`.execute(
      admin,
    )
    await sql`
      insert into correction (request_id, segment_id, contact_id, contact_started_at, was_person_id, becomes_person_id, proposed_by,
        decided_at, decided_by, outcome)
      select ${id}, s.id, s.contact_id, s.contact_started_at, ${people.aino.id}, ${people.bertil.id}, ${clerk}, now(),
        ${people.riitta.id}, 'APPROVED'
      from segment s where s.contact_id = ${recording.contactId}`.execute(admin)
    await sql`
      insert into openness_decision (request_id, outcome, provision, decided_by)
      values (${id}, 'SECRET', 'laki 1346/1999, 4 §', ${people.riitta.id})`.execute(admin)
    await sql`
      update subject_request set extended_until = '2027-05-17T09:00:00Z', extended_at = now(), extended_by = ${clerk},
        extension_reason = 'MANY' where id = ${id}`.execute(admin)
    const expectedWords = {
      extension: ['17.5.2027', 'Pyyntöjä on niin paljon'],
      appointment: [`10.3.${year} klo 9.00–10.00`, 'Oulun toimipiste', 'tulkki, kieli: arabia, induktiosilmukka'],
      copy: ['Sen voi noutaa yhden kerran', 'salalauseella'],
      correction: ['puheluun vastasi Bertil'],
      openness: ['salassa pidettävä', 'laki 1346/1999, 4 §', 'hallinto-oikeuteen', '30 päivän'],
    }
    for (const [kind, words] of Object.entries(expectedWords)) {
      const letter = await readText(await makeLetter(id, kind))
      for (const word of [number, ...words]) expect(letter, kind).toContain(word)
    }
  })

  test('include when, in which role and for what the call was viewed, without names and without views of the security unit (L11)', async () => {
    const recording = await makeRecording()
    const viewContact = (user: Name, query: string) =>
      send(user, 'GET', `/api/contacts/${recording.contactId}?${query}`)
    expect((await viewContact('matti', 'purpose=MAINTENANCE&reference=VIKA-1')).status).toBe(200)
    expect((await viewContact('tuula', 'purpose=CRIME_OR_MISUSE&reference=JUTTU-1')).status).toBe(200)
    const request = await serve({ contacts: [recording.contactId], kinds: ['LOG_EXTRACT'] })
    const letter = await readText(await makeLetter(request.id, 'log-extract'))
    expect(letter).toContain(
      'tiedot avattiin. Rooli: tekninen ylläpito, Henkilöverotus. Käyttötarkoitus: tekninen ylläpito.',
    )
    expect(letter).not.toMatch(/Matti|Tuula|turvallisuusyksikkö,|rikoksen/)
  })
})

describe('automatic letters', () => {
  test('report, once, that a forbidden recording was destroyed', async () => {
    const recording = await makeRecording()
    const request = await serve({ contacts: [recording.contactId], kinds: ['PROHIBIT'] })
    await ends.forbid('paula', recording.id, { party: 'CALLER', channel: 'PHONE', reference: request.number })
    await makeDue()
    expect(await lettersOf(request.id)).toEqual([])
    await ends.startCustodian()
    await ends.until(recording.id, 'DESTROYED')
    await ends.stopCustodian()
    await makeDue()
    const [letter, ...others] = await lettersOf(request.id)
    expect(others).toEqual([])
    expect(letter).toMatchObject({ kind: 'prohibition', made_by: null })
    expect(await readText(letter!.id)).toContain('Tallenne on tuhottu')
    expect((await send('paula', 'DELETE', `/api/letters/${letter!.id}`)).status).toBe(204)
    await makeDue()
    expect(await lettersOf(request.id)).toEqual([])
  })

  test('report that a recording was destroyed before it could be listened to (AC17)', async () => {
    const recording = await ends.makeRecordingUntil(1)
    const request = await serve({ contacts: [recording.contactId], kinds: ['LISTEN'] })
    await ends.setDay(recording.id, Temporal.Now.instant().subtract({ seconds: 1 }))
    await sql`select close_expired_inspections()`.execute(admin)
    await makeDue()
    await makeDue()
    const letters = await lettersOf(request.id)
    expect(letters).toMatchObject([{ kind: 'destroyed-before', made_by: null }])
    expect(await readText(letters[0]!.id)).toContain('Syy: säilytysaika päättyi.')
  })
})

describe('a letter', () => {
  test('is sent once, and never changes afterwards', async () => {
    const request = await serve()
    const id = await makeLetter(request.id, 'received')
    expect((await send('paula', 'POST', `/api/letters/${id}/delivery`, { how: 'POST' })).status).toBe(204)
    for (const again of [
      send('paula', 'POST', `/api/letters/${id}/delivery`, { how: 'POST' }),
      send('paula', 'DELETE', `/api/letters/${id}`),
    ]) {
      expect(await again).toMatchObject({ status: 409, body: { error: { code: 'letter.delivered' } } })
    }
    await makeLetter(request.id, 'received')
    expect(await lettersOf(request.id)).toHaveLength(2)
  })

  test('is erased with the requester’s data: the fact that it was sent stays, and an unsent letter is deleted', async () => {
    const request = await serve()
    const sent = await makeLetter(request.id, 'received')
    await send('paula', 'POST', `/api/letters/${sent}/delivery`, { how: 'HANDED_OVER' })
    await makeLetter(request.id, 'received')
    await sql`select erase_requester(${request.id})`.execute(admin)
    expect(await lettersOf(request.id)).toMatchObject([{ id: sent, content: null }])
    expect(await send('paula', 'GET', `/api/letters/${sent}/pdf`)).toMatchObject({
      status: 404,
      body: { error: { code: 'letter.erased' } },
    })
  })

  test('is made and read by the Service Unit only, and each reading is logged under the request’s number', async () => {
    const request = await serve()
    const id = await makeLetter(request.id, 'received')
    for (const somebody of ['aino', 'tuula', 'riitta', 'matti', 'asta', 'dora'] as const) {
      expect([403, 404]).toContain((await send(somebody, 'GET', `/api/letters/${id}/html`)).status)
      expect([403, 404]).toContain((await draft(request.id, 'received', {}, somebody)).status)
    }
    await readText(id)
    const { rows } = await sql<object>`
      select person_id, reference, result from audit_entry where action = 'letter.read' and object_id = ${id} and result = 'ok'`.execute(
      admin,
    )
    expect(rows).toEqual([{ person_id: people.paula.id, reference: request.number, result: 'ok' }])
  })

  test('is available as a page with its own content security policy, and as a PDF', async () => {
    const id = await makeLetter((await serve()).id, 'received')
    const paula = await as('paula')
    const page = await paula.fetch(`/api/letters/${id}/html`, {})
    expect(page.headers.get('content-security-policy')).toMatch(/^default-src 'none'; style-src 'sha256-[^']+';/)
    expect(page.headers.get('cache-control')).toBe('no-store')
    const pdf = await paula.fetch(`/api/letters/${id}/pdf`, {})
    expect(pdf.headers.get('content-type')).toBe('application/pdf')
    expect((await pdf.text()).slice(0, 5)).toBe('%PDF-')
  })

  test('that does not exist gets the same answer as one that may not be seen', async () => {
    expect(await send('paula', 'GET', `/api/letters/${none}/html`)).toMatchObject({ status: 404 })
    expect(await draft(randomUUID(), 'received')).toMatchObject({ status: 404 })
  })
})

describe('a template', () => {
  const path = '/api/letter-templates/received/fi'
  interface Listed {
    items: { kind: string; language: string; version: number; text: string; fields: { name: string }[] }[]
    mayChange: boolean
  }
  const list = async (user: Name) => (await send(user, 'GET', '/api/letter-templates')).body as unknown as Listed
  const received = async () =>
    (await list('paula')).items.find(({ kind, language }) => kind === 'received' && language === 'fi')!

  test('is changed by the Service Unit and the administrator, and used for letters from then on', async () => {
    const before = await received()
    const changed = before.text.replace('# Pyyntö on vastaanotettu', '# Pyyntönne on saapunut')
    expect(await send('paula', 'PUT', path, { text: changed, version: 0 })).toMatchObject({
      status: 200,
      body: { version: 1, changed: { by: { id: people.paula.id } } },
    })
    expect(await readText(await makeLetter((await serve()).id, 'received'))).toContain('Pyyntönne on saapunut')
    expect(await send('asta', 'PUT', path, { text: before.text, version: 1 })).toMatchObject({
      status: 200,
      body: { version: 2 },
    })
  })

  test('is not overwritten by somebody who has not seen another person’s change', async () => {
    const { text: now, version } = await received()
    await send('paula', 'PUT', path, { text: now, version })
    expect(await send('asta', 'PUT', path, { text: now, version })).toMatchObject({
      status: 409,
      body: { error: { code: 'template.changed-meanwhile' } },
    })
  })

  test('reports missing and unknown fields, and refuses a personal identity code', async () => {
    const { text: now, version } = await received()
    expect(await send('paula', 'PUT', path, { text: `${now} {nimi}`, version })).toMatchObject({
      status: 400,
      body: { error: { code: 'template.problems', field: 'nimi' } },
    })
    expect(await send('paula', 'POST', `${path}/preview`, { text: '{yhteystiedot' })).toMatchObject({
      status: 200,
      body: { problems: [{ code: 'unclosed' }, ...Array(4).fill({ code: 'missing-field' })] },
    })
    expect(await send('paula', 'PUT', path, { text: `${now} 131052-308T`, version })).toMatchObject({
      status: 400,
      body: { error: { code: 'input.identity-code' } },
    })
  })

  test('can also be read by the data protection officer, and by nobody else', async () => {
    expect(await list('dora')).toMatchObject({ mayChange: false })
    for (const somebody of ['aino', 'riitta', 'tuula'] as const) {
      expect((await send(somebody, 'GET', '/api/letter-templates')).status).toBe(403)
      expect((await send(somebody, 'PUT', path, { text: 'x', version: 0 })).status).toBe(403)
    }
  })
})
