import { expect, type Page } from '@playwright/test'
import { expectAccessible, expectReadableInDark, reloadUntil, test, type Language } from './at-the-desk.ts'

const words: Record<Language, { name: string; search: string; live: string; listen: string }> = {
  fi: { name: 'Suomi', search: 'Haku', live: 'Käynnissä olevat', listen: 'Kuuntele' },
  sv: { name: 'Svenska', search: 'Sökning', live: 'Pågående samtal', listen: 'Lyssna' },
  en: { name: 'English', search: 'Search', live: 'Calls in progress', listen: 'Listen' },
}
/**
 * Widths of the window. Long words are hardest on the narrow one, so every language is checked on it; Finnish on the
 * wide one too.
 */
const [narrow, wide] = [320, 1440]
/**
 * Languages in which a walk visits all screens. Every run has one walk, which checks each screen in the three
 * languages; the long run has a walk in each language.
 */
const walks: readonly Language[] = process.env['SELOSTE_LONG'] === '1' ? ['fi', 'sv', 'en'] : ['fi']

test.describe.configure({ mode: 'parallel' })

for (const language of walks) {
  test(`no screen has an accessibility barrier on a walk in ${language}`, async ({ page, signedIn }) => {
    const checkAccessible = checkInThreeLanguages(page, language)
    test.setTimeout(360_000)
    await page.setViewportSize({ width: narrow, height: 800 })
    await page.goto('/contacts')
    await page.locator('#signin-userId').waitFor()
    await checkAccessible('sign-in')
    await signedIn('sari')
    await choose(page, language)
    await expect(page.locator('html')).toHaveAttribute('lang', language)
    await checkAccessible('choosing a purpose')
    await page.locator('.purpose-card').nth(1).click()

    await expect(page.getByRole('heading', { level: 1, name: words[language].search })).toBeVisible()
    await page.locator('a[data-contact]').first().waitFor()
    await page.locator('.column-choice summary').click()
    await checkAccessible('search')
    await page.locator('.search-fold').click()
    await page.locator('.search-form').waitFor()
    await checkAccessible('the search form on a phone')
    await page.goto('/contacts?official=eikukaan')
    await page.locator('.notice').waitFor()
    await checkAccessible('a search without results')

    await page.goto('/contacts?recorded=available')
    await page.locator('.badge-play').first().click()
    await page.locator('.player-dock .play-button').waitFor()
    await checkAccessible('a player below the search')
    await page.locator('a[data-contact]').first().click()
    await page.locator('.segment').first().waitFor()
    const listen = page.getByRole('button', { name: words[language].listen }).first()
    await listen.waitFor()
    await checkAccessible('a contact')
    await listen.click()
    await page.locator('.waveform > div').first().waitFor()
    await page.locator('.talk > summary').click()
    await checkAccessible('the player')

    await page.goto('/calls')
    await expect(page.getByRole('heading', { level: 1, name: words[language].live })).toBeVisible()
    await page.locator('.failures').waitFor()
    await checkAccessible('calls in progress')
  })

  test(`people and plan have no accessibility barrier on a walk in ${language}`, async ({ page, signedIn }) => {
    const checkAccessible = checkInThreeLanguages(page, language)
    test.setTimeout(360_000)
    await page.setViewportSize({ width: narrow, height: 800 })
    await signedIn('anssi', { path: '/people' })
    await choose(page, language)
    await page.locator('a[data-person]').first().waitFor()
    await checkAccessible('people')
    await page.goto('/')
    await page.locator('.tasks').first().waitFor()
    await checkAccessible('the start page')
    await page.goto('/people')
    await page.locator('a[data-person]').first().click()
    await page.locator('.timeline').waitFor()
    await checkAccessible('a person')
    await page.locator('.change button[type=submit]').click()
    await page.locator('.change .field-error').first().waitFor()
    await checkAccessible('a change without a new value')
    await page.goto('/people?q=eikukaan')
    await page.locator('.notice').waitFor()
    await checkAccessible('a search for people without results')

    await page.goto('/people/new')
    await page.locator('form button[type=submit]').click()
    await page.locator('.field-error').first().waitFor()
    await checkAccessible('a new person without a name')
    await page.goto('/people/import')
    await page.locator('input[type=file]').setInputFiles({
      name: 'wrong.csv',
      mimeType: 'text/csv',
      buffer: Buffer.from('user_id;name;phone\nx;;abc\n'),
    })
    await page.locator('[aria-labelledby=import-outcome] :is(tbody tr, .spaced-list li)').nth(1).waitFor()
    await checkAccessible('a file with wrong rows')

    await page.goto('/plan')
    await page.locator('.rule').nth(2).waitFor()
    await checkAccessible('the plan without rights to calls')
    await page.context().clearCookies()
    await page.evaluate("localStorage.setItem('seloste.language', 'fi')")
    await signedIn('sari', { path: '/plan' })
    await choose(page, language)
    await page.locator('.purpose-card').nth(1).click()
    await page.locator('.shares').nth(1).waitFor()
    await checkAccessible('the plan and its shares')
  })

  test(`the description and its drafts have no accessibility barrier on a walk in ${language}`, async ({
    page,
    signedIn,
  }) => {
    const checkAccessible = checkInThreeLanguages(page, language)
    test.setTimeout(360_000)
    await page.setViewportSize({ width: narrow, height: 800 })
    await signedIn('eero', { path: '/description' })
    await choose(page, language)
    await page.locator('.version').first().waitFor()
    await checkAccessible('versions and drafts')
    await page.locator('.page-head .button-primary').click()
    await page.locator('.form-section').first().waitFor()
    for (const part of await page.locator('.form-section-head button').all()) await part.click()
    const closed = page.locator('.item-head button[aria-expanded=false]')
    while ((await closed.count()) > 0) await closed.first().click()
    await checkAccessible('every field of a draft')
    await page.locator('[id="f-recordingPlan.defaultShare"]').fill('kaikki')
    await checkAccessible('a draft that is not saved')
    await page.locator('.save-bar .button-primary').click()
    await page.locator('.problems').waitFor()
    await checkAccessible('a draft with a problem')
    await page.getByRole('tab').nth(1).click()
    await page.locator('.code-wrong').waitFor()
    await checkAccessible('the text of a draft')
    await page.getByRole('tab').nth(2).click()
    await page.locator('.diff-added').first().waitFor()
    await checkAccessible('the changes of the text')
    await page.locator('.draft-aside .button-link').last().click()
    await page.getByRole('alertdialog').waitFor()
    await checkAccessible('the confirmation before a draft is withdrawn')
    await page.getByRole('alertdialog').locator('.button-primary').click()
    await page.locator('.versions').waitFor()

    await page.goto('/numbers')
    await page.locator('.results, .cards').waitFor()
    await checkAccessible('numbers')
    await page.goto('/numbers?text=eimikään')
    await page.locator('.notice').waitFor()
    await checkAccessible('a search for numbers without results')
    await page.goto('/numbers/import')
    await page.locator('.column-list').waitFor()
    await checkAccessible('the import of numbers')
  })

  test(`the quality of calls has no accessibility barrier on a walk in ${language}`, async ({ page, signedIn }) => {
    const checkAccessible = checkInThreeLanguages(page, language)
    test.setTimeout(360_000)
    await page.setViewportSize({ width: narrow, height: 800 })
    await signedIn('eero', { path: '/quality' })
    await choose(page, language)
    // Waits until the demo has drawn, assigned and begun some evaluations, once its month of calls is entered.
    await reloadUntil(page, (options) => page.locator('.card').nth(3).waitFor(options), 120_000)
    await checkAccessible('the queue of evaluations')
    await page.locator('.card .button').first().click()
    await page.locator('.quality-question').first().waitFor()
    await checkAccessible('an evaluation')
    await page.goto('/quality/plans')
    await page.locator('.table').first().waitFor()
    await page.locator('.panel .button').first().click()
    await checkAccessible('samples')
    await page.goto('/quality/forms')
    await page.locator('.card a').first().click()
    await page.locator('.quality-content').waitFor()
    await page.locator('.actions .button-primary').first().click()
    await page.locator('.quality-editor').first().waitFor()
    await checkAccessible('a form')
    await page.goto('/quality/calibrations')
    await page.locator('.card .quality-spread').waitFor()
    await checkAccessible('calibrations')
    await page.goto('/quality/results')
    await page.getByRole('heading', { level: 1 }).waitFor()
    await checkAccessible('results')
  })

  test(`the pages about the end of recordings have no accessibility barrier on a walk in ${language}`, async ({
    page,
    signedIn,
  }) => {
    const checkAccessible = checkInThreeLanguages(page, language)
    test.setTimeout(360_000)
    await page.setViewportSize({ width: narrow, height: 800 })
    const checkScreen = async (path: string, screen: string, content = 'h1') => {
      await page.goto(path)
      await page.locator(content).first().waitFor()
      await page.waitForLoadState('networkidle')
      await checkAccessible(screen)
    }
    const signInAsAnother = async (userId: string, path: string) => {
      await page.context().clearCookies()
      await page.evaluate("localStorage.setItem('seloste.language', 'fi')")
      await signedIn(userId, { path })
      await choose(page, language)
    }
    await signedIn('riitta', { path: '/retention' })
    await choose(page, language)
    await page.locator('.due-table').waitFor()
    await checkAccessible('the ends of recordings')
    await checkScreen('/retention?by=month', 'the ends of recordings by month')
    await checkScreen('/retention/places', 'places of data')
    await checkScreen('/retention/holds', 'preservation orders', '.panel .badge')
    await checkScreen('/retention/holds?state=ended', 'ended preservation orders')
    await checkScreen('/retention/recalls', 'recalled copies')
    await checkScreen('/request-decisions', 'decisions on requests')

    await signInAsAnother('aino', '/contacts?recorded=available')
    await page.locator('.purpose-card').first().click()
    await page.locator('a[data-contact]').first().click()
    await page.locator('.forbid button').first().click()
    await page.getByRole('alertdialog').waitFor()
    await checkAccessible('the confirmation before a recording is destroyed')

    await signInAsAnother('paula', '/offices')
    await page.locator('.office-cards a').first().waitFor()
    await checkAccessible('offices')
    await page.locator('.office-cards a').first().click()
    await page.locator('.week').waitFor()
    await page.locator('[aria-labelledby=office-times] .actions-forms button').click()
    await page.locator('.step-form button[type=submit]').click()
    await page.locator('.step-form .field-error').first().waitFor()
    await checkAccessible('an office, and times without a host')
    await checkScreen('/appointments', 'appointments', '.panel .facts')
    await checkScreen('/workstation', 'a browser that is no workstation')
    await page.goto('/letter-templates')
    await page.locator('.letter-frame').waitFor()
    await checkAccessible('letter templates')

    await signInAsAnother('tuula', '/contacts?recorded=available')
    await page.locator('.purpose-form .input').fill('ASIA-2026-118')
    await page.locator('.purpose-form button[type=submit]').click()
    await page.locator('a[data-contact]').first().click()
    await page.locator('[aria-labelledby=contact-holds] > button').click()
    await page.locator('.step-form button[type=submit]').click()
    await page.locator('.step-form .field-error').first().waitFor()
    await checkAccessible('a preservation order with empty fields')
  })

  test(`the Service Unit’s desk has no accessibility barrier on a walk in ${language}`, async ({ page, signedIn }) => {
    const checkAccessible = checkInThreeLanguages(page, language)
    test.setTimeout(360_000)
    await page.setViewportSize({ width: narrow, height: 800 })
    await signedIn('paula', { path: '/requests' })
    await choose(page, language)
    await page.locator('a[href^="/requests/"]').first().waitFor()
    await checkAccessible('the queue of requests')
    await page.goto('/requests/new')
    await page.locator('form button[type=submit]').click()
    await page.locator('.field-error').first().waitFor()
    await checkAccessible('a request with empty fields')
    for (const kind of [0, 1, 3]) await page.locator('.checks-list .check').nth(kind).click()
    await page.getByRole('textbox').first().fill(`Kalle ${language}`)
    await page.locator('form button[type=submit]').click()
    await page.locator('#step-who').waitFor()
    await checkAccessible('a request before the requester is identified')
    await page.locator('#step-who .radio-card').first().click()
    await page.locator('#step-who button[type=submit]').click()
    await page.locator('.reported-call-form button[type=submit]').click()
    await page.locator('.reported-call-form .field-error').first().waitFor()
    await checkAccessible('a call with no details entered')
    await page.goto('/requests/statistics')
    await page.locator('table').first().waitFor()
    await checkAccessible('statistics of requests')
  })

  test(`rights, one’s own account and the log have no accessibility barrier on a walk in ${language}`, async ({
    page,
    signedIn,
  }) => {
    const checkAccessible = checkInThreeLanguages(page, language)
    test.setTimeout(360_000)
    await page.setViewportSize({ width: narrow, height: 800 })
    const checkScreen = async (path: string, screen: string, content = 'h1') => {
      await page.goto(path)
      await page.locator(content).first().waitFor()
      await page.waitForLoadState('networkidle')
      await checkAccessible(screen)
    }
    await signedIn('anneli', { path: '/rights' })
    await choose(page, language)
    await checkScreen('/rights', 'requests to decide')
    await checkScreen('/rights/new', 'a new request')
    await page.locator('form button[type=submit]').click()
    await page.locator('.field-error').first().waitFor()
    await checkAccessible('a request with empty fields')
    await checkScreen('/rights/review', 'the review of rights')
    await checkScreen('/account', 'one’s own account')
    await page.goto('/rights')
    await page.locator('a[href^="/rights/people/"]').last().click()
    await page.locator('.panel').first().waitFor()
    await checkAccessible('the rights of a person')

    await page.context().clearCookies()
    await page.evaluate("localStorage.setItem('seloste.language', 'fi')")
    await signedIn('outi', { path: '/log' })
    await choose(page, language)
    await page.locator('[role=row]').nth(3).waitFor()
    await checkAccessible('the log')
    await page.locator('[role=row]').nth(3).click()
    await page.getByRole('dialog').waitFor()
    await checkAccessible('an entry of the log')
    await checkScreen('/alarms', 'alarms')
    await checkScreen('/alarms?state=closed', 'closed alarms')
    await checkScreen('/reviews', 'reviews', '.card-facts')
    const month = Temporal.Now.zonedDateTimeISO('Europe/Helsinki').toPlainDate().toPlainYearMonth().toString()
    await checkScreen(`/reviews/${month}`, 'a month’s review', '.wide-table td')
    await checkScreen('/records', 'the case register', '.radio-card')
    await checkScreen('/my-calls/looks', 'views of one’s own calls')
  })
}

