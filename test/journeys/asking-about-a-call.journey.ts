// AC2, AC9, AC14, AC15 (R26, R42, R44, R46, L8): a person who asks about a call learns only about that call, once it is
// verified as theirs: that it was not recorded, or that its recording is destroyed and why. About a call that is too
// old they learn nothing.
import { expect } from '@playwright/test'
import { numbersCalled, officialByKey } from '#test/simulator/people.ts'
import { eventually, signInAt } from '#test/whole/api.ts'
import { recordCall } from './record-call.ts'
import { inFinland, reportPastCalls } from './past-calls.ts'
import { atServiceDesk, languagesOfRun, type ReportedCall } from './service-desk.ts'
import { test } from './shared-register.ts'

test.describe.configure({ timeout: 180_000 })

const number = numbersCalled.national
const minutesAgo = (minutes: number) => Temporal.Now.instant().subtract({ minutes })
const monthsAgo = (months: number) =>
  Temporal.Now.zonedDateTimeISO('Europe/Helsinki').subtract({ months }).with({ hour: 12, minute: 0 }).toInstant()

/** Returns a call that was answered at an instant. */
function answered(
  at: Temporal.Instant,
  { caller, by = 'aino', minutes = 3, drawn }: { caller?: string; by?: string; minutes?: number; drawn?: boolean },
) {
  const endedAt = at.add({ minutes })
  return {
    ...(caller !== undefined && { caller }),
    startedAt: at.subtract({ seconds: 20 }),
    endedAt,
    numberCalled: number,
    segments: [{ official: officialByKey(by).phone, number, answeredAt: at, endedAt }],
    ...(drawn !== undefined && { drawn }),
  }
}

for (const language of languagesOfRun('sv')) {
  test(`answers about a call that was not recorded, a call whose recording is destroyed and a call that is too old (${language})`, async ({
    browser,
    seloste,
  }) => {
    const caller = `+35850555${{ fi: '2001', sv: '2002', en: '2003' }[language]}`
    const [unrecorded, destroyed, old] = [minutesAgo(40), monthsAgo(8), monthsAgo(15)]
    await reportPastCalls(seloste, [
      answered(unrecorded, { caller, drawn: false }),
      answered(destroyed, { caller, drawn: true }),
      answered(old, { caller, drawn: false }),
    ])
    const sari = await signInAt(seloste.url, 'sari', seloste.password)
    await eventually(
      async () =>
        (await sari.contacts({ purpose: 'QUALITY', caller })).some(
          ({ segments }) => segments[0]?.recording.state === 'destroyed',
        ) || undefined,
      'the old recording is destroyed',
      120_000,
    )
    const desk = await atServiceDesk(browser, seloste, { language })
    const { t } = desk
    await desk.enter({ name: `Liisa Esimerkki ${language}`, kinds: ['KNOW', 'HISTORY'] })
    await desk.identify('STRONG_EID')
    const callAt = (at: Temporal.Instant): ReportedCall => ({
      at,
      callerNumber: caller,
      official: 'Virtanen',
      minutes: 3,
    })

    await desk.searchCall(callAt(unrecorded))
    await desk
      .call(1)
      .getByRole('button', { name: t('requests.verify.yes') })
      .click()
    await desk.expectCallState('MATCHED', 1)
    await expect(desk.call(1)).toContainText(t('contact.recording.sentence.none'))
    await desk.button('requests.calls.another').click()
    await desk.searchCall(callAt(destroyed))
    await desk
      .call(2)
      .getByRole('button', { name: t('requests.verify.yes') })
      .click()
    await expect(desk.call(2)).toContainText(t('contact.cause.retention'))
    await desk.button('requests.calls.another').click()
    await desk.searchCall(callAt(old))
    await desk.expectCallState('NOT_FOUND', 3)

    const letter = await desk.letter('answer')
    expect(letter).toContain('Aino Virtanen')
    // No recording is left to listen to, so no time can be booked.
    await expect(desk.button('offices.book.open')).toHaveCount(0)
    await desk.close()
  })
}

