import { describe, expect, test } from 'vitest'
import { password } from '#test/database/people.ts'
import { validPassword, openAccounts } from '#test/sign-in/open-accounts.ts'
import { makeFirstLinks } from '#safeguards/sign-in/links.ts'

const { database, desk, admin, browse, signer, enrol } = await openAccounts()
const pool = database.as().pool

describe('one-time links', () => {
  const used: string[] = []
  test('are given first to an administrator and an approver, who then enter everybody else', async () => {
    const [administrator, approver] = await makeFirstLinks(admin)
    const visitor = browse()
    const token = administrator?.token ?? ''
    expect(await visitor.request('POST', '/api/links/look', { token })).toMatchObject({
      status: 200,
      body: { kind: 'first-person', role: 'ADMINISTRATOR', rules: { least: 15, greatest: 256 } },
    })
    const use = (json: object) => visitor.request('POST', '/api/links/use', { token, password: validPassword, ...json })
    expect(await use({})).toMatchObject({ status: 400, field: 'userId' })
    expect(await use({ userId: 'admin', name: 'Pää Käyttäjä' })).toMatchObject({
      code: 'person.not-personal',
      field: 'userId',
    })
    expect(await use({ userId: 'koivu.kaisa', name: '  ' })).toMatchObject({
      code: 'person.name-missing',
      field: 'name',
    })
    expect(await use({ userId: 'koivu.kaisa', name: 'Kaisa Koivu', password: 'koivu.kaisa.123' })).toMatchObject({
      code: 'password.unfit',
      body: { error: { problems: [{ code: 'context' }] } },
    })
    expect(
      await visitor.request('POST', '/api/password-check', {
        password: 'koivu.kaisa.123',
        link: token,
        userId: 'koivu.kaisa',
      }),
    ).toMatchObject({ body: { problems: [{ code: 'context' }] } })
    expect(await use({ userId: 'Koivu.Kaisa', name: 'Kaisa Koivu' })).toMatchObject({
      status: 200,
      body: { userId: 'koivu.kaisa' },
    })
    expect(await use({ userId: 'x.y', name: 'X' })).toMatchObject({ status: 404, code: 'link.none' })
    expect(
      await browse().request('POST', '/api/links/use', {
        token: approver?.token,
        password: validPassword,
        userId: 'koivu.k',
        name: 'Kaisa Koivu',
      }),
    ).toMatchObject({ status: 409, code: 'link.same-person' })

    const kaisa = browse()
    expect(await kaisa.signIn({ userId: 'koivu.kaisa' }, validPassword)).toMatchObject({
      status: 200,
      body: { rights: [{ role: 'ADMINISTRATOR' }] },
    })
    const entered = await kaisa.request('POST', '/api/people', {
      userId: 'salo.sami',
      name: 'Sami Salo',
      employedFrom: '2026-01-01',
    })
    const id = entered.body['id'] as string
    expect(await kaisa.request('GET', `/api/people/${id}/account`)).toMatchObject({
      body: { password: false, totp: false, passkeys: 0, mayMakeLink: true, mayAskRemoval: false },
    })
    const made = await kaisa.request('POST', `/api/people/${id}/links`)
    expect(made).toMatchObject({ status: 201, body: { kind: 'first-password' } })
    const sami = browse()
    const link = { token: (made.body['path'] as string).replace('/welcome#', '') }
    used.push(token, approver?.token ?? '', link.token)
    expect(await sami.request('POST', '/api/links/look', link)).toMatchObject({
      body: { kind: 'first-password', userId: 'salo.sami', name: 'Sami Salo' },
    })
    expect(await sami.request('POST', '/api/links/use', { ...link, password: validPassword })).toMatchObject({
      status: 403,
      code: 'link.unreleased',
    })
    const releaser = browse()
    await releaser.request('POST', '/api/links/use', {
      ...{ token: approver?.token, password: validPassword, userId: 'koski.matti', name: 'Matti Koski' },
    })
    await releaser.signIn({ userId: 'koski.matti' }, validPassword)
    const waiting = await releaser.request('GET', '/api/directory-changes')
    expect(waiting.body).toMatchObject({
      items: [{ kind: 'link', person: { userId: 'salo.sami' }, askedBy: { name: 'Kaisa Koivu' }, mayDecide: true }],
    })
    const [{ id: change }] = waiting.body['items'] as [{ id: string }]
    const decided = await releaser.request('POST', `/api/directory-changes/${change}/decision`, { confirm: true })
    const code = decided.body['code'] as string
    used.push(code)
    expect(
      await sami.request('POST', '/api/links/use', { ...link, password: validPassword, code: 'wrong' }),
    ).toMatchObject({
      code: 'link.code',
      field: 'code',
    })
    expect((await sami.request('POST', '/api/links/use', { ...link, password: validPassword, code })).status).toBe(200)
    expect(await sami.signIn({ userId: 'salo.sami' }, validPassword)).toMatchObject({ status: 200 })
    expect(await sami.request('GET', `/api/people/${id}/account`)).toMatchObject({ status: 403, code: 'deny.role' })
    expect(await sami.request('POST', `/api/people/${id}/links`)).toMatchObject({ status: 403, code: 'deny.role' })
    expect(
      await kaisa.request('POST', '/api/people', { userId: 'info', name: 'I', employedFrom: '2026-01-01' }),
    ).toMatchObject({
      status: 400,
      code: 'person.not-personal',
      field: 'userId',
    })
  })

  test('leave no password, code, link or token in the log or the audit log', async () => {
    const browser = browse()
    await browser.signIn(signer.aino)
    const { secret, recoveryCodes } = await enrol(browser)
    const { rows } = await pool.query<{ row: string }>('select to_jsonb(a)::text as row from audit_entry a')
    const written = desk.log.join() + rows.map(({ row }) => row).join()
    expect(used).toHaveLength(4)
    for (const word of [
      password,
      validPassword,
      secret,
      ...recoveryCodes,
      ...used,
      ...browser.cookies.values(),
      signer.aino.userId,
      'Virtanen',
    ]) {
      expect(written).not.toContain(word)
    }
  })
})
