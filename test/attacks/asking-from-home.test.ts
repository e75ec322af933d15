/**
 * The public page of requests (R42-R46): strangers learn nothing about calls or people from it, nobody reads another person's
 * answer, and a flood does not keep the Service Unit from serving requests.
 */
import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import { createTestDatabase } from '../database/create-test-database.ts'
import { publishText } from '../database/describe-from.ts'
import { codeIn, openHome, ticketIn } from '../requests/open-home.ts'
import { descriptionPaths } from '#app/publication/addresses.ts'
import type { RegisterTables } from '#register/tables.ts'

const path = '/pyynto-puhelusta'
const identityCode = '010190-951L'
const database = await createTestDatabase<RegisterTables>()
const home = await openHome(database)
const { provider, browse, identify, throughProvider, form, waiting, act, admin, people, passTime } = home
provider.people.set('maija', { name: 'Maija Meikäläinen', 'urn:oid:1.2.246.21': identityCode })
provider.people.set('jaana', { name: 'Jaana Juonittelija', 'urn:oid:1.2.246.21': '020290-952M' })

const sendIdentified = async (user: string, fields: object = {}) => {
  const browser = browse()
  const ticket = await identify(browser, user)
  const sent = await browser.send(path, { ...form, ...fields, ticket })
  expect(sent.status, sent.text).toBe(200)
  return { browser, ticket, code: codeIn(sent.text) }
}
const accept = async (name: string) => {
  const one = (await waiting()).find(({ requester }) => requester.name === name)
  const accepted = await act('POST', '', `/api/home-requests/${one!.id}/acceptance`, {})
  expect(accepted.status).toBe(201)
  return accepted.body as unknown as { id: string; number: string }
}
const lastResult = async (action: string) =>
  (
    await sql<{
      result: string
    }>`select result from audit_entry where action = ${action} order by seq desc limit 1`.execute(admin)
  ).rows[0]?.result

describe('a stranger at the page', () => {
  test('gets the same answer whether the call and the official exist or not', async () => {
    const texts = await Promise.all(
      [people.aino.userId, 'nobody-at-all'].map(async (userId) => {
        const sent = await browse().send(path, { ...form, party: 'OFFICIAL', name: 'Same Name', userId })
        return [sent.status, sent.text.replaceAll(userId, '')]
      }),
    )
    expect(texts[0]).toEqual(texts[1])
    const { rows } = await sql<{ source: string }>`
      select string_agg(prosrc, ' ') as source from pg_proc where proname in ('put_home_request', 'submit_home_request',
        'submit_identified_home_request', 'home_request_limit', 'refuse_requester', 'refuse_identity_code')`.execute(
      admin,
    )
    expect(rows[0]!.source).not.toMatch(/\b(contact|segment|recording|person|subject_request)\b/)
  })

  test('cannot read, accept or discard what others sent', async () => {
    await browse().send(path, { ...form, name: 'Salainen Soittaja' })
    expect((await home.desk.visitor.fetch('/api/home-requests')).status).toBe(401)
    const { id } = (await waiting()).find(({ requester }) => requester.name === 'Salainen Soittaja')!
    for (const name of ['aino', 'riitta', 'dora', 'tuula'] as const) {
      expect((await act('GET', '', '/api/home-requests', undefined, name)).code).toBe('deny.role')
      expect((await act('POST', '', `/api/home-requests/${id}/acceptance`, {}, name)).code).toBe('deny.role')
      const discarded = await act('POST', '', `/api/home-requests/${id}/discard`, { reason: 'WITHDRAWN' }, name)
      expect(discarded.code).toBe('deny.role')
    }
    expect((await waiting()).some((one) => one.id === id)).toBe(true)
    await expect(
      database.as('seloste_desk').pool.query('select * from home_request'),
      'the desk process reads the table only through the function',
    ).rejects.toThrow('permission denied')
    await expect(
      database
        .as('seloste_desk')
        .pool.query(
          "select submit_identified_home_request('CALLER', '{KNOW}', 'fi', '{\"name\": \"x\"}', 'x', null, now(), sha256('x'))",
        ),
    ).rejects.toThrow('permission denied')
  })

  test('cannot make the page or the desk run what was written', async () => {
    const evil = '<script>alert(1)</script>"><img src=x onerror=alert(1)>=HYPERLINK("x")'
    const sent = await browse().send(path, { ...form, name: evil, told: evil })
    expect(sent.status).toBe(200)
    expect(sent.text).not.toMatch(/<script|<img src=x/)
    expect(sent.headers.get('content-security-policy')).toContain("default-src 'none'")
    const wrong = await browse().send(path, { ...form, name: evil, told: '' })
    expect(wrong.status).toBe(400)
    expect(wrong.text).not.toMatch(/<script|<img src=x/)
  })

  test('cannot make another site send the form', async () => {
    const browser = browse()
    const forged = await browser.fetch(path, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        'sec-fetch-site': 'cross-site',
        origin: 'https://evil.example',
      },
      body: new URLSearchParams({ ...form, kinds: 'KNOW', name: 'Forged' }).toString(),
    })
    expect(forged.status).toBe(403)
    expect((await waiting()).some(({ requester }) => requester.name === 'Forged')).toBe(false)
  })

  test('cannot leave a personal identity code in the register', async () => {
    const sent = await browse().send(path, { ...form, told: `Minun tunnukseni on ${identityCode}` })
    expect(sent.status).toBe(400)
    expect(sent.text).toContain('id="told-problem"')
  })

  test('sends at most ten forms in ten minutes from one network, and none of more than 64 kB', async () => {
    const browser = browse()
    const statuses: number[] = []
    for (let index = 0; index < 11; index++)
      statuses.push((await browser.send(path, { ...form, name: `Flood ${index}` })).status)
    expect(statuses).toEqual([...Array.from({ length: 10 }, () => 200), 429])
    expect((await browse().send(path, { ...form, told: 'x'.repeat(70_000) })).status).toBe(413)
    expect((await browse().send(path, { ...form, told: 'x'.repeat(2001) })).status).toBe(400)
  })

  test('cannot stop identified requesters by filling the queue', async () => {
    await sql`insert into home_request (party, kinds, language, name, told)
      select 'CALLER', '{KNOW}', 'fi', 'Flood ' || n, 'x' from generate_series(1, 600) n
      limit greatest(0, 500 - (select count(*) from home_request where fetch_digest is null))`.execute(admin)
    expect((await browse().send(path, { ...form, name: 'One Too Many' })).status).toBe(503)
    await sendIdentified('jaana')
    await sql`delete from home_request`.execute(admin)
    expect((await browse().send(path, { ...form, name: 'Room Again' })).status).toBe(200)
  })

  test('is entered once if they send the same form twice', async () => {
    const [one, other] = [browse(), browse()]
    for (const browser of [one, other])
      expect((await browser.send(path, { ...form, name: 'Kahdesti' })).status).toBe(200)
    expect((await waiting()).filter(({ requester }) => requester.name === 'Kahdesti')).toHaveLength(1)
  })
})

