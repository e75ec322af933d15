// Quality in AC21 (R3-R6, R37-R39): a quality expert gets from a form and a sample to an evaluation, which its official
// reads, acknowledges and disagrees with; in Finnish, only through the pages.
import { expect, type Page } from '@playwright/test'
import { expectAccessible, reloadUntil, signInOn } from './at-the-desk.ts'
import { recordCall, waitUntilDestroyed } from './record-call.ts'
import { signInAt } from '#test/whole/api.ts'
import { logOf } from './log-of.ts'
import { withoutCalls } from './without-calls.ts'

const test = withoutCalls()

test.describe.configure({ mode: 'serial', timeout: 300_000 })

const monday = () => {
  const today = Temporal.Now.zonedDateTimeISO('Europe/Helsinki').startOfDay()
  return today.subtract({ days: today.dayOfWeek - 1 })
}

async function choose(page: Page, label: string, option: string | RegExp): Promise<void> {
  await page
    .getByRole('button', { name: new RegExp(label) })
    .first()
    .click()
  await page.getByRole('option', { name: option }).first().click()
}

let address = ''

test('Eero writes a form, draws a sample, evaluates by keyboard and releases', async ({ page, seloste }) => {
  const start = Temporal.Now.instant()
  const notDrawn = await recordCall(seloste, {
    endedAt: monday().subtract({ days: 10 }).add({ hours: 13 }).toInstant(),
    seconds: 5,
  })
  const call = await recordCall(seloste, {
    endedAt: monday().subtract({ days: 3 }).add({ hours: 13 }).toInstant(),
    seconds: 30,
  })

  await signInOn(page, seloste, 'eero', { path: '/quality/forms' })
  await page.getByRole('button', { name: 'Aloita uusi lomake' }).click()
  await page.getByRole('textbox', { name: 'Lomakkeen nimi' }).fill('Palvelun laatu')
  await page.getByRole('button', { name: 'Aloita lomake' }).click()
  await page.getByRole('button', { name: 'Lisää osa' }).click()
  await page.getByRole('button', { name: 'Julkaise versio' }).click()
  await expect(page.getByRole('alert')).toContainText('Osan otsikko puuttuu (1)')
  await page.getByRole('textbox', { name: 'Osan otsikko' }).fill('Kohtaaminen')
  await page.getByRole('textbox', { name: 'Kysymys', exact: true }).fill('Tervehtikö virkailija?')
  await page.getByRole('button', { name: 'Lisää kysymys' }).click()
  const second = page.getByRole('group', { name: 'Kysymys 1.2' })
  await second.getByRole('textbox', { name: 'Kysymys', exact: true }).fill('Kuinka selkeä vastaus oli?')
  await second.getByRole('button', { name: /Asteikko/ }).click()
  await page.getByRole('option', { name: '1–5' }).click()
  await expectAccessible(page, 'the form builder')
  await page.getByRole('button', { name: 'Julkaise versio' }).click()
  await page.getByRole('alertdialog').getByRole('button', { name: 'Julkaise versio' }).click()
  await expect(page.getByRole('heading', { name: 'Julkaistut versiot' })).toBeVisible()

  await page.getByRole('link', { name: 'Otannat' }).click()
  await page.getByRole('button', { name: 'Aloita uusi otanta' }).click()
  await page.getByRole('textbox', { name: 'Otannan nimi' }).fill('Testilinjan otanta')
  await choose(page, 'Yksikkö', 'Henkilöverotus')
  await choose(page, 'Palvelunumero', /029 497 099/)
  await page.getByRole('button', { name: 'Aloita otanta' }).click()
  const plan = page.getByRole('listitem').filter({ hasText: 'Testilinjan otanta' })
  await expect(plan).toBeVisible()
  const proven = plan.getByRole('cell', { name: 'Sama tulos' }).first()
  await reloadUntil(page, (options) => expect(proven).toBeVisible(options), 60_000)
  await expectAccessible(page, 'samples')

  await page.getByRole('link', { name: 'Arvioitavat puhelut' }).first().click()
  await expect(page.getByRole('heading', { name: /Odottaa arvioijaa/ })).toBeVisible()
  await expectAccessible(page, 'the queue')
  await expect(page.getByRole('button', { name: /^Arvioi: / })).toHaveCount(1)

  // The start page lists the evaluation among the viewer's tasks, and leads to it.
  await page.goto('/')
  const waiting = page.getByRole('region', { name: 'Sinua odottaa' })
  await expect(waiting.getByRole('listitem').filter({ hasText: 'Puhelu arvioitavaksi' }).first()).toContainText(
    /Palvelun laatu, 029 497 099, .*Odottanut.*Viimeistään/s,
  )
  await expectAccessible(page, 'the start page with tasks')
  await waiting.getByRole('link', { name: 'Puhelu arvioitavaksi' }).first().press('Enter')
  await expect(page.getByRole('heading', { name: /Arviointi: puhelu/ })).toBeVisible()
  await expect(page.getByRole('button', { name: /^Arvioi: / })).toBeVisible()

  // From a call's page: a call that was not drawn cannot be evaluated; a drawn one leads to its evaluation.
  await page.goto(`/contacts/${notDrawn.contactId}`)
  await page.locator('.purpose-card', { hasText: 'Laadun arviointi' }).click()
  const evaluate = page.getByRole('button', { name: 'Arvioi tämä puhelu' })
  await evaluate.click()
  await expect(page.getByText('Tätä puhelua ei ole arvottu arvioitavaksi.')).toBeVisible()
  await expectAccessible(page, 'a call that was not drawn')
  await page.goto(`/contacts/${call.contactId}`)
  await evaluate.press('Enter')
  await expect(page.getByRole('heading', { name: /Arviointi: puhelu/ })).toBeVisible()
  address = page.url()

  // By keyboard: plays the recording, comments at a position, chooses answers with the arrow keys.
  await page.getByRole('button', { name: 'Kuuntele' }).press('Enter')
  await expect(page.getByRole('slider', { name: 'Kohta tallenteessa' })).toBeVisible()
  await page.getByRole('radio', { name: 'Kyllä' }).focus()
  await page.keyboard.press('Space')
  await page.keyboard.press('Control+Enter')
  await page.keyboard.type('Ystävällinen alku.')
  await page.getByRole('radio', { name: '1', exact: true }).focus()
  await page.keyboard.press('Space')
  await page.keyboard.press('ArrowRight')
  await page.keyboard.press('ArrowRight')
  await page.getByRole('textbox', { name: 'Sanallinen arvio' }).fill('Sujuva puhelu.')
  await expect(page.getByText(/Tallennettu klo/)).toBeVisible()
  await expect(page.getByText('Tulos 75 %').first()).toBeVisible()
  await expectAccessible(page, 'evaluating')
  await page.reload()
  await expect(page.getByRole('textbox', { name: 'Sanallinen arvio' })).toHaveValue('Sujuva puhelu.')
  await page.getByRole('button', { name: 'Anna virkailijalle' }).press('Enter')
  await page.getByRole('alertdialog').getByRole('button', { name: 'Anna virkailijalle' }).press('Enter')
  await expect(page.getByText(/Annettu virkailijalle/).first()).toBeVisible()

  const actions = (await logOf(seloste, 'eero', start)).map(({ action }) => action)
  for (const action of [
    'quality.form-published',
    'quality.plan-begun',
    'quality.evaluation-begun',
    'quality.evaluation-released',
  ]) {
    expect(actions).toContain(action)
  }
})

