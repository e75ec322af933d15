// R33, L30: voices drawn for several recordings of one official, taken together, identify the official again. So a
// release has at most one such track of each official.
import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import type { RegisterTables } from '#register/tables.ts'
import { createTestDatabase } from '../database/create-test-database.ts'
import { phone } from '../database/people.ts'
import { openPackages } from '../disclosure/open-packages.ts'

const database = await createTestDatabase<RegisterTables>()
const open = await openPackages(database)
const { admin, ends, people, desk, beginDisclosure, pick, enterCopy, recordUndertaking, decide, act, read, lacksOf } =
  open

const bertil = { personId: ends.people.bertil.id, unitId: ends.people.bertil.unitId, name: 'Bertil' }
const [ofAino, ofBertil, ofUnknown] = [
  undefined,
  { ...bertil, phone: phone('029 512 1002') },
  { name: 'Joku', phone: phone('029 512 1999') },
]

/** Prepares everything but the decision, with an item for each of these copies. */
async function prepared(...items: Item[]) {
  return preparedFor(await open.enterInstitute({ recipient: open.instituteKeys.recipient }), ...items)
}

type Item = readonly [level: string, official?: object | undefined]

async function preparedFor(instituteId: string, ...items: Item[]) {
  const id = await beginDisclosure({ instituteId })
  const recordings: string[] = []
  for (const [level, official] of items) {
    const { id: recording } = await ends.makeRecording(official && ({ official } as object))
    await pick(id, recording)
    await enterCopy(recording, { level })
    await open.addSound(recording)
    recordings.push(recording)
  }
  await recordUndertaking(id)
  return { id, recordings }
}