describe('an identification', () => {
  test('of another browser is not accepted, nor the same one twice', async () => {
    const [attacker, victim] = [browse(), browse()]
    const prepared = await throughProvider(attacker, 'jaana')
    expect((await victim.fetch(prepared)).status).toBe(400)
    // The victim has begun one of their own.
    await victim.fetch(`${path}/tunnistaudu`)
    const fixed = await victim.fetch(prepared)
    expect(fixed.status).toBe(400)
    expect(fixed.text).not.toContain('Jaana')
    expect(await lastResult('home-request.identified')).toBe('refused:refused')

    const again = browse()
    const back = await throughProvider(again, 'jaana')
    const flow = new Map(again.cookies)
    expect((await again.fetch(back)).status).toBe(200)
    for (const [name, value] of flow) again.cookies.set(name, value)
    expect((await again.fetch(back)).status).toBe(400)
  })

  test('that is not strong, or that was cancelled, gives no ticket', async () => {
    provider.proof = {}
    const browser = browse()
    const weak = await browser.fetch(await throughProvider(browser, 'jaana'))
    expect(weak.status).toBe(400)
    expect(weak.text).not.toContain('name="ticket"')
    expect(await lastResult('home-request.identified')).toBe('refused:not-strong')
    provider.proof = { acr: 'two-factors' }
    expect((await browser.fetch(await throughProvider(browser, 'nobody'))).text).toContain('keskeytettiin')
  })

  test('gives a name that the form cannot change, and a ticket for half an hour that nobody can make', async () => {
    const { browser, ticket } = await sendIdentified('jaana', { name: 'Maija Meikäläinen' })
    expect((await waiting()).some(({ requester }) => requester.name === 'Jaana Juonittelija')).toBe(true)
    expect((await browser.send(path, { ...form, ticket: `${ticket.slice(0, -2)}AA` })).status).toBe(400)
    passTime({ minutes: 31 })
    const late = await browser.send(path, { ...form, ticket })
    passTime({ minutes: 0 })
    expect(late.status).toBe(400)
    expect(late.text).toContain('vanhentunut')
  })

  test('leaves no personal identity code in the database, nor anything that is the same for two requests of a person', async () => {
    await sql`delete from home_request`.execute(admin)
    await sendIdentified('maija', { told: 'Ensimmäinen' })
    await sendIdentified('maija', { told: 'Toinen' })
    const { rows } = await sql<{ digest: string; whole: string }>`
      select encode(fetch_digest, 'hex') as digest, to_jsonb(h)::text as whole from home_request h`.execute(admin)
    expect(new Set(rows.map(({ digest }) => digest)).size).toBe(2)
    const log = await sql<{ all: string }>`select string_agg(e::text, ' ') as all from audit_entry e`.execute(admin)
    expect(`${JSON.stringify(rows)} ${log.rows[0]!.all}`).not.toContain('010190')
    expect(log.rows[0]!.all).not.toContain('Meikäläinen')
  })
})