test('Aino reads the evaluation with her own calls, acknowledges it, disagrees, and gets an answer', async ({
  page,
  browser,
  seloste,
}) => {
  const aino = await (await browser.newContext({ baseURL: seloste.url, locale: 'fi-FI' })).newPage()
  await signInOn(aino, seloste, 'aino', { path: '/' })
  await aino.getByRole('link', { name: 'Lukematon arviointi puhelustasi' }).click()
  await expect(aino.getByText('Ystävällinen alku.')).toBeVisible()
  await expectAccessible(aino, 'an official’s own evaluations')
  await aino.getByRole('button', { name: /Olen lukenut arvioinnin/ }).click()
  await expect(aino.getByText(/Kuittasit lukeneesi/)).toBeVisible()
  await aino.getByRole('button', { name: 'Esitä eriävä näkemys' }).click()
  await aino.getByRole('textbox', { name: 'Miksi näet asian toisin' }).fill('Vastaus oli selkeä.')
  await aino.getByRole('button', { name: 'Lähetä näkemys' }).click()
  await expect(aino.getByText('Odottaa vastausta.')).toBeVisible()

  await signInOn(page, seloste, 'eero', { path: new URL(address).pathname })
  await page.getByRole('button', { name: 'Vastaa eriävään näkemykseen' }).click()
  await page.getByRole('textbox', { name: 'Vastaus virkailijalle' }).fill('Kuuntelimme uudelleen; arviointi pysyy.')
  await page.getByRole('button', { name: 'Lähetä vastaus' }).click()
  await expect(page.getByRole('heading', { name: 'Vastaus: arviointi pysyy' })).toBeVisible()
  await aino.reload()
  await expect(aino.getByText('Kuuntelimme uudelleen; arviointi pysyy.')).toBeVisible()

  // Results name no person, and show nothing about a group with only one official.
  await page.getByRole('link', { name: 'Laadun tulokset' }).click()
  await expect(page.getByRole('status').filter({ hasText: /ryhm/ })).toBeAttached()
  await expectAccessible(page, 'results')
})

