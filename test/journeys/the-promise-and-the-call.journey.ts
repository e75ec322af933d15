// AC1 (R1, R2, R9-R11, R14, R16, R17, R25): a call is recorded as the published description says, and when the
// description changes, the public page, the terms and the name on every screen change too.
import { expect, type Page } from '@playwright/test'
import { sql } from 'kysely'
import { officialByKey } from '#test/simulator/people.ts'
import { placeCall } from '#test/simulator/place-call.ts'
import { eventually, signInAt } from '#test/whole/api.ts'
import type { RunningSeloste } from '#test/whole/start-seloste.ts'
import { changeDescription } from './change-description.ts'
import { signInOn } from './at-the-desk.ts'
import { withOwnDatabase } from './past-calls.ts'
import { withoutCalls } from './without-calls.ts'

const test = withoutCalls()
test.describe.configure({ mode: 'serial', timeout: 180_000 })

const pages = { fi: '/rekisteriseloste', sv: '/registerbeskrivning', en: '/register-description' } as const
const serviceNumber = '+35829497000'
const atOnce = 12

/** Places calls to the service number until one is drawn. Returns the caller of that call. */
async function placeUntilDrawn(seloste: RunningSeloste): Promise<string> {
  for (let batch = 0; batch < 20; batch++) {
    const drawn: string[] = []
    await Promise.all(
      Array.from({ length: atOnce }, async (_, index) => {
        const caller = `+3584012${String(10_000 + batch * atOnce + index)}`
        await placeCall({
          seed: caller,
          caller,
          number: serviceNumber,
          official: officialByKey('aino'),
          seconds: 2,
          waitedMs: 90_000,
          server: seloste.sip,
          onEvent: (event) => {
            if (event.kind === 'answered' && event.recording) drawn.push(caller)
          },
        })
      }),
    )
    if (drawn[0] !== undefined) return drawn[0]
  }
  throw new Error('of 240 calls at 10 % not one was drawn')
}

test('a drawn call is one contact with its five fields, one recording, and the rule that decided', async ({
  page,
  seloste,
}) => {
  const caller = await placeUntilDrawn(seloste)
  const sari = await signInAt(seloste.url, 'sari', seloste.password)
  await eventually(async () => {
    const [found] = await sari.contacts({ purpose: 'QUALITY', caller })
    return found?.segments[0]?.recording.state === 'available' || undefined
  }, 'the recording is ingested')
  await signInOn(page, seloste, 'sari', {
    path: `/contacts?caller=${encodeURIComponent(caller)}`,
    purpose: 'Laadun arviointi',
  })
  await expect(page.locator('a[data-contact]')).toHaveCount(1)
  await page.locator('a[data-contact]').click()
  const content = page.locator('#content')
  await expect(content).toContainText('029 497 000')
  await expect(content).toContainText('Aino Virtanen')
  await expect(content).toContainText('029 512 1001')
  await expect(content.getByRole('heading', { name: 'Miksi puhelu tallennettiin' })).toHaveCount(1)
  await expect(content).toContainText('Palvelunumerot')
  await expect(content).toContainText('versio 3')
  // The description's term: six calendar months, less one day for the destruction, and never less than two months.
  const today = Temporal.Now.zonedDateTimeISO('Europe/Helsinki').toPlainDate()
  const day = (date: Temporal.PlainDate) => `${date.day}.${date.month}.${date.year}`
  await expect(content).toContainText(day(today.add({ months: 6 }).subtract({ days: 1 })))
  await expect(content).toContainText(day(today.add({ months: 2 })))
})

test('another controller and a shorter term become a new version, in three languages, without the old name', async ({
  page,
  seloste,
}) => {
  // Closes open requests, because a shorter term would wait for every requester who has asked to listen to a call.
  await withOwnDatabase(seloste, async (db) => {
    await sql`
      update subject_request set closed_at = now(), closed_by = entered_by, outcome = 'WITHDRAWN' where closed_at is null`.execute(
      db,
    )
  })
  const { version } = await changeDescription(seloste, (text) =>
    text
      .replaceAll('Verohallinnon', 'Lupaviraston')
      .replaceAll('Verohallinnolla', 'Lupavirastolla')
      .replaceAll('Verohallinnossa', 'Lupavirastossa')
      .replaceAll('Verohallinto', 'Lupavirasto')
      .replaceAll('Skatteförvaltningen', 'Tillståndsverket')
      .replaceAll('Tax Administration', 'Permit Agency')
      .replace('recordingMonths: 6', 'recordingMonths: 3'),
  )
  expect(version).toBe(2)

  const expected = { fi: 'Lupavirasto', sv: 'Tillståndsverket', en: 'Permit Agency' } as const
  for (const language of ['fi', 'sv', 'en'] as const) {
    await page.goto(pages[language])
    await expect(page.locator('html')).toHaveAttribute('lang', language)
    const text = await page.locator('body').innerText()
    expect(text).toContain(expected[language])
    expect(text, 'between 2 and 6 months, now 3').toMatch(/2[\s\S]{1,40}6[\s\S]{1,120}3/)
    expectNoOldName(text)
    await page.goto(`${pages[language]}/1`)
    expect(await page.locator('body').innerText()).toMatch(/Verohallinto|Skatteförvaltningen|Tax Administration/)
  }

  await page.goto('/contacts')
  await expect(page.locator('.service-organisation')).toHaveText('Lupavirasto')
  expectNoOldName(await page.locator('body').innerText())
  await signInOn(page, seloste, 'sari', { purpose: 'Laadun arviointi' })
  for (const path of ['/contacts', '/calls', '/plan', '/numbers', '/people']) {
    await page.goto(path)
    await page.getByRole('heading', { level: 1 }).waitFor()
    expectNoOldName(await settledText(page))
  }
})

function expectNoOldName(text: string): void {
  expect(text).not.toMatch(/Verohallin|Skatteförvaltning|Tax Administration/)
}

async function settledText(page: Page): Promise<string> {
  await page.waitForLoadState('networkidle')
  return page.locator('body').innerText()
}
