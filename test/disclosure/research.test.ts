// AC18, R28-R31, R33, R35, over the network: how a disclosure to a research institute is prepared and decided.
import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import { generateKeyPair } from '#platform/age/age-header.ts'
import { inSession } from '#platform/database/connect.ts'
import type { RegisterTables } from '#register/tables.ts'
import { createTestDatabase } from '../database/create-test-database.ts'
import { phone } from '../database/people.ts'
import { callOfMonthsAgo } from '../register/make-register.ts'
import { openResearch } from './open-research.ts'

const database = await createTestDatabase<RegisterTables>()
const research = await openResearch(database)
const { ends, admin, people, send, act, read, lacksOf, enterInstitute, instituteBody, day, changeDisclosureRules } =
  research
const { beginDisclosure, pick, recordUndertaking, enterCopy, decide, preparedDisclosure, decidedDisclosure, release } =
  research

describe('an institute', () => {
  test('is entered once, with a usable key, and without an identity code in its texts', async () => {
    const body = instituteBody({ name: 'Tutkimuslaitos Valo' })
    expect(await send('eero', 'POST', '/api/institutes', body)).toMatchObject({ status: 201 })
    expect(await send('kaisa', 'POST', '/api/institutes', { ...body, name: 'tutkimuslaitos valo' })).toMatchObject({
      code: 'institute.known',
    })
    const wrong = { ...instituteBody(), recipient: `age1${'q'.repeat(58)}` }
    expect(await send('eero', 'POST', '/api/institutes', wrong)).toMatchObject({
      status: 400,
      code: 'institute.recipient',
      field: 'recipient',
    })
    for (const name of ['Valo\u202egnp', 'Valo\r\nx', 'Valo\u0007', '\u2066 ']) {
      expect(await send('eero', 'POST', '/api/institutes', instituteBody({ name }))).toMatchObject({
        code: 'input.invalid',
      })
    }
    const code = { ...instituteBody(), contact: 'Maija 010190-951V' }
    expect(await send('eero', 'POST', '/api/institutes', code)).toMatchObject({ code: 'input.identity-code' })
  })

  test('that changes its key keeps the earlier key for what was decided before', async () => {
    const instituteId = await enterInstitute()
    const { id } = await decidedDisclosure({ instituteId })
    const { recipient } = generateKeyPair()
    const newDetails = instituteBody({ recipient })
    expect((await send('riitta', 'PUT', `/api/institutes/${instituteId}`, newDetails)).status).toBe(204)
    const { rows } = await sql<{ frozen: string; now: string }>`
      select d.recipient as frozen, i.recipient as now from research_disclosure d join institute i on i.id = d.institute_id
      where d.id = ${id}`.execute(admin)
    expect(rows).toEqual([{ frozen: research.key, now: recipient }])
  })
})

describe('visibility of disclosures', () => {
  test('preparers and decision makers read a disclosure, the data protection officer only the list, and nobody else any', async () => {
    const { id } = await preparedDisclosure()
    for (const name of ['eero', 'kaisa', 'riitta'] as const) expect((await read(id, name)).state).toBe('UNDERTAKING')
    const listed = await send('dora', 'GET', '/api/research-disclosures')
    expect(listed.body['items']).toEqual(
      expect.arrayContaining([expect.objectContaining({ id, items: 1, state: 'UNDERTAKING' })]),
    )
    expect(await act('dora', 'GET', id, '')).toMatchObject({ code: 'deny.role' })
    for (const name of ['tiina', 'tuula', 'aino', 'anssi'] as const) {
      for (const path of ['/api/research-disclosures', `/api/research-disclosures/${id}`, '/api/institutes']) {
        expect(await send(name, 'GET', path)).toMatchObject({ status: 403, code: 'deny.role' })
      }
    }
  })

  test('the view and every act are logged by ids, and no log entry links an item to its recording', async () => {
    const { id, recordings } = await preparedDisclosure()
    await read(id)
    const { rows } = await sql<{ action: string; detail: object }>`
      select action, detail from audit_entry where object_id = ${id} and result = 'ok' order by seq`.execute(admin)
    expect(rows.map(({ action }) => action)).toEqual([
      'research.begun',
      'research.item-picked',
      'research.undertaking',
      'research.read',
    ])
    expect(JSON.stringify(rows)).not.toContain(recordings[0])
    expect(JSON.stringify(rows)).not.toMatch(/Laatu|SIT-1|Tutkimus/)
  })

  test('the desk cannot write any of these log entries itself', async () => {
    const { pool } = database.as('seloste_desk')
    await expect(
      pool.query(
        `insert into audit_entry (action, object_kind, result, detail) values ('research.decided', 'disclosure', 'ok', '{}')`,
      ),
    ).rejects.toThrow(/row-level security/)
    await expect(pool.query('update research_disclosure set released_at = now()')).rejects.toThrow(/permission denied/)
    await expect(pool.query(`select require_releasable(gen_random_uuid())`)).rejects.toThrow(/permission denied/)
  })
})

