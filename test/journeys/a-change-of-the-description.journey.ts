// R1, R14, R15, R25 (AC2): the description changes only by its procedure. A draft in the browser; a plan that would
// record all calls, refused with each problem at its field; another person's approval; a version that takes effect, and
// the public page that shows it in three languages. Meanwhile other people start drafts of their own.
import { expect, type Page } from '@playwright/test'
import { signInOn } from './at-the-desk.ts'
import { withoutCalls } from './without-calls.ts'

const test = withoutCalls()
test.describe.configure({ mode: 'serial', timeout: 240_000 })
test.use({ actionTimeout: 15_000 })

const field = (page: Page, name: string) => page.locator(`[id="f-${name}"]`)
const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true })
const problems = (page: Page) => page.locator('.problems li')
const share = 'recordingPlan.rules[0].share'
/** Instant at which the version approved in the first test takes effect. */
let effective: Temporal.Instant

async function beginDraft(page: Page): Promise<void> {
  await button(page, 'Aloita luonnos').click()
  await page.locator('.form-section').first().waitFor()
}

/** Types the instant from which the draft is to be in force, by keyboard. */
async function typeInstant(page: Page, instant: Temporal.Instant): Promise<void> {
  const { day, month, year, hour, minute } = instant.toZonedDateTimeISO('Europe/Helsinki')
  const two = (part: number) => String(part).padStart(2, '0')
  await field(page, 'effectiveFrom').getByRole('spinbutton').first().click()
  await page.keyboard.type(`${two(day)}${two(month)}${year}`)
  await page.locator('.field-time').first().getByRole('spinbutton').first().click()
  await page.keyboard.type(`${two(hour)}${two(minute)}`)
}

