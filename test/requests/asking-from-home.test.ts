/** A request from the public page, from the first form to the answer (R42-R46). */
import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import { createTestDatabase } from '../database/create-test-database.ts'
import { codeIn, openHome } from './open-home.ts'
import type { RegisterTables } from '#register/tables.ts'

const database = await createTestDatabase<RegisterTables>()
const home = await openHome(database)
const { provider, browse, identify, form, waiting, act, read, list, admin, people } = home
provider.people.set('maija', { name: 'Maija Meikäläinen', 'urn:oid:1.2.246.21': '010190-951L' })

const entriesOf = async (action: string) =>
  (
    await sql<{ person_id: string | null; object_id: string | null; result: string; detail: unknown }>`
      select person_id, object_id, result, detail from audit_entry where action = ${action} order by at`.execute(admin)
  ).rows

describe('a request from home', () => {
  test('is sent by an identified requester, accepted as identified, and its answer fetched behind the same identification', async () => {
    const browser = browse()
    const ticket = await identify(browser, 'maija')
    const { name: _, ...fields } = form
    const sent = await browser.send('/pyynto-puhelusta', { ...fields, ticket })
    expect(sent.status).toBe(200)
    const code = codeIn(sent.text)
    expect(browser.cookies.size).toBe(0)

    const [one] = (await waiting()).filter(({ identifiedAt }) => identifiedAt !== undefined)
    expect(one).toMatchObject({ requester: { name: 'Maija Meikäläinen', phone: '040 123 4567' }, told: form.told })
    const early = await browser.send('/pyynto-puhelusta/vastaus', { ticket, code })
    expect(early).toMatchObject({ status: 200 })
    expect(early.text).toContain('sitä ole vielä otettu käsittelyyn')

    const accepted = await act('POST', '', `/api/home-requests/${one!.id}/acceptance`, {})
    expect(accepted).toMatchObject({ status: 201 })
    const { id, number } = accepted.body as unknown as { id: string; number: string }
    const request = await read(id)
    expect(request).toMatchObject({
      ...{ number, channel: 'HOME', state: 'IDENTIFIED', requester: { name: 'Maija Meikäläinen' } },
      identified: { how: 'STRONG_EID', at: one!.identifiedAt },
      fromHome: { told: form.told, isFetched: true },
    })
    expect(request.identified!.by).toBeUndefined()
    expect((await list()).items.find((listed) => listed.id === id)).toMatchObject({ channel: 'HOME' })

    const made = await act('POST', id, '/letters', { kind: 'received' })
    expect(made.status).toBe(201)
    const open = await browser.send('/pyynto-puhelusta/vastaus', { ticket, code })
    expect(open.text).toContain(`Pyyntö ${number} on käsittelyssä`)
    expect(open.text).toContain('Noudettavia kirjeitä ei ole')
    expect((await act('POST', '', `/api/letters/${String(made.body['id'])}/delivery`, { how: 'HOME' })).status).toBe(
      204,
    )

    const later = browse()
    const fetched = await later.send('/pyynto-puhelusta/vastaus', {
      ticket: await identify(later, 'maija'),
      code: code.toLowerCase().replaceAll('-', ' '),
    })
    expect(fetched.status).toBe(200)
    expect(fetched.text).toContain('Maija Meikäläinen')
    expect(fetched.text).toContain('class="fetched"')

    expect(await entriesOf('home-request.received')).toMatchObject([
      { person_id: null, object_id: one!.id, result: 'ok', detail: { identified: true, kinds: ['KNOW', 'LISTEN'] } },
    ])
    expect(await entriesOf('home-request.accepted')).toMatchObject([{ person_id: people.paula.id, object_id: id }])
    expect((await entriesOf('home-answer.read')).map(({ result }) => result)).toEqual(['ok', 'ok', 'ok'])
    expect((await entriesOf('home-request.identified')).map(({ result }) => result)).toEqual(['ok', 'ok'])
  })

  test('is sent without identification, and its requester is identified at the desk', async () => {
    const browser = browse()
    const sent = await browser.send('/pyynto-puhelusta', { ...form, name: 'Tuntematon Soittaja' })
    expect(sent.status).toBe(200)
    expect(sent.text).not.toContain('fetch-code')
    const one = (await waiting()).find(({ requester }) => requester.name === 'Tuntematon Soittaja')
    expect(one!.identifiedAt).toBeUndefined()
    const start = await act('GET', '', '/api/waiting')
    expect(start.body['items']).toContainEqual(expect.objectContaining({ kind: 'request-home', count: 1 }))
    expect(JSON.stringify(start.body)).not.toContain('Tuntematon')
    const accepted = await act('POST', '', `/api/home-requests/${one!.id}/acceptance`, {})
    expect(accepted).toMatchObject({ status: 201 })
    const request = await read(String(accepted.body['id']))
    expect(request).toMatchObject({ channel: 'HOME', state: 'RECEIVED', fromHome: { isFetched: false } })
    expect(request.identified).toBeUndefined()
  })

  test('of an official is accepted for the person whom the clerk names', async () => {
    const browser = browse()
    const official = { ...form, party: 'OFFICIAL', name: 'Aino Virtanen', userId: 'someone-else' }
    expect((await browser.send('/pyynto-puhelusta', official)).status).toBe(200)
    const one = (await waiting()).find(({ requester }) => requester.name === 'Aino Virtanen')
    const accept = (json: object) => act('POST', '', `/api/home-requests/${one!.id}/acceptance`, json)
    expect((await accept({ officialUserId: 'someone-else' })).code).toBe('request.official-unknown')
    const accepted = await accept({ officialUserId: people.aino.userId })
    expect(await read(String(accepted.body['id']))).toMatchObject({
      party: 'OFFICIAL',
      official: { name: 'Aino Virtanen' },
    })
  })

  test('is discarded with a reason, which the log keeps, and nothing else of it stays', async () => {
    const browser = browse()
    await browser.send('/pyynto-puhelusta', { ...form, name: 'Ilkka Ilkivalta' })
    const one = (await waiting()).find(({ requester }) => requester.name === 'Ilkka Ilkivalta')
    expect((await act('POST', '', `/api/home-requests/${one!.id}/discard`, { reason: 'NOT_A_REQUEST' })).status).toBe(
      204,
    )
    expect((await waiting()).some(({ id }) => id === one!.id)).toBe(false)
    expect((await entriesOf('home-request.discarded')).at(-1)).toMatchObject({
      ...{ person_id: people.paula.id, object_id: one!.id, detail: { reason: 'NOT_A_REQUEST', identified: false } },
    })
    const { rows } = await sql<{ left: string }>`select to_jsonb(h)::text as left from home_request h`.execute(admin)
    expect(JSON.stringify(rows)).not.toContain('Ilkivalta')
  })

  test('of a requester who identified is discarded, and the requester reads the reason with the code for six months', async () => {
    const browser = browse()
    const ticket = await identify(browser, 'maija')
    const sent = await browser.send('/pyynto-puhelusta', { ...form, told: 'Kahdesti lähetetty', ticket })
    const code = codeIn(sent.text)
    const one = (await waiting()).find(({ told }) => told === 'Kahdesti lähetetty')
    await act('POST', '', `/api/home-requests/${one!.id}/discard`, { reason: 'DUPLICATE' })
    const answer = () => browser.send('/pyynto-puhelusta/vastaus', { ticket, code })
    const { status, text } = await answer()
    expect(status).toBe(200)
    expect(text).toContain('Pyyntöä ei otettu käsittelyyn')
    expect(text).toContain('sama pyyntö oli jo tullut')
    const { rows } = await sql`select to_jsonb(d)::text as row from discarded_home_request d`.execute(admin)
    expect(JSON.stringify(rows)).not.toContain('Kahdesti')
    await sql`update discarded_home_request set discarded_at = now() - interval '7 months'`.execute(admin)
    await sql`select erase_closed_requests()`.execute(database.as('seloste_custodian').db)
    expect((await answer()).status).toBe(400)
  })

  test('of a clerk is not discarded by that clerk', async () => {
    await browse().send('/pyynto-puhelusta', {
      ...{ ...form, party: 'OFFICIAL', name: 'Paula', told: 'Oma puhelu', userId: people.paula.userId },
    })
    const own = (await waiting()).find(({ told }) => told === 'Oma puhelu')
    const refused = await act('POST', '', `/api/home-requests/${own!.id}/discard`, { reason: 'NOT_A_REQUEST' })
    expect(refused.code).toBe('request.own')
  })

  test('that has waited for more than a year is accepted', async () => {
    await browse().send('/pyynto-puhelusta', { ...form, name: 'Unohdettu Pyyntö' })
    await sql`update home_request set received_at = now() - interval '13 months' where name = 'Unohdettu Pyyntö'`.execute(
      admin,
    )
    const one = (await waiting()).find(({ requester }) => requester.name === 'Unohdettu Pyyntö')
    expect(await act('POST', '', `/api/home-requests/${one!.id}/acceptance`, {})).toMatchObject({ status: 201 })
  })

  test('is erased with its requester thirty days after it was closed, and its letters cannot be fetched any more', async () => {
    const browser = browse()
    const ticket = await identify(browser, 'maija')
    const sent = await browser.send('/pyynto-puhelusta', { ...form, told: 'Poistettava', ticket })
    const code = codeIn(sent.text)
    const one = (await waiting()).find(({ told }) => told === 'Poistettava')
    const accepted = await act('POST', '', `/api/home-requests/${one!.id}/acceptance`, {})
    const id = String(accepted.body['id'])
    expect((await act('POST', id, '/close', { outcome: 'WITHDRAWN' })).status).toBe(204)
    const closed = await browser.send('/pyynto-puhelusta/vastaus', { ticket, code })
    expect(closed.text).toContain('on päätetty')
    await sql`update subject_request set closed_at = now() - interval '31 days' where id = ${id}`.execute(admin)
    await sql`select erase_closed_requests()`.execute(database.as('seloste_custodian').db)
    const { rows } = await sql`select from home_answer where request_id = ${id}`.execute(admin)
    expect(rows).toEqual([])
    expect((await browser.send('/pyynto-puhelusta/vastaus', { ticket, code })).status).toBe(400)
  })

  test('is due a month after it was sent, whenever it is accepted', async () => {
    await browse().send('/pyynto-puhelusta', { ...form, name: 'Vanha Pyyntö' })
    await sql`update home_request set received_at = now() - interval '10 days' where name = 'Vanha Pyyntö'`.execute(
      admin,
    )
    const one = (await waiting()).find(({ requester }) => requester.name === 'Vanha Pyyntö')
    const accepted = await act('POST', '', `/api/home-requests/${one!.id}/acceptance`, {})
    expect(accepted).toMatchObject({ status: 201 })
    const request = await read(String(accepted.body['id']))
    const days = Temporal.Now.instant().until(Temporal.Instant.from(request.dueAt)).total('days')
    expect(days).toBeGreaterThan(17)
    expect(days).toBeLessThan(22)
  })
})