describe('an item', () => {
  test('is picked individually, by a person who may listen to the recording for a service-level study at that time', async () => {
    const id = await beginDisclosure()
    const [own, others] = [
      await ends.makeRecording(),
      await ends.makeRecording({
        numberReached: { key: phone('029 497 001') },
        numberCalled: { key: phone('029 497 001'), kind: 'NATIONAL_SERVICE' },
      }),
    ]
    expect(await pick(id, own.id)).toMatchObject({ status: 201, body: { item: 1 } })
    // Sends the form a second time.
    expect(await pick(id, own.id, 'kaisa')).toMatchObject({ status: 201, body: { item: 1 } })
    expect(await pick(id, others.id)).toMatchObject({ status: 404, code: 'not-found' })
    expect(await pick(id, crypto.randomUUID())).toMatchObject({ status: 404, code: 'not-found' })
    const notIngested = await ends.register.record()
    expect(await pick(id, notIngested.id)).toMatchObject({ status: 404, code: 'not-found' })
    const gone = await ends.makeRecordingUntil(-1)
    expect(await pick(id, gone.id)).toMatchObject({ status: 404, code: 'not-found' })
    const restricted = await ends.makeRecording()
    await sql`update recording set state = 'RESTRICTED' where id = ${restricted.id}`.execute(admin)
    expect(await pick(id, restricted.id)).toMatchObject({ status: 404, code: 'not-found' })
    const several = await act('eero', 'POST', id, '/items', { recordingIds: [own.id] })
    expect(several).toMatchObject({ status: 400, code: 'input.invalid' })
    expect((await read(id)).itemList).toMatchObject([{ item: 1, recordingId: own.id, contactId: own.contactId }])
  })

  test('that was removed keeps no link to its recording, and its number is not reused', async () => {
    const id = await beginDisclosure()
    const call = await ends.makeRecording()
    await pick(id, call.id)
    expect((await act('kaisa', 'DELETE', id, '/items/1')).status).toBe(204)
    expect(await act('eero', 'DELETE', id, '/items/1')).toMatchObject({ status: 404 })
    expect(await pick(id, call.id)).toMatchObject({ body: { item: 2 } })
    const { rows } = await sql`select item from research_item where recording_id = ${call.id}`.execute(admin)
    expect(rows).toEqual([{ item: 2 }])
  })

  test('is limited to two hundred in a disclosure', async () => {
    const id = await beginDisclosure()
    await sql`
      insert into research_item (disclosure_id, item, recording_id, contact_id, picked_by)
      select ${id}, n, gen_random_uuid(), gen_random_uuid(), ${people.eero.id} from generate_series(1, 200) n`.execute(
      admin,
    )
    expect(await pick(id, (await ends.makeRecording()).id)).toMatchObject({ status: 409, code: 'research.too-many' })
  })

  test('is refused if the institute already has a copy of its recording, until that copy is confirmed', async () => {
    const instituteId = await enterInstitute()
    const { id, recordings } = await research.releasedDisclosure({ instituteId })
    const other = await beginDisclosure({ instituteId })
    expect(await pick(other, recordings[0]!)).toMatchObject({ status: 409, code: 'research.item-out' })
    expect((await research.confirm(id, 1)).status).toBe(204)
    expect(await pick(other, recordings[0]!)).toMatchObject({ status: 201 })
  })

  test('picked in two disclosures prepared at the same time is released in one of them', async () => {
    const instituteId = await enterInstitute()
    const { id, recordings } = await preparedDisclosure({ instituteId })
    const other = await beginDisclosure({ instituteId })
    await pick(other, recordings[0]!)
    await recordUndertaking(other)
    for (const each of [id, other]) expect((await decide(each)).status).toBe(204)
    expect(await release(id)).toBeUndefined()
    expect(await release(other)).toBe('research.item-out')
  })
})