describe('an identified requester', () => {
  test('sends two requests within the half hour, and each is entered with a code of its own', async () => {
    const { browser, ticket, code } = await sendIdentified('maija', { told: 'The first call' })
    const fields = { ...form, ticket, told: 'Another call', kinds: ['PROHIBIT'] }
    const [second, again] = [await browser.send(path, fields), await browser.send(path, fields)]
    expect(codeIn(second.text)).not.toBe(code)
    expect(codeIn(again.text)).toBe(codeIn(second.text))
    expect((await waiting()).filter(({ told }) => told === 'Another call')).toHaveLength(1)
    expect((await waiting()).filter(({ told }) => told === 'The first call')).toHaveLength(1)
  })

  test('who writes the user id of somebody else is not identified as that official, and fetches nothing', async () => {
    const fields = { party: 'OFFICIAL', userId: people.aino.userId, kinds: ['LISTEN'], told: 'As Aino' }
    const { browser, ticket, code } = await sendIdentified('jaana', fields)
    const one = (await waiting()).find(({ told }) => told === 'As Aino')!
    const accepted = await act('POST', '', `/api/home-requests/${one.id}/acceptance`, { officialUserId: one.userId })
    const request = await home.read(String(accepted.body['id']))
    expect(request.identified).toBeUndefined()
    expect(request.fromHome).toMatchObject({ isFetched: false })
    const answer = await browser.send(`${path}/vastaus`, { ticket, code })
    expect(answer.text).not.toContain(String(accepted.body['number']))
  })

  test('sends at most ten different requests in a day, from whatever network, and leaves the queue to others', async () => {
    provider.people.set('taavi', { name: 'Taavi Täyttäjä', 'urn:oid:1.2.246.21': '050590-955R' })
    for (let index = 0; index < 10; index++) await sendIdentified('taavi', { told: `Flood ${index}` })
    const [browser, ticket] = [browse(), await identify(browse(), 'taavi')]
    expect((await browser.send(path, { ...form, told: 'Flood 10', ticket })).status).toBe(429)
    expect((await waiting()).filter(({ requester }) => requester.name === 'Taavi Täyttäjä')).toHaveLength(10)
    await sendIdentified('jaana', { told: 'Not a flood' })
  })

  test('who is an official is identified under more given names than the directory has', async () => {
    provider.people.set('aino', {
      name: 'Helena AINO Virtanen',
      'urn:oid:1.2.246.21': '030390-953N',
    })
    const fields = { party: 'OFFICIAL', userId: people.aino.userId, kinds: ['LISTEN'], told: 'I am Aino' }
    await sendIdentified('aino', fields)
    const one = (await waiting()).find(({ told }) => told === 'I am Aino')!
    const accepted = await act('POST', '', `/api/home-requests/${one.id}/acceptance`, { officialUserId: one.userId })
    expect(await home.read(String(accepted.body['id']))).toMatchObject({
      identified: { how: 'STRONG_EID' },
      fromHome: { isFetched: true },
    })
  })
})