test('an evaluation whose recording is forbidden meanwhile informs its evaluator and keeps what may be kept', async ({
  page,
  seloste,
}) => {
  const call = await recordCall(seloste, {
    endedAt: monday().subtract({ days: 2 }).add({ hours: 13 }).toInstant(),
    seconds: 20,
  })
  await signInOn(page, seloste, 'eero', { path: '/quality/plans' })
  await page.getByRole('button', { name: 'Lopeta otanta: Testilinjan otanta' }).click()
  await page.getByRole('alertdialog').getByRole('button', { name: 'Lopeta otanta' }).click()
  await page.getByRole('button', { name: 'Aloita uusi otanta' }).click()
  await page.getByRole('textbox', { name: 'Otannan nimi' }).fill('Toinen otanta')
  await choose(page, 'Yksikkö', 'Henkilöverotus')
  await choose(page, 'Palvelunumero', /029 497 099/)
  await page.getByRole('button', { name: 'Aloita otanta' }).click()
  const toEvaluate = page.getByRole('button', { name: /^Arvioi: / }).first()
  await page.goto('/quality')
  await reloadUntil(page, (options) => expect(toEvaluate).toBeVisible(options), 60_000)
  // Removed from the queue in one step: a started evaluation no longer waits for an evaluator.
  await toEvaluate.click()
  await expect(page.getByRole('heading', { name: /Arviointi: puhelu/ })).toBeVisible()
  await page.getByRole('radio', { name: 'Kyllä' }).focus()
  await page.keyboard.press('Space')
  await expect(page.getByText(/Tallennettu klo/)).toBeVisible()

  const aino = await signInAt(seloste.url, 'aino', seloste.password)
  const forbidden = await aino.call('POST', `/api/recordings/${call.recordingId}/prohibitions`, {
    party: 'OFFICIAL',
    channel: 'OWN_CALLS',
  })
  expect(forbidden.ok).toBe(true)
  await waitUntilDestroyed(seloste, call)
  await page.getByRole('textbox', { name: 'Sanallinen arvio' }).fill('Jotain vielä')
  await expect(page.getByText('Kirjoittamasi on vielä tällä sivulla')).toBeVisible()
  await expect(page.getByRole('textbox', { name: 'Sanallinen arvio' })).toHaveValue('Jotain vielä')
  await page.reload()
  await expect(page.getByText('Tallenteen käyttö kiellettiin').first()).toBeVisible()
})
