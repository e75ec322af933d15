// R8, R11, R20: the directory has the official of a call for every day. A person entered by form is the official of the
// next call; a change is in force from its day on and leaves earlier calls unchanged; a file is entered completely or
// not at all.
import { expect, type Page } from '@playwright/test'
import { eventually, signInAt } from '#test/whole/api.ts'
import { officialByKey } from '#test/simulator/people.ts'
import { placeCall } from '#test/simulator/place-call.ts'
import type { RunningSeloste } from '#test/whole/start-seloste.ts'
import { test } from './shared-register-for-staff.ts'

test.describe.configure({ mode: 'serial', timeout: 120_000 })
test.use({ actionTimeout: 15_000 })

const maija = { ...officialByKey('aino'), name: 'Maija Lahti', phone: '+358295121101' }
const day = (date: Temporal.PlainDate) => `${date.day}.${date.month}.${date.year}`
const today = () => Temporal.Now.zonedDateTimeISO('Europe/Helsinki').toPlainDate()
const finnish = (date: Temporal.PlainDate) => [date.day, date.month, date.year].map(String)

/** Places one short call that Maija answers; tests find it by its caller. */
async function callMaija(seloste: RunningSeloste, caller: string): Promise<void> {
  const { outcome } = await placeCall({
    seed: caller,
    caller,
    number: '+35829497000',
    official: maija,
    seconds: 1,
    waitedMs: 2_000,
    server: seloste.sip,
  })
  expect(outcome).not.toBe('unreachable')
}

/** Returns the officials of a caller's contacts, as the supervisor of Henkilöverotus sees them. */
async function seenBySari(seloste: RunningSeloste, caller: string): Promise<(string | undefined)[]> {
  const sari = await signInAt(seloste.url, 'sari', seloste.password)
  const contacts = await sari.contacts({ purpose: 'QUALITY', caller })
  return contacts.flatMap(({ segments }) => segments.map(({ official }) => official?.name))
}

test('a person entered by form is the official of the next call that they answer', async ({
  page,
  signedIn,
  seloste,
}) => {
  await signedIn('anssi', { path: '/people' })
  await page.getByRole('link', { name: 'Lisää henkilö' }).click()
  await page.getByRole('button', { name: 'Lisää henkilö' }).click()
  await expect(page.getByRole('textbox', { name: 'Nimi' })).toBeFocused()
  await expect(page.locator('.field-error')).toHaveCount(2)

  await page.keyboard.type('Maija Lahti')
  await page.keyboard.press('Tab')
  await page.keyboard.type('aino')
  await page.getByRole('combobox', { name: 'Yksikkö' }).fill('henkilö')
  await page.getByRole('option', { name: 'Henkilöverotus' }).click()
  await page.getByRole('combobox', { name: 'Esihenkilö' }).pressSequentially('niemi')
  await page.getByRole('option', { name: /Sari Niemi/ }).click()
  await page.getByRole('textbox', { name: 'Numero, josta vastataan' }).fill('029 512 1101')
  await page.getByRole('button', { name: 'Lisää henkilö' }).click()
  // A user id is never reused, and the wrong field has the focus.
  await expect(page.getByRole('textbox', { name: 'Käyttäjätunnus' })).toBeFocused()
  await expect(page.locator('.field-error')).toContainText('Samaa tunnusta ei anneta')
  await page.getByRole('textbox', { name: 'Käyttäjätunnus' }).fill('maija')
  await page.keyboard.press('Enter')

  await expect(page.getByRole('heading', { level: 1, name: 'Maija Lahti' })).toBeVisible()
  await expect(page.locator('#content')).toContainText('029 512 1101')
  await expect(page.getByRole('link', { name: 'Sari Niemi' }).first()).toBeVisible()

  // Capture is notified of the new person.
  await eventually(async () => {
    const caller = `+35840125${String(Date.now()).slice(-5)}`
    await callMaija(seloste, caller)
    return (await seenBySari(seloste, caller)).includes('Maija Lahti') ? true : undefined
  }, 'a call with the name of the new official')
})