describe('an answer', () => {
  test('is not read with another person’s code, and the page does not distinguish it from a wrong one', async () => {
    await sql`delete from home_request`.execute(admin)
    const { code } = await sendIdentified('maija', { told: 'Oma' })
    const browser = browse()
    const ticket = await identify(browser, 'jaana')
    const [taken, wrong] = await Promise.all(
      [code, '0000-0000-0000-0000-0000-0000-0000'].map((one) => browser.send(`${path}/vastaus`, { ticket, code: one })),
    )
    expect([taken!.status, wrong!.status]).toEqual([400, 400])
    const plain = (text: string) => text.replaceAll(/value="[^"]*"/g, '')
    expect(plain(taken!.text)).toBe(plain(wrong!.text))
    expect(await lastResult('home-answer.read')).toBe('refused:not-found')
    expect(ticketIn(taken!.text)).toBe(ticket)
  })

  test('is not read once the requester has another name, and no letter is delivered there', async () => {
    const { browser, ticket, code } = await sendIdentified('maija', { told: 'Nimi' })
    await sql`delete from home_request where told <> 'Nimi'`.execute(admin)
    const { id } = await accept('Maija Meikäläinen')
    const made = await act('POST', id, '/letters', { kind: 'received' })
    const changed = await act('PUT', id, '', { kinds: ['KNOW'], language: 'fi', requester: { name: 'Toinen Henkilö' } })
    expect(changed.status).toBe(204)
    await act('POST', id, '/identification', { how: 'STRONG_EID' })
    const redrafted = await act('POST', id, '/letters', { kind: 'received' })
    expect(made.status).toBe(201)
    const delivery = await act('POST', '', `/api/letters/${String(redrafted.body['id'])}/delivery`, { how: 'HOME' })
    expect(delivery.code).toBe('letter.not-from-home')
    expect((await browser.send(`${path}/vastaus`, { ticket, code })).status).toBe(400)
  })

  test('has no letter that was delivered in another way', async () => {
    const { browser, ticket, code } = await sendIdentified('maija', { told: 'Posti' })
    await sql`delete from home_request where told <> 'Posti'`.execute(admin)
    const { id } = await accept('Maija Meikäläinen')
    const made = await act('POST', id, '/letters', { kind: 'received' })
    await act('POST', '', `/api/letters/${String(made.body['id'])}/delivery`, { how: 'POST' })
    const answer = await browser.send(`${path}/vastaus`, { ticket, code })
    expect(answer.status).toBe(200)
    expect(answer.text).not.toContain('class="fetched"')
  })

  test('is not left at home while the description in force lets nobody identify there', async () => {
    await sendIdentified('maija', { told: 'Suljettu' })
    await sql`delete from home_request where told <> 'Suljettu'`.execute(admin)
    const { id } = await accept('Maija Meikäläinen')
    const made = await act('POST', id, '/letters', { kind: 'received' })
    const isFetched = async () => ((await act('GET', id, '')).body['fromHome'] as { isFetched: boolean }).isFetched
    await publishText(database.as().pool, await home.described('form'), Temporal.Now.instant())
    await expect.poll(isFetched).toBe(false)
    const delivery = await act('POST', '', `/api/letters/${String(made.body['id'])}/delivery`, { how: 'HOME' })
    expect(delivery.code).toBe('letter.not-from-home')
    await publishText(database.as().pool, await home.described('identified'), Temporal.Now.instant())
    await expect.poll(isFetched).toBe(true)
  })
})

test('a request is entered as from home only by accepting one', async () => {
  const entered = await act('POST', '', '/api/requests', { ...home.body(), channel: 'HOME' })
  expect(entered.status).toBe(400)
  await expect(
    sql`select put_request('CALLER', '{KNOW}', 'HOME', 'fi', now(), '{"name": "x"}', null)`.execute(
      database.as('seloste_desk').db,
    ),
  ).rejects.toThrow('permission denied')
})

test('the page is linked from the description while it is offered', async () => {
  expect((await browse().fetch(descriptionPaths.fi)).text).toContain(`href="${path}"`)
})

test('a field with only characters that the database treats as blanks is refused as missing, without a fault', async () => {
  for (const field of ['told', 'name', 'userId'] as const) {
    const sent = await browse().send(path, { ...form, party: 'OFFICIAL', userId: 'x', [field]: '\u0085' })
    expect(sent.status, field).toBe(400)
  }
})

// Last, because the limit holds for the whole file.
test('all networks together send at most 200 forms in ten minutes, and an identified requester still sends', async () => {
  const statuses: number[] = []
  for (let network = 0; network < 25; network++) {
    const browser = browse()
    for (let index = 0; index < 10; index++)
      statuses.push((await browser.send(path, { ...form, name: `Network ${network} ${index}` })).status)
  }
  expect(statuses.filter((status) => status === 200).length).toBeLessThanOrEqual(200)
  expect(statuses.at(-1)).toBe(429)
  await sendIdentified('maija', { told: 'After the flood' })
})