test('a draft is refused with every problem at its field, corrected, and approved by another person', async ({
  page,
  seloste,
  browser,
  checkAccessible,
}) => {
  await signInOn(page, seloste, 'eero', { path: '/description' })
  await expect(page.getByRole('heading', { name: 'Voimassa: versio 1' })).toBeVisible()
  await beginDraft(page)
  await expect(problems(page), 'an untouched draft has no problems').toHaveCount(0)
  const address = new URL(page.url()).pathname

  await page.getByRole('button', { name: /^Mitä tallennetaan/ }).click()
  await field(page, 'recordingPlan.defaultShare').fill('100')
  await field(page, share).fill('100')
  await field(page, 'reason').fill('Kolme kuukautta riittää laadun arviointiin.')
  await typeInstant(page, Temporal.Now.instant().add({ hours: 1 }))
  await button(page, 'Tallenna ja lähetä hyväksyttäväksi').click()

  // The refused draft stays a draft, and all its problems are listed at once.
  await expect(page.locator('.problems-title')).toBeFocused()
  await expect(page.locator('.page-head .badge')).toHaveText('Luonnos')
  await expect(problems(page)).toHaveCount(3)
  await expect(page.locator('.problems')).toContainText('Kaikki puhelut')
  await checkAccessible('a draft with problems')
  for (const link of await page.locator('.problems a').all()) {
    await link.focus()
    await page.keyboard.press('Enter')
    const wrong = page.locator('.field[data-invalid]:focus-within')
    await expect(wrong, 'the link leads to the field').toHaveCount(1)
    await expect(wrong.locator('.field-error')).toContainText((await link.textContent()) ?? '')
  }
  await page.getByRole('tab', { name: 'Teksti', exact: true }).click()
  await page.locator('.problems a', { hasText: 'Kaikki puhelut:' }).click()
  const marked = await page.evaluate<string>('document.getSelection().toString()')
  expect(marked.trim(), 'the link leads to its line in the text').toBe('share: 1')

  await page.getByRole('tab', { name: 'Lomake' }).click()
  await field(page, share).fill('')
  await field(page, 'recordingPlan.defaultShare').fill('12,5')
  await field(page, 'recordingPlan.rules[0].recordingMonths').click()
  await page.getByRole('option', { name: '3 kuukautta' }).click()
  await page.getByRole('button', { name: /^Nykylain mukaiset valinnat/ }).click()
  await field(page, 'disclosure.returnWorkingDays').fill('11')
  await button(page, 'Tallenna luonnos').click()
  await expect(problems(page)).toHaveCount(1)
  await page.locator('.problems a').click()
  await expect(field(page, 'disclosure.returnWorkingDays')).toBeFocused()
  await page.keyboard.press('ControlOrMeta+a')
  await page.keyboard.type('5')
  await button(page, 'Tallenna luonnos').click()
  await expect(problems(page)).toHaveCount(0)
  await expect(button(page, 'Tallenna luonnos'), 'saving leaves the focus where it is').toBeFocused()
  const changes = page.getByRole('region', { name: 'Mitä muuttuu' })
  await expect(changes).toContainText('aiemmin 6, jatkossa 3 kuukautta')
  await expect(changes).toContainText('12,5')
  await expect(changes).toContainText('aiemmin 3 työpäivää, jatkossa 5 työpäivää')
  await button(page, 'Tee koeajo').click()
  await expect(page.getByRole('region', { name: 'Koeajo' })).toContainText(
    /029\s497\s000 säilytysaika 6 kuukaudesta 3 kuukauteen: .*tuhottais/,
  )

  // Another person opens the draft before it is submitted: it can be neither decided on nor changed.
  const other = await browser.newPage({ baseURL: seloste.url })
  await signInOn(other, seloste, 'riitta', { path: address })
  await expect(other.getByRole('heading', { level: 1, name: 'Luonnos versioksi 2' })).toBeVisible()
  await expect(other.getByRole('button', { name: /Hyväksy|Lähetä|Tallenna/ })).toHaveCount(0)

  effective = Temporal.Now.instant().add({ seconds: 45 }).round({ smallestUnit: 'minute', roundingMode: 'ceil' })
  await typeInstant(page, effective)
  await button(page, 'Tallenna ja lähetä hyväksyttäväksi').click()
  await expect(page.locator('.page-head .badge')).toHaveText('Odottaa päätöstä')
  await expect(page.getByRole('heading', { level: 1 })).toBeFocused()
  await expect(button(page, 'Hyväksy'), 'nobody approves their own draft').toHaveCount(0)
  await expect(button(page, 'Ota takaisin')).toBeVisible()

  await other.goto('/description')
  await expect(other.locator('.draft-card')).toContainText('Odottaa päätöstäsi')
  await other.getByRole('link', { name: 'Luonnos versioksi 2' }).click()
  await expect(other.locator('#content')).toContainText('Kolme kuukautta riittää laadun arviointiin.')
  await expect(other.locator('.diff-added')).toContainText(['recordingMonths: 3'])
  await expect(other.getByRole('region', { name: 'Koeajo' })).toContainText(
    /029\s497\s000 säilytysaika 6 kuukaudesta 3 kuukauteen: .*tuhottais/,
  )
  await button(other, 'Hylkää').click()
  await expect(field(other, 'note'), 'a rejection needs a reason').toBeFocused()
  await button(other, 'Hyväksy').click()
  await other.getByRole('alertdialog').getByRole('button', { name: 'Hyväksy' }).click()
  await expect(other.locator('#content')).toContainText('Versio 2 on hyväksytty')
  await other.goto('/description')
  await expect(other.locator('.in-force')).toContainText('Versio 2 tulee voimaan')
  expect(
    Temporal.Instant.compare(Temporal.Now.instant(), effective),
    'the version was approved before it takes effect',
  ).toBeLessThan(0)

  await other.close()
})