test('a change of unit from a day on leaves earlier calls in the former unit', async ({ page, signedIn, seloste }) => {
  const [before, after] = ['+358401260001', '+358401260002']
  await callMaija(seloste, before)
  await signedIn('anssi', { path: '/people?q=maija' })
  await page.getByRole('link', { name: 'Maija Lahti' }).click()
  await choose(page, 'Yksikkö')
  await page.getByRole('button', { name: 'Tallenna muutos' }).click()
  // Without a changed field there is no change to save.
  await expect(page.locator('.field-error')).toContainText('Kirjoita yksikkö')
  await page.getByRole('combobox', { name: 'Yksikkö' }).fill('Yritysverotus')
  await page.keyboard.press('Escape')
  await expect(page.locator('.effect')).toContainText('Aiemmat puhelut jäävät entiseen yksikköön: Henkilöverotus')
  await page.getByRole('button', { name: 'Tallenna muutos' }).press('Enter')
  // Two people decide because it changes who may listen to her calls.
  await expect(page.getByRole('region', { name: 'Toisen henkilön vahvistusta odottavat muutokset' })).toContainText(
    'Yksikkö: Yritysverotus',
  )
  await confirmChanges(seloste)
  await page.reload()
  await expect(page.locator('.timeline > li').first()).toContainText('Yritysverotus')

  await eventually(async () => {
    const caller = `+35840127${String(Date.now()).slice(-5)}`
    await callMaija(seloste, caller)
    const sari = await seenBySari(seloste, caller)
    return sari.length === 0 ? true : undefined
  }, 'a call outside Henkilöverotus')
  await callMaija(seloste, after)
  await eventually(async () => {
    const tuula = await signInAt(seloste.url, 'tuula', seloste.password)
    const found = await tuula.contacts({ purpose: 'CRIME_OR_MISUSE', reference: 'KOE-1', caller: after })
    return found.length > 0 ? true : undefined
  }, 'the call after the change is in the register')
  expect(await seenBySari(seloste, after)).toEqual([])
  expect(await seenBySari(seloste, before)).toEqual(['Maija Lahti'])

  // A future change is in the history, marked as future.
  const coming = today().add({ days: 7 })
  await choose(page, 'Nimi')
  await page.getByRole('textbox', { name: 'Uusi nimi' }).fill('Maija Lahti-Koski')
  await writeDay(page, coming)
  await page.getByRole('button', { name: 'Tallenna muutos' }).press('Enter')
  const newest = page.locator('.timeline > li').first()
  await expect(newest).toContainText(day(coming))
  await expect(newest).toContainText('tulossa')
  await expect(page.getByRole('heading', { level: 1, name: 'Maija Lahti', exact: true })).toBeVisible()
})

test('a file with errors changes nothing and reports every wrong row, and the corrected file is entered completely', async ({
  page,
  signedIn,
  checkAccessible,
}) => {
  const heading = 'user_id;name;unit;supervisor;phone;employed_from'
  const rows = {
    wrong: [
      'ville;Ville Vallaton;Henkilöverotus;sari;029 512 1001;1.12.2026',
      'ville;Ville Vallaton;Henkilöverotus;sari;029 512 1102;1.12.2026',
      'ossi;;Henkilöverotus;eikukaan;abc;32.1.2026',
    ],
    right: [
      'ville;Ville Vallaton;Henkilöverotus;sari;029 512 1102;1.11.2026',
      'ossi;Ossi Åberg;Uusi yksikkö;sari;029 512 1103|029 512 1104;2026-11-01',
      'kaisa;Kaisa Mäkelä-Virta;Henkilöverotus;sari;029 512 1003;',
    ],
  }
  await signedIn('anssi', { path: '/people/import' })
  await pick(page, 'väärä.csv', [heading, ...rows.wrong].join('\r\n'))
  await expect(page.getByRole('heading', { name: 'Tiedostoa ei voi tuoda' })).toBeFocused()
  const reported = (await page.locator('[aria-labelledby=import-outcome] tbody tr').allInnerTexts()).join('\n')
  expect(reported).toMatch(/2\s+phone\s+Numero 029 512 1001 on henkilöllä Aino Virtanen/)
  expect(reported).toMatch(/3\s+user_id/)
  expect(reported).toMatch(/4\s+name/)
  expect(reported).toMatch(/4\s+supervisor\s+.*eikukaan/)
  expect(reported).toMatch(/4\s+phone\s+.*abc/)
  expect(reported).toMatch(/4\s+employed_from\s+.*32\.1\.2026/)
  await expect(page.getByRole('button', { name: /^Tuo / })).toHaveCount(0)
  await checkAccessible('a file with wrong rows')

  await pick(page, 'latin1.csv', Buffer.from([heading, ...rows.right].join('\n'), 'latin1'))
  await expect(page.locator('[aria-labelledby=import-outcome]')).toContainText('Windows-1252')
  await page.goto('/people?q=ville')
  await expect(page.getByText('Näillä ehdoilla ei löydy henkilöitä').first()).toBeVisible()

  await page.goto('/people/import')
  await pick(page, 'oikea.csv', [heading, ...rows.right].join('\n'))
  await expect(page.getByRole('heading', { name: 'Tarkistuksen tulos' })).toBeFocused()
  await page.getByRole('button', { name: 'Tuo 3 henkilöä' }).click()
  await expect(page.getByRole('heading', { name: 'Henkilöt on tuotu' })).toBeFocused()
  await page.goto('/people?unit=Uusi+yksikk%C3%B6')
  await expect(page.locator('a[data-person]')).toHaveText(['Ossi Åberg'])
  await expect(page.locator('#content')).toContainText('029 512 1104')

  // The same file entered again changes nothing.
  await page.goto('/people/import')
  await pick(page, 'oikea.csv', [heading, ...rows.right].join('\n'))
  await expect(page.locator('[aria-labelledby=import-outcome]')).toContainText('Hakemisto on jo tiedoston mukainen')
})

