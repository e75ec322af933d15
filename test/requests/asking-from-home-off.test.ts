/** The switch for requests from home: off, and with a form to sign (R45). */
import { expect, test } from 'vitest'
import { createTestDatabase } from '../database/create-test-database.ts'
import { publishText } from '../database/describe-from.ts'
import { openHome } from './open-home.ts'
import { askingPaths, descriptionPaths } from '#app/publication/addresses.ts'
import { languages } from '#description/closed-lists.ts'
import type { RegisterTables } from '#register/tables.ts'

const database = await createTestDatabase<RegisterTables>()
const { browse, form, waiting, described } = await openHome(database, 'off')

test('without the switch the page is absent and not linked, and nothing can be sent', async () => {
  for (const language of languages) {
    const path = askingPaths[language]
    expect((await browse().fetch(path)).status).toBe(404)
    expect((await browse().fetch(descriptionPaths[language])).text).not.toContain(path)
  }
  expect((await browse().send(askingPaths.fi, form)).status).toBe(404)
  expect((await browse().fetch(`${askingPaths.fi}/tunnistaudu`)).status).toBe(404)
  expect((await browse().fetch('/requester-identification?code=x&state=y')).status).toBe(404)
  expect((await browse().send(`${askingPaths.fi}/vastaus`, { ticket: 'x', code: 'y' })).status).toBe(404)
  expect(await waiting()).toEqual([])
})

test('with the value signed, the sent request is shown as a form to sign, with the law’s text', async () => {
  await publishText(database.as().pool, await described('signed'), Temporal.Now.instant())
  await expect.poll(async () => (await browse().fetch(askingPaths.sv)).status).toBe(200)
  const page = await browse().fetch(askingPaths.sv)
  expect(page.text).toContain('undertecknas')
  expect(page.text).not.toContain('identifiera"')
  const sent = await browse().send(askingPaths.sv, form)
  expect(sent.text).toContain('Personuppgiftslagen (523/1999) 28 §')
  expect(sent.text).toContain('class="signature"')
  expect(sent.text).toContain(form.told)
  expect((await browse().fetch(`${askingPaths.sv}/identifiera`)).status).toBe(404)
  expect(await waiting()).toHaveLength(1)
})
