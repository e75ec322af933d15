// The Service Unit's desk in a browser, as a clerk uses it, in any of the three languages. Uses only the pages, except
// to change a time that a test cannot wait for.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, type Browser, type Locator, type Page } from '@playwright/test'
import { sql } from 'kysely'
import type { RunningSeloste } from '#test/whole/start-seloste.ts'
import { signInOn, type Language } from './at-the-desk.ts'
import { withOwnDatabase } from './past-calls.ts'

export const languages = ['fi', 'sv', 'en'] as const
/** Languages of a journey: the given one in every run, all of them in the long run. */
export const languagesOfRun = (language: Language): readonly Language[] =>
  process.env['SELOSTE_LONG'] === '1' ? languages : [language]
const texts = join(import.meta.dirname, '../../texts/pages')
type Area = Record<string, Record<Language, string>>
const names = { fi: 'Suomi', sv: 'Svenska', en: 'English' } as const
const zone = 'Europe/Helsinki'

/** A requester's description of a call. */
export interface ReportedCall {
  at: Temporal.Instant
  accuracy?: 'MINUTES' | 'HALF_HOUR' | 'HOURS'
  /** Undefined if the number was withheld. */
  callerNumber?: string
  serviceNumber?: string
  minutes?: number
  official?: string
}

export interface Requester {
  name: string
  kinds: readonly string[]
  party?: 'CALLER' | 'OFFICIAL' | 'MENTIONED' | 'OUTSIDER'
  officialUserId?: string
  /** Language of the letters; by default the page's own. */
  language?: Language
}

/** Returns the texts of the pages in a language; fills in `{{name}}`. */
export function wordsIn(language: Language): (key: string, given?: Record<string, string | number>) => string {
  return (key, given = {}) => {
    const area = JSON.parse(readFileSync(join(texts, `${key.split('.', 1)[0]}.json`), 'utf8')) as Area
    const text = area[key]?.[language]
    if (text === undefined) throw new Error(`the pages have no text ${key}`)
    return Object.entries(given).reduce(
      (filled, [name, value]) => filled.replaceAll(`{{${name}}}`, String(value)),
      text,
    )
  }
}

/** Shows the same page in each language in turn, with Finnish last. */
export async function inEachLanguage(
  page: Page,
  check: (t: ReturnType<typeof wordsIn>, language: Language) => Promise<void>,
): Promise<void> {
  for (const language of [...languages.slice(1), 'fi'] as const) {
    await page.getByRole('button', { name: names[language], exact: true }).click()
    await expect(page.locator('html')).toHaveAttribute('lang', language)
    await check(wordsIn(language), language)
  }
}

export type ServiceDesk = Awaited<ReturnType<typeof atServiceDesk>>