describe('missing conditions', () => {
  test('are listed at each step, and nothing is decided or released until they are met', async () => {
    const id = await beginDisclosure()
    expect(await lacksOf(id)).toEqual(['items', 'undertaking', 'decision', 'release'])
    const call = await ends.makeRecording()
    await pick(id, call.id)
    expect(await lacksOf(id)).toEqual(['anonymised-copy', 'undertaking', 'decision', 'release'])
    expect(await decide(id)).toMatchObject({ status: 409, code: 'research.anonymised-copy', field: '1' })
    await enterCopy(call.id, { state: 'RENDERED' })
    expect(await read(id)).toMatchObject({ state: 'ANONYMISED', lacks: [{ what: 'check', items: [1] }, {}, {}, {}] })
    expect(await decide(id)).toMatchObject({ code: 'research.check' })
    await enterCopy(call.id)
    expect((await read(id)).state).toBe('CHECKED')
    expect(await decide(id)).toMatchObject({ code: 'research.undertaking' })
    await recordUndertaking(id)
    expect(await lacksOf(id)).toEqual(['decision', 'release'])
    expect(await release(id)).toBe('research.decision')
    expect((await decide(id)).status).toBe(204)
    expect(await read(id)).toMatchObject({ state: 'DECIDED', lacks: [{ what: 'release' }] })
    expect(await release(id)).toBeUndefined()
    expect(await read(id)).toMatchObject({ state: 'RELEASED', lacks: [], itemList: [{ outcome: 'out' }] })
  })

  test('include a description that provides for no such disclosure, and copies that are only pseudonymised', async () => {
    const { id, recordings } = await decidedDisclosure()
    await enterCopy(recordings[0]!, { level: 'D' })
    expect(await release(id)).toBe('research.level-not-allowed')
    await changeDisclosureRules({ pseudonymised: true })
    expect(await lacksOf(id)).toEqual(['release'])
    await changeDisclosureRules({ research: false, pseudonymised: true })
    try {
      expect(await lacksOf(id)).toEqual(['research-off', 'release'])
      expect(await release(id)).toBe('research.research-off')
      const instituteId = await enterInstitute()
      const body = { instituteId, study: 'x', dueOn: day(1), format: 'WAV' }
      expect(await send('eero', 'POST', '/api/research-disclosures', body)).toMatchObject({
        status: 403,
        code: 'research.research-off',
      })
    } finally {
      await changeDisclosureRules({})
    }
  })

  test('include a recording destroyed meanwhile, whose item can be removed even after the decision, so that the rest can be released', async () => {
    const { id, recordings } = await decidedDisclosure({ items: 2 })
    await ends.setDay(recordings[1]!, Temporal.Now.instant().subtract({ hours: 1 }))
    expect(await read(id)).toMatchObject({
      lacks: [{ what: 'item-destroyed', items: [2] }, { what: 'release' }],
      itemList: [{ recording: 'available' }, { recording: 'destroyed' }],
    })
    expect(await release(id)).toBe('research.item-destroyed')
    expect(await act('eero', 'DELETE', id, '/items/1')).toMatchObject({ status: 409, code: 'research.decided' })
    expect((await act('eero', 'DELETE', id, '/items/2')).status).toBe(204)
    expect(await release(id)).toBeUndefined()
    expect((await read(id)).itemList).toHaveLength(1)
  })

  test('include a due day after the earliest destruction, until the due day is moved or the item removed', async () => {
    const id = await beginDisclosure({ dueOn: day(40) })
    const early = await ends.makeRecording(callOfMonthsAgo(5))
    const late = await ends.makeRecording()
    await pick(id, late.id)
    await pick(id, early.id)
    const { lacks, earliestDestruction } = await read(id)
    expect(lacks).toContainEqual({ what: 'due-date-late', items: [2], until: earliestDestruction })
    const changeDueDay = (dueOn: string) => act('eero', 'PUT', id, '', { study: 'Laatu', dueOn, format: 'WAV' })
    expect(await changeDueDay(day(39))).toMatchObject({ status: 409, code: 'research.due-date-late' })
    expect((await changeDueDay(day(40))).status).toBe(204)
    expect(await changeDueDay(day(-1))).toMatchObject({ status: 409, code: 'research.due-date-past' })
    expect((await changeDueDay(day(3))).status).toBe(204)
    expect(await lacksOf(id)).not.toContain('due-date-late')
    expect(await changeDueDay(day(40))).toMatchObject({ code: 'research.due-date-late' })
    await act('eero', 'DELETE', id, '/items/2')
    expect((await changeDueDay(day(40))).status).toBe(204)
  })

  test('include a due day that ends a minute after the earliest destruction, and not one that ends at the same time', async () => {
    const { id, recordings } = await preparedDisclosure()
    const destroyedAt = (clock: string) =>
      ends.setDay(recordings[0]!, Temporal.PlainDateTime.from(clock).toZonedDateTime('Europe/Helsinki').toInstant())
    const changeDueDay = (dueOn: string) => act('eero', 'PUT', id, '', { study: 'Laatu', dueOn, format: 'WAV' })
    await destroyedAt(`${day(5)}T23:59`)
    expect(await changeDueDay(day(5))).toMatchObject({ status: 409, code: 'research.due-date-late' })
    expect((await changeDueDay(day(4))).status).toBe(204)
    await destroyedAt(`${day(6)}T00:00`)
    expect((await changeDueDay(day(5))).status).toBe(204)
    expect(await lacksOf(id)).toEqual(['decision', 'release'])
    await destroyedAt(`${day(5)}T23:59`)
    expect(await lacksOf(id)).toContain('due-date-late')
    expect(await decide(id)).toMatchObject({ status: 409, code: 'research.due-date-late' })
  })

  test('include a restricted recording: nothing is decided or released until its item is removed or the restriction ends', async () => {
    const { id, recordings } = await decidedDisclosure({ items: 2 })
    const setTo = (state: string) =>
      sql`update recording set state = ${state} where id = ${recordings[1]}`.execute(admin)
    await setTo('RESTRICTED')
    expect(await read(id)).toMatchObject({
      lacks: [{ what: 'item-restricted', items: [2] }, { what: 'release' }],
      itemList: [{ recording: 'available' }, { recording: 'restricted' }],
    })
    expect(await release(id)).toBe('research.item-restricted')
    await setTo('STORED')
    expect(await release(id)).toBeUndefined()
  })

  test('include a due day in the past', async () => {
    const { id } = await decidedDisclosure()
    await research.makeOverdue(id)
    expect(await lacksOf(id)).toEqual(['due-date-past', 'release'])
    expect(await release(id)).toBe('research.due-date-past')
    const body = { instituteId: await enterInstitute(), study: 'x', dueOn: day(-1), format: 'WAV' }
    expect(await send('eero', 'POST', '/api/research-disclosures', body)).toMatchObject({
      code: 'research.due-date-past',
    })
  })
})