function choose(page: Page, language: Language): Promise<void> {
  return page.getByRole('button', { name: words[language].name, exact: true }).click()
}

/**
 * Checks a screen: narrow in every language, wide in Finnish in light and in dark colours; leaves it narrow and in its
 * own language. While a dialog is open the language cannot be changed: walks in the other languages check it.
 */
function checkInThreeLanguages(page: Page, language: Language): (screen: string) => Promise<void> {
  return async (screen) => {
    await expectAccessible(page, screen)
    if (language !== 'fi') return
    if ((await page.locator('[role=dialog], [role=alertdialog]').count()) === 0) {
      for (const other of ['sv', 'en'] as const) {
        await switchLanguage(page, other)
        await expectAccessible(page, `${screen} in ${other}`)
      }
      await switchLanguage(page, 'fi')
    }
    await page.setViewportSize({ width: wide, height: 800 })
    await expectAccessible(page, `${screen} on a wide screen`)
    await expectReadableInDark(page, screen)
    await page.setViewportSize({ width: narrow, height: 800 })
  }
}

/** Changes the language without the pointer, which would scroll up and leave the focused field. */
async function switchLanguage(page: Page, language: Language): Promise<void> {
  await page.getByRole('button', { name: words[language].name, exact: true }).dispatchEvent('click')
  await expect(page.locator('html')).toHaveAttribute('lang', language)
}