/** Opens a browser for a person of the Service Unit. */
export async function atServiceDesk(
  browser: Browser,
  seloste: RunningSeloste,
  { userId = 'paula', language = 'fi' }: { userId?: string; language?: Language } = {},
) {
  const context = await browser.newContext({ baseURL: seloste.url, locale: 'fi-FI', timezoneId: zone })
  const page = await context.newPage()
  const t = wordsIn(language)
  await page.goto('/requests')
  if (language !== 'fi') await page.getByRole('button', { name: names[language], exact: true }).click()
  await signInOn(page, seloste, userId, { path: '/requests' })
  await expect(page.locator('html')).toHaveAttribute('lang', language)

  const content = page.locator('#content')
  const button = (key: string, given?: Record<string, string>) =>
    page.getByRole('button', { name: t(key, given), exact: true })

  /** Enters a request at the desk. Returns its number. */
  async function enter({
    name,
    kinds,
    party = 'CALLER',
    officialUserId,
    language: ofLetters,
  }: Requester): Promise<string> {
    await page.goto('/requests/new')
    if (party !== 'CALLER') await page.getByText(t(`requests.request.party.${party}`)).click()
    for (const kind of kinds) await page.getByText(t(`requests.request.kind.${kind}`), { exact: true }).click()
    await page.getByLabel(t('requests.request.name'), { exact: true }).fill(name)
    if (officialUserId !== undefined) {
      await page.getByLabel(t('requests.request.userId'), { exact: true }).fill(officialUserId)
    }
    await choose(t('requests.request.language'), names[ofLetters ?? language])
    await button('requests.enter').click()
    const heading = page.getByRole('heading', { level: 1 })
    await expect(heading).toContainText(/P-\d{4}-\d+/)
    return /P-\d{4}-\d+/.exec((await heading.textContent()) ?? '')![0]
  }

  async function choose(label: string, option: string): Promise<void> {
    await page.getByRole('button', { name: label }).click()
    await page.getByRole('option', { name: option, exact: true }).click()
  }

  async function identify(method = 'ID_CARD'): Promise<void> {
    // Without a means of identification nothing is recorded, and the focus is on the choice of the means.
    await button('requests.request.identify.do').press('Enter')
    await expect(page.locator('#step-who [data-invalid] input').first()).toBeFocused()
    await page.locator('.radio-card', { hasText: t(`requests.request.identified.${method}`) }).click()
    await button('requests.request.identify.do').click()
    await expect(page.locator('#call-new')).toBeVisible()
  }

  /** Enters a call's details in the open form, and searches for the call. Returns the call's part of the page. */
  async function searchCall(call: ReportedCall, form: Locator = page.locator('.reported-call-form')): Promise<void> {
    const at = call.at.toZonedDateTimeISO(zone)
    const two = (part: number) => String(part).padStart(2, '0')
    const { day, month } = at
    await form.locator('.field-day').getByRole('spinbutton').first().click()
    await page.keyboard.type(`${two(day)}${two(month)}${at.year}`)
    await form.locator('.field-time').getByRole('spinbutton').first().click()
    await page.keyboard.type(`${two(at.hour)}${two(at.minute)}`)
    if (call.accuracy) {
      await form.getByRole('button', { name: t('requests.told.accuracy') }).click()
      await page.getByRole('option', { name: t(`requests.told.accuracy.${call.accuracy}`) }).click()
    }
    const withheld = form.getByRole('switch', { name: t('requests.told.withheld') })
    if (call.callerNumber === undefined && !(await withheld.isChecked()))
      await form.getByText(t('requests.told.withheld'), { exact: true }).click()
    for (const field of ['callerNumber', 'serviceNumber', 'minutes', 'official'] as const) {
      const value = call[field]
      if (value !== undefined)
        await form.locator(`[id$="-${field}"]`).locator('visible=true').first().fill(String(value))
    }
    await form.locator('button[type=submit]').click()
    await expect(form).toHaveCount(0)
  }

  /** The call that the requester named at this position. */
  const call = (ordinal = 1) => page.locator('#step-calls .request-call').nth(ordinal - 1)
  const expectCallState = async (state: string, ordinal = 1) =>
    expect(call(ordinal).locator('.badge').first()).toHaveText(t(`requests.call.${state}`))

  /** Plays a moment of a call, and records that the requester is its party. */
  async function verify(ordinal = 1): Promise<void> {
    const namedCall = call(ordinal)
    await expect(namedCall.getByRole('button', { name: t('requests.verify.yes') })).toBeDisabled()
    await namedCall.getByRole('button', { name: t('listening.start') }).click()
    await expect(namedCall.getByRole('button', { name: t('requests.verify.yes') })).toBeEnabled({ timeout: 20_000 })
    await namedCall.getByRole('button', { name: t('requests.verify.yes') }).click()
    await expectCallState('MATCHED', ordinal)
  }

  /** Enters a request, identifies the requester, and finds and verifies the call. Returns the request's number. */
  async function enterVerified(requester: Requester, call: ReportedCall): Promise<string> {
    const number = await enter(requester)
    await identify()
    await searchCall(call)
    await expectCallState('FOUND')
    await verify()
    return number
  }

  /** Makes a letter. Returns its text. */
  async function letter(kind: string): Promise<string> {
    await button('letters.make.one', { kind: t(`letters.kind.${kind}`) }).click()
    const row = page.locator('.letter', { has: page.getByRole('heading', { name: t(`letters.kind.${kind}`) }) }).first()
    const href = await row.getByRole('link', { name: t('letters.read') }).getAttribute('href')
    const answer = await page.request.get(href ?? '')
    expect(answer.status()).toBe(200)
    const pdf = await page.request.get((href ?? '').replace(/html$/, 'pdf'))
    expect((await pdf.body()).subarray(0, 5).toString()).toBe('%PDF-')
    return (await answer.text())
      .replace(/<style[\s\S]*?<\/style>/g, '')
      .replace(/<[^>]+>/g, ' ')
      .replace(/\s+/g, ' ')
  }

  /** Records that a letter was handed over. */
  async function handOver(kind: string): Promise<void> {
    const named = t(`letters.kind.${kind}`)
    const row = page.locator('.letter', { has: page.getByRole('heading', { name: named }) }).first()
    await row.getByRole('button', { name: `${t('letters.deliver')}: ${named}`, exact: true }).click()
    await row.locator('.radio-card', { hasText: t('letters.delivery.HANDED_OVER') }).click()
    await row.getByRole('button', { name: t('letters.deliver.do'), exact: true }).click()
    await expect(row.getByText(t('letters.sent'), { exact: true })).toBeVisible()
  }

  return {
    ...{
      page,
      t,
      content,
      button,
      choose,
      enter,
      identify,
      searchCall,
      call,
      expectCallState,
      verify,
      enterVerified,
      letter,
      handOver,
    },
    close: () => context.close(),
  }
}

/** Moves a request's appointment to now, because a test cannot wait for days. */
export async function moveAppointmentToNow(seloste: RunningSeloste, number: string, minutes = 30): Promise<void> {
  await withOwnDatabase(seloste, async (db) => {
    await sql`
      update office_slot s set starts_at = now() - interval '1 minute', ends_at = now() + make_interval(mins => ${minutes})
      from appointment a join subject_request q on q.id = a.request_id
      where a.slot_id = s.id and a.state = 'BOOKED' and q.number = ${number}`.execute(db)
  })
}