describe('the decision', () => {
  test('is refused if an item, the due day or the institute’s key has changed since it was viewed', async () => {
    const instituteId = await enterInstitute()
    const { id } = await preparedDisclosure({ instituteId })
    const seen = async () => (await read(id, 'riitta')).seen
    const changedMeanwhile = { status: 409, code: 'research.changed-meanwhile' }
    for (const change of [
      async () => {
        const call = await ends.makeRecording()
        await pick(id, call.id)
        await enterCopy(call.id)
      },
      () => act('kaisa', 'PUT', id, '', { study: 'Laatu 2027', dueOn: day(29), format: 'OPUS' }),
      () =>
        send(
          'eero',
          'PUT',
          `/api/institutes/${instituteId}`,
          instituteBody({ recipient: generateKeyPair().recipient }),
        ),
      () => act('eero', 'DELETE', id, '/items/1'),
    ]) {
      const before = await seen()
      await change()
      expect(await decide(id, 'GRANTED', 'riitta', { seen: before })).toMatchObject(changedMeanwhile)
    }
    expect((await read(id)).state).toBe('UNDERTAKING')
    expect((await decide(id, 'GRANTED', 'riitta', { seen: await seen() })).status).toBe(204)
  })

  test('is refused to a person who changed a part of the disclosure, even if somebody else has taken that part over since', async () => {
    const { id, recordings } = await preparedDisclosure()
    const { riitta, kaisa, eero } = people
    const setColumns = async (statement: ReturnType<typeof sql>) => {
      const session = await riitta.signIn()
      await inSession(admin, { 'seloste.session': session.token }, (tx) => statement.execute(tx))
    }
    const own = { status: 403, code: 'research.own' }
    await setColumns(sql`update research_disclosure set format = 'WAV' where id = ${id}`)
    expect(await decide(id)).toMatchObject(own)
    const other = await preparedDisclosure()
    const copy = other.recordings[0]!
    for (const column of ['checked_by', 'prepared_by']) {
      const user = column === 'checked_by' ? kaisa.id : eero.id
      const set = (person: string) =>
        sql`update anonymised_copy set ${sql.ref(column)} = ${person} where recording_id = ${copy}`.execute(admin)
      await sql`update anonymised_copy set former_checkers = '{}', former_preparers = '{}' where recording_id = ${copy}`.execute(
        admin,
      )
      await set(riitta.id)
      await set(user)
      expect(await decide(other.id)).toMatchObject(own)
    }
    expect(recordings).toHaveLength(1)
  })

  test('is made once, by somebody who took no part in the preparation', async () => {
    const { id } = await preparedDisclosure()
    expect(await decide(id, 'GRANTED', 'eero')).toMatchObject({ status: 403, code: 'deny.role' })
    for (const column of ['picked_by', 'checked_by', 'undertaking_by']) {
      const table = {
        picked_by: 'research_item',
        checked_by: 'anonymised_copy',
        undertaking_by: 'research_disclosure',
      }[column]!
      const key = { picked_by: 'disclosure_id', checked_by: 'checked_by', undertaking_by: 'id' }[column]!
      const was = column === 'checked_by' ? people.kaisa.id : people.eero.id
      const keyValue = column === 'checked_by' ? was : id
      await sql`update ${sql.table(table)} set ${sql.ref(column)} = ${people.riitta.id} where ${sql.ref(key)} = ${keyValue}`.execute(
        admin,
      )
      expect(await decide(id)).toMatchObject({ status: 403, code: 'research.own' })
      expect((await read(id, 'riitta')).may.decide).toBe(false)
      await sql`update ${sql.table(table)} set ${sql.ref(column)} = ${was} where ${sql.ref(column)} = ${people.riitta.id}`.execute(
        admin,
      )
      // The row's former checkers still show that the person took part.
      if (column === 'checked_by') {
        expect(await decide(id)).toMatchObject({ code: 'research.own' })
        await sql`update anonymised_copy set former_checkers = '{}' where checked_by = ${was}`.execute(admin)
      }
    }
    expect((await decide(id)).status).toBe(204)
    expect(await decide(id, 'REFUSED')).toMatchObject({ status: 409, code: 'research.decided' })
    for (const [method, path, json] of [
      ['PUT', '', { study: 'x', dueOn: day(2), format: 'WAV' }],
      ['PUT', '/undertaking', { reference: 'x', signatory: 'y', signedOn: day(-1) }],
      ['POST', '/items', { recordingId: crypto.randomUUID() }],
    ] as const) {
      expect(await act('eero', method, id, path, json)).toMatchObject({ status: 409, code: 'research.decided' })
    }
  })

  test('to refuse, or a withdrawal, has no further conditions, and removes the links from the items to their recordings', async () => {
    const [refused, given] = [await beginDisclosure(), await beginDisclosure()]
    for (const id of [refused, given]) await pick(id, (await ends.makeRecording()).id)
    expect((await decide(refused, 'REFUSED')).status).toBe(204)
    expect((await act('eero', 'DELETE', given, '')).status).toBe(204)
    const [one, other] = [await read(refused), await read(given)]
    expect(one).toMatchObject({ state: 'REFUSED', lacks: [], items: 1 })
    expect(other).toMatchObject({ state: 'WITHDRAWN', lacks: [], items: 1 })
    expect(JSON.stringify([one.itemList, other.itemList])).not.toMatch(/recordingId|contactId/)
    expect(await decide(given)).toMatchObject({ status: 409, code: 'research.over' })
    expect(await pick(refused, (await ends.makeRecording()).id)).toMatchObject({ code: 'research.over' })
  })

  test('is refused if its undertaking was signed on a future day', async () => {
    const id = await beginDisclosure()
    const enterUndertaking = (signedOn: string) =>
      act('eero', 'PUT', id, '/undertaking', { reference: 'SIT-1', signatory: 'N. N.', signedOn })
    expect(await enterUndertaking(day(1))).toMatchObject({ status: 400, code: 'research.day-ahead' })
    expect((await enterUndertaking(day(0))).status).toBe(204)
    expect((await read(id)).undertaking).toMatchObject({ reference: 'SIT-1', signedOn: day(0) })
  })

  test('is checked again at the release, which any person may make who may decide', async () => {
    const { id } = await decidedDisclosure()
    expect(await release(id, 'eero')).toBe('deny.role')
    await sql`update research_item set picked_by = ${people.riitta.id} where disclosure_id = ${id}`.execute(admin)
    expect(await release(id)).toBe('research.own')
  })
})