for (const language of languagesOfRun('en')) {
  test(`from a withheld number: a call that fits the description alone is found, and nothing is revealed about two similar calls (${language})`, async ({
    browser,
    seloste,
  }) => {
    const day = Temporal.Now.plainDateISO('Europe/Helsinki').subtract({ days: { fi: 2, sv: 3, en: 4 }[language] })
    const at = (time: string) => inFinland(`${day.toString()}T${time}`)
    await reportPastCalls(seloste, [
      ...Array.from({ length: 11 }, (_, n) => answered(at(`0${8 + (n % 2)}:${String(n * 4 + 10)}`), { by: 'kaisa' })),
      answered(at('13:02'), { by: 'bertil', minutes: 10, drawn: true }),
      answered(at('15:00'), { by: 'bertil', minutes: 4, drawn: true }),
      answered(at('15:06'), { by: 'bertil', minutes: 4, drawn: true }),
    ])
    const desk = await atServiceDesk(browser, seloste, { language })
    const { page, t } = desk
    await desk.enter({ name: `Kalle Koe ${language}`, kinds: ['KNOW', 'LISTEN'] })
    await desk.identify()
    await desk.searchCall({ at: at('13:00'), serviceNumber: number, minutes: 10 })
    await desk.expectCallState('FOUND')
    await expect(desk.call()).not.toContainText('Bertil')
    await desk.verify()
    await expect(desk.call()).toContainText(t('contacts.caller.withheld'))

    await desk.button('requests.calls.another').click()
    await desk.searchCall({ at: at('15:03'), serviceNumber: number, official: 'Bertil', accuracy: 'MINUTES' })
    await desk.expectCallState('SEVERAL', 2)
    await expect(desk.call(2)).not.toContainText(/Lindqvist|15[.:]0[06]/)
    await desk
      .call(2)
      .getByRole('button', { name: t('requests.call.giveUp') })
      .click()
    await page
      .getByRole('alertdialog')
      .getByRole('button', { name: t('requests.call.giveUp') })
      .click()
    await desk.expectCallState('NOT_IDENTIFIABLE', 2)
    const letter = await desk.letter('not-identifiable')
    expect(letter).not.toMatch(/Lindqvist|Bertil|15[.:]0[06]/)
    await desk.close()
  })
}

test('two people who share a number are each informed only of their own call, and each forbids only that', async ({
  browser,
  seloste,
}) => {
  const [mine, theirs] = [await recordCall(seloste, { endedAt: minutesAgo(30) }), minutesAgo(90)]
  await reportPastCalls(seloste, [answered(theirs, { caller: mine.caller, drawn: true })])
  const desk = await atServiceDesk(browser, seloste)
  await desk.enterVerified(
    { name: 'Ykkönen Esimerkki', kinds: ['KNOW', 'PROHIBIT'] },
    { at: minutesAgo(31), callerNumber: mine.caller, accuracy: 'MINUTES' },
  )
  await expect(desk.page.locator('#step-calls .request-call')).toHaveCount(1)
  expect((await desk.page.locator('#content').textContent()) ?? '').not.toContain(
    theirs.toZonedDateTimeISO('Europe/Helsinki').toPlainTime().toString({ smallestUnit: 'minute' }).replace(':', '.'),
  )
  await desk.button('my-calls.forbid.enter').click()
  await desk.page
    .getByRole('alertdialog')
    .getByRole('button', { name: desk.t('my-calls.forbid.do') })
    .click()
  await expect(desk.content).toContainText(/Tallenne on tuhottu /, { timeout: 60_000 })
  const sari = await signInAt(seloste.url, 'sari', seloste.password)
  const calls = await sari.contacts({ purpose: 'QUALITY', caller: mine.caller })
  expect(calls.map(({ segments }) => segments[0]?.recording.state).sort()).toEqual(['available', 'destroyed'])
  await desk.close()
})