describe('two tracks of an official below level T', async () => {
  test.each(['D', 'N'])(
    'are refused at the decision, and at the release if they are rendered after the decision (%s)',
    async (level) => {
      await open.changeDisclosureRules({ pseudonymised: true })
      const { id, recordings } = await prepared(['T', ofAino], [level, ofAino], [level, ofAino])
      expect((await read(id)).lacks[0]).toEqual({ what: 'official-twice', items: [2, 3] })
      expect(await decide(id)).toMatchObject({ status: 409, code: 'research.official-twice', field: '2,3' })
      await enterCopy(recordings[2]!, { level: 'T' })
      expect((await decide(id)).status).toBe(204)
      await enterCopy(recordings[2]!, { level })
      expect(await open.release(id)).toMatchObject({ status: 409, code: 'research.official-twice' })
      // An item can also be removed after the decision.
      expect(await act('eero', 'DELETE', id, '/items/1')).toMatchObject({ code: 'research.decided' })
      expect((await act('eero', 'DELETE', id, '/items/3')).status).toBe(204)
      expect(await lacksOf(id)).toEqual(['release'])
      expect(await open.release(id)).toMatchObject({ status: 201 })
      await open.until(id, 'ready')
    },
  )

  test('are allowed of different officials, and any number at level T', async () => {
    await open.changeDisclosureRules({ pseudonymised: true })
    const { id } = await prepared(['D', ofAino], ['N', ofBertil], ['T', ofAino], ['T', ofBertil], ['T', ofUnknown])
    expect(await lacksOf(id)).toEqual(['decision', 'release'])
  })

  test('are refused if one is of an official missing from the directory, who may be any official', async () => {
    await open.changeDisclosureRules({ pseudonymised: true })
    const { id } = await prepared(['D', ofAino], ['D', ofUnknown])
    expect((await read(id)).lacks[0]).toEqual({ what: 'official-twice', items: [2] })
    expect(await lacksOf((await prepared(['D', ofUnknown])).id)).toEqual(['decision', 'release'])
  })

  test.each(['D', 'N'])(
    'in several disclosures to one institute are refused until the earlier disclosure is confirmed (%s)',
    async (level) => {
      await open.changeDisclosureRules({ pseudonymised: true })
      const institute = await open.enterInstitute({ recipient: open.instituteKeys.recipient })
      const first = await preparedFor(institute, [level, ofAino])
      const second = await preparedFor(institute, [level, ofAino])
      const [others, atT, unknown] = [
        await preparedFor(institute, [level, ofBertil]),
        await preparedFor(institute, ['T', ofAino]),
        await preparedFor(institute, [level, ofUnknown]),
      ]
      expect([(await decide(first.id)).status, (await decide(second.id)).status]).toEqual([204, 204])
      // Releases both at the same time; one of them succeeds.
      await Promise.all([open.release(first.id), open.release(second.id)])
      const states = () => Promise.all([open.stateOf(first.id), open.stateOf(second.id)])
      await expect
        .poll(states, { timeout: 20_000 })
        .toSatisfy((both) => both.includes('ready') && !both.includes('making'))
      const [released, blocked] = (await states())[0] === 'ready' ? [first, second] : [second, first]
      expect((await read(blocked.id)).lacks[0]).toEqual({ what: 'official-twice', items: [1] })
      expect(await open.release(blocked.id)).toMatchObject({ status: 409, code: 'research.official-twice', field: '1' })
      expect(await decide(unknown.id)).toMatchObject({ status: 409, code: 'research.official-twice' })
      expect([await lacksOf(others.id), await lacksOf(atT.id)]).toEqual([
        ['decision', 'release'],
        ['decision', 'release'],
      ])
      expect(await lacksOf((await prepared([level, ofAino])).id)).toEqual(['decision', 'release'])
      expect((await open.confirm(released.id, 1)).status).toBe(204)
      expect(await open.release(blocked.id)).toMatchObject({ status: 201 })
      await open.until(blocked.id, 'ready')
    },
  )

  test('picked by two people at the same time are refused at the decision', async () => {
    await open.changeDisclosureRules({ pseudonymised: true })
    const { id } = await prepared(['D', ofAino])
    const second = (await ends.makeRecording()).id
    await enterCopy(second, { level: 'D' })
    const { seen } = await read(id, 'riitta')
    const answers = await admin.transaction().execute(async (tx) => {
      await sql`select from research_disclosure where id = ${id} for update`.execute(tx)
      const both = Promise.all([pick(id, second), decide(id, 'GRANTED', 'riitta', { seen })])
      await expect
        .poll(async () => {
          const { rows } = await sql<{ waiting: number }>`
            select count(*)::integer as waiting from pg_stat_activity
            where datname = current_database() and wait_event_type = 'Lock' and query like '%research%'`.execute(admin)
          return rows[0]!.waiting
        })
        .toBe(2)
      return { both }
    })
    const done = (await answers.both).filter(({ status }) => status < 300)
    expect(done).toHaveLength(1)
    expect((await pick(id, second)).status).toBe((await read(id)).state === 'DECIDED' ? 409 : 201)
  })

  test('are not downloaded from a package that was ready before the directory knew their official', async () => {
    await open.changeDisclosureRules({ pseudonymised: true })
    const { id, recordings } = await prepared(['D', ofAino], ['D', ofBertil])
    expect((await decide(id)).status).toBe(204)
    const { body } = await open.release(id)
    await open.until(id, 'ready')
    const page = async () => (await desk.visitor.fetch(body['link'] as string)).status
    expect(await page()).toBe(200)
    await admin.transaction().execute(async (tx) => {
      await sql`set local session_replication_role = replica`.execute(tx)
      await sql`update segment set official_person_id = ${people.aino.id} where id = (select segment_id from recording where id = ${recordings[1]})`.execute(
        tx,
      )
    })
    expect([await page(), (await open.fetchLink(body['link'] as string)).status]).toEqual([404, 404])
    expect(await open.release(id)).toMatchObject({
      status: 409,
      code: expect.stringMatching(/official-twice|under-way/) as string,
    })
  })
})