test('two windows on one draft lose nothing: the second to save gets a message, and keeps the typed text', async ({
  page,
  seloste,
  context,
}) => {
  await signInOn(page, seloste, 'eero', { path: '/description' })
  await beginDraft(page)
  const second = await context.newPage()
  await second.goto(page.url())
  await field(second, 'reason').fill('Toisesta ikkunasta')
  await button(second, 'Tallenna luonnos').click()
  await expect(second.locator('.save-bar')).toContainText('Luonnos on tallennettu.')

  await page.getByRole('button', { name: /^Mitä tallennetaan/ }).click()
  await field(page, 'recordingPlan.defaultShare').fill('9')
  await button(page, 'Tallenna luonnos').click()
  await expect(page.getByRole('alert')).toContainText('Luonnos on muuttunut toisessa ikkunassa')
  await expect(field(page, 'recordingPlan.defaultShare')).toHaveValue('9')
  await expect(field(page, 'reason')).toHaveValue('Toisesta ikkunasta')
  await button(page, 'Lisää omat muutokset').click()
  await page.keyboard.press('Enter')
  await expect(page.locator('.save-bar')).toContainText('Luonnos on tallennettu.')
  await page.reload()
  await expect(field(page, 'reason')).toHaveValue('Toisesta ikkunasta')
  await page.getByRole('button', { name: /^Mitä tallennetaan/ }).click()
  await expect(field(page, 'recordingPlan.defaultShare')).toHaveValue('9')

  await button(page, 'Peru luonnos').click()
  await page.getByRole('alertdialog').getByRole('button', { name: 'Peru luonnos' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Versiot ja muutokset' })).toBeVisible()
})

test('text typed into a draft survives the end of its session', async ({ page, seloste }) => {
  await signInOn(page, seloste, 'eero', { path: '/description' })
  await beginDraft(page)
  await field(page, 'reason').fill('Vielä kesken')
  await page.context().clearCookies()
  await button(page, 'Tallenna luonnos').click()
  await page.locator('#signin-userId').fill('eero')
  await page.locator('#signin-password').fill(seloste.password)
  await page.locator('#signin-password').press('Enter')
  await expect(field(page, 'reason')).toHaveValue('Vielä kesken')
  await button(page, 'Tallenna luonnos').click()
  await expect(page.locator('.save-bar')).toContainText('Luonnos on tallennettu.')
})

test('a file of numbers is imported into a draft completely, or changes nothing and its wrong rows are listed', async ({
  page,
  seloste,
  checkAccessible,
}) => {
  await signInOn(page, seloste, 'eero', { path: '/numbers' })
  await page.getByRole('link', { name: 'Tuo numerot tiedostosta' }).click()
  const heading = 'number;kind;language;name_fi;name_sv;name_en;valid_from'
  const right = '029 497 020;NATIONAL_SERVICE;fi;Yritysten numero;Numret för företag;Number for companies;2027-01-01'
  const pick = async (rows: string[]) => {
    const chooser = page.waitForEvent('filechooser')
    await page.getByRole('button', { name: /Valitse/ }).click()
    const buffer = Buffer.from([heading, ...rows].join('\r\n'))
    await (await chooser).setFiles({ name: 'numerot.csv', mimeType: 'text/csv', buffer })
  }
  await pick([right, right.replace('fi;Yr', 'xx;Yr'), right.replace('2027-01-01', 'pian')])
  await expect(page.getByRole('heading', { name: 'Tiedostoa ei voi tuoda' })).toBeFocused()
  const rows = page.locator('[aria-labelledby=import-outcome] :is(tbody tr, .spaced-list li)')
  await expect(rows.filter({ hasText: 'language' })).toContainText('3')
  await expect(rows.filter({ hasText: 'valid_from' })).toContainText('4')
  await checkAccessible('a refused file of numbers')

  await pick([right])
  await expect(page.getByRole('heading', { name: 'Numerot ovat luonnoksessa' })).toBeFocused()
  await expect(page.locator('.changes')).toContainText('029 497 020')
  await page.getByRole('link', { name: 'Avaa luonnos' }).click()
  await page.getByRole('button', { name: /^Palvelunumerot ja vaihde/ }).click()
  await expect(page.locator('.item', { hasText: '029 497 020' })).toHaveCount(1)
  // A draft is not a version: the list of numbers is unchanged.
  await page.goto('/numbers?text=029497020')
  await expect(page.locator('.notice')).toContainText('Haku ei löytänyt numeroita')
})

test('an approved version takes effect at its instant, and the public page shows it in three languages', async ({
  page,
  seloste,
}) => {
  await page.waitForTimeout(Math.max(0, effective.since(Temporal.Now.instant()).total('milliseconds')))
  await signInOn(page, seloste, 'riitta', { path: '/description' })
  await expect(page.getByRole('heading', { name: 'Voimassa: versio 2' })).toBeVisible()
  await expect(page.locator('.version').first()).toContainText('hyväksynyt Riitta Karjalainen')

  const pages = { fi: '/rekisteriseloste', sv: '/registerbeskrivning', en: '/register-description' } as const
  const expected = { fi: 'Versio 2', sv: 'Version 2', en: 'Version 2' } as const
  for (const language of ['fi', 'sv', 'en'] as const) {
    await page.goto(pages[language])
    const text = await page.locator('body').innerText()
    expect(text).toContain(expected[language])
    expect(text, 'between 2 and 6 months, now 3').toMatch(/2[\s\S]{1,40}6[\s\S]{1,120}3/)
  }
})