test('a person who may not change the directory finds no button for it, and the API refuses it', async ({
  page,
  signedIn,
  seloste,
}) => {
  await signedIn('sari', { path: '/people?q=aino' })
  await page.getByRole('link', { name: 'Aino Virtanen' }).click()
  await expect(page.getByRole('heading', { name: 'Historia' })).toBeVisible()
  await expect(page.getByRole('heading', { name: 'Muuta tietoja' })).toHaveCount(0)
  const sari = await signInAt(seloste.url, 'sari', seloste.password)
  const id = new URL(page.url()).pathname.split('/').at(-1) ?? ''
  const refused = await sari.call('POST', `/api/people/${id}/changes`, { from: today().toString(), name: 'Muu' })
  expect(refused.status).toBe(403)
})

test('a name and a unit of 190 letters without a space need no horizontal scrolling, on the narrowest screen and on a wide one', async ({
  page,
  signedIn,
  checkAccessible,
}) => {
  await page.setViewportSize({ width: 320, height: 800 })
  await signedIn('anssi', { path: '/people/new' })
  const name = 'W'.repeat(190)
  await page.getByRole('textbox', { name: 'Nimi' }).fill(name)
  await page.getByRole('textbox', { name: 'Käyttäjätunnus' }).fill('w'.repeat(60))
  await page.getByRole('combobox', { name: 'Yksikkö' }).fill('Y'.repeat(190))
  await page.keyboard.press('Tab')
  await page.getByRole('button', { name: 'Lisää henkilö' }).click()
  await expect(page.getByRole('heading', { name })).toBeVisible()
  await checkAccessible('a person with a long name')
  await page.goto('/people?q=WWW')
  await expect(page.getByRole('link', { name })).toBeVisible()
  await checkAccessible('people, one with a long name')
  await page.setViewportSize({ width: 1440, height: 800 })
  await expect(page.getByRole('table')).toBeVisible()
  await checkAccessible('a table of people, one with a long name')
})

/** Confirms changes that wait for a second person, as the access-rights approver. */
async function confirmChanges(seloste: RunningSeloste): Promise<void> {
  const anneli = await signInAt(seloste.url, 'anneli', seloste.password)
  const { items } = (await (await anneli.call('GET', '/api/directory-changes')).json()) as { items: { id: string }[] }
  for (const { id } of items) {
    const { status } = await anneli.call('POST', `/api/directory-changes/${id}/decision`, { confirm: true })
    expect(status).toBe(200)
  }
}

async function choose(page: Page, kind: string): Promise<void> {
  await page.getByRole('button', { name: /Mikä muuttuu/ }).click()
  await page.getByRole('option', { name: kind, exact: true }).click()
}

/** Types day, month and year into the three parts of the date field, by keyboard. */
async function writeDay(page: Page, date: Temporal.PlainDate): Promise<void> {
  const parts = page.locator('.change .date-segment[role=spinbutton]')
  for (const [index, written] of finnish(date).entries()) {
    await parts.nth(index).focus()
    await page.keyboard.type(written)
  }
}

async function pick(page: Page, name: string, content: string | Buffer): Promise<void> {
  const [chooser] = await Promise.all([
    page.waitForEvent('filechooser'),
    page.getByRole('button', { name: /Valitse .*tiedosto/ }).click(),
  ])
  await chooser.setFiles({ name, mimeType: 'text/csv', buffer: Buffer.from(content) })
}
