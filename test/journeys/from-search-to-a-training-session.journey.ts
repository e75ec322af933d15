// AC21 (R4, R38): a trainer finds a call, puts a moment of it into a collection, and plays it in a session to the
// attendees on the session's list. The log has the purpose and the session. When the recording is destroyed, the moment
// is empty and its text deleted.
import { expect } from '@playwright/test'
import { signInAt } from '#test/whole/api.ts'
import { signInOn } from './at-the-desk.ts'
import { recordCall, waitUntilDestroyed } from './record-call.ts'
import { logOf } from './log-of.ts'
import { inEachLanguage } from './service-desk.ts'
import { test } from './shared-register.ts'

test.describe.configure({ timeout: 180_000 })

test('a moment goes from a call into a collection and a session, and is empty after its recording is destroyed', async ({
  page,
  checkAccessible,
  seloste,
}) => {
  const call = await recordCall(seloste)
  const start = Temporal.Now.instant()
  await signInOn(page, seloste, 'tiina', { path: '/training' })
  await checkAccessible('training without collections')
  await page.getByRole('button', { name: 'Aloita kokoelma' }).click()
  await page.getByLabel('Nimi').fill('Puhelun aloitus')
  await page.getByLabel('Oppimistavoite').fill('Nimi kuuluu heti, ja soittaja tietää, kenelle puhuu.')
  await page.getByRole('button', { name: 'Aloita', exact: true }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Puhelun aloitus' })).toBeVisible()
  await expect(page.getByText('Kokoelmassa ei ole vielä kohtia.')).toBeVisible()

  // Goes from a search to the call's page.
  await page.getByRole('link', { name: 'Haku', exact: true }).last().click()
  await page.goto(`/contacts?caller=${encodeURIComponent(call.caller)}`)
  await page.locator(`a[data-contact]`).click()
  await expect(page).toHaveURL(new RegExp(call.contactId))
  await page.getByRole('button', { name: 'Lisää kohta koulutuskokoelmaan' }).click()
  await page.getByRole('button', { name: 'Lisää kohta', exact: true }).click()
  await expect(page.getByText('Kirjoita otsikko.')).toBeVisible()
  await page.getByLabel('Alkaa kohdasta').fill('0.00')
  await page.getByLabel('Päättyy kohtaan').fill('0.02')
  await page.getByLabel('Otsikko').fill('Nimi heti')
  await page.getByLabel('Mitä tästä kohdasta opitaan').fill('Virkailija sanoo nimensä ennen tervehdystä.')
  await checkAccessible('adding a moment')
  await page.getByRole('button', { name: 'Lisää kohta', exact: true }).click()
  await page.getByRole('link', { name: 'Siirry kokoelmaan' }).click()
  await expect(page.getByRole('heading', { name: '1. Nimi heti' })).toBeVisible()
  await inEachLanguage(page, async () => checkAccessible('a collection'))

  // Starts the session: without attendees nothing is played.
  await page.getByRole('button', { name: 'Aloita koulutustilaisuus' }).click()
  await page.getByLabel('Tilaisuuden nimi').fill('Uusien virkailijoiden perehdytys')
  await page.getByRole('button', { name: 'Aloita tilaisuus' }).click()
  await expect(page.getByText('Merkitse ensin, ketkä ovat läsnä.')).toBeVisible()
  await expect(page.getByRole('button', { name: /^Toista tilaisuudessa/ })).toBeDisabled()
  await page.getByRole('combobox', { name: 'Merkitse osallistuja' }).fill('virta')
  await page.getByRole('option', { name: /Aino Virtanen/ }).click()
  await expect(page.locator('.chosen')).toContainText('Aino Virtanen')
  await inEachLanguage(page, async () => checkAccessible('a training session'))
  await page.getByRole('button', { name: /^Toista tilaisuudessa/ }).click()
  const position = page.getByRole('slider', { name: 'Kohta tallenteessa' })
  // Playback stops by itself at the end of the moment.
  await expect.poll(async () => Number(await position.inputValue()), { timeout: 20_000 }).toBeGreaterThanOrEqual(2000)
  await expect(page.getByRole('button', { name: 'Toista', exact: true })).toBeVisible()
  expect(Number(await position.inputValue())).toBeLessThan(2900)
  const reference = await page.getByText(/^K-\d+$/).innerText()
  expect(await logOf(seloste, 'tiina', start)).toContainEqual(
    expect.objectContaining({
      ...{ action: 'listening.started', result: 'ok', purpose: 'TRAINING', reference, objectId: call.recordingId },
    }),
  )
  await page.getByRole('button', { name: 'Päätä tilaisuus' }).click()
  await page.getByRole('alertdialog').getByRole('button', { name: 'Päätä tilaisuus' }).click()
  // The end is also announced to screen readers, as "Koulutustilaisuus on päättynyt.".
  await expect(page.getByText('Tilaisuus on päättynyt. Sen tiedot ja osallistujaluettelo')).toBeVisible()

  // The official forbids the use of the recording: the moment has no sound any more, and its text is deleted.
  const aino = await signInAt(seloste.url, 'aino', seloste.password)
  const forbidden = await aino.call('POST', `/api/recordings/${call.recordingId}/prohibitions`, {
    party: 'OFFICIAL',
    channel: 'OWN_CALLS',
  })
  expect(forbidden.status, await forbidden.text()).toBeLessThan(300)
  await waitUntilDestroyed(seloste, call)
  await page.getByRole('link', { name: 'Koulutus', exact: true }).first().click()
  await expect(page.getByText('josta 1 on tyhjä')).toBeVisible()
  await page.getByRole('link', { name: 'Puhelun aloitus' }).first().click()
  await expect(page.getByText(/^Tyhjä .* alkaen: tallenne on tuhottu ennen säilytysajan päättymistä\.$/)).toBeVisible()
  await expect(page.getByText('Nimi heti')).toHaveCount(0)
  await expect(page.getByText('Nimi kuuluu heti, ja soittaja tietää, kenelle puhuu.')).toBeVisible()

  // The list of attendees stays, with the day until which it is kept.
  await page.context().clearCookies()
  await signInOn(page, seloste, 'aino', { path: '/my-calls/trainings' })
  await expect(page.getByRole('heading', { name: 'Uusien virkailijoiden perehdytys' })).toBeVisible()
  await expect(page.getByText(reference, { exact: true })).toBeVisible()
  await expect(page.getByText('Tiedot poistetaan', { exact: true })).toBeVisible()
  await inEachLanguage(page, async () => checkAccessible('one’s own training'))
})

test('several recordings are picked from a search into a collection', async ({ page, checkAccessible, seloste }) => {
  for (let call = 0; call < 2; call++) await recordCall(seloste)
  await signInOn(page, seloste, 'tiina', { path: '/training' })
  await page.getByRole('button', { name: 'Aloita kokoelma' }).click()
  await page.getByLabel('Nimi').fill('Kaksi puhelua')
  await page.getByRole('button', { name: 'Aloita', exact: true }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Kaksi puhelua' })).toBeVisible()

  await page.goto('/contacts')
  const boxes = page.getByRole('checkbox', { name: /^Valitse tallenne/ })
  for (const nth of [0, 1]) await boxes.nth(nth).check()
  await expect(page.getByText('2 tallennetta valittu')).toBeVisible()
  await page.getByRole('button', { name: 'Lisää koulutuskokoelmaan' }).click()
  await page.getByRole('button', { name: /Kokoelma$/ }).click()
  await page.getByRole('option', { name: 'Kaksi puhelua' }).click()
  await page.getByRole('button', { name: 'Lisää kokoelmaan' }).click()
  await expect(page.getByText('Kirjoita otsikko.')).toBeVisible()
  await inEachLanguage(page, async () => checkAccessible('recordings picked for training'))
  await page.getByLabel('Otsikko').fill('Tervehdys')
  await page.getByRole('button', { name: 'Lisää kokoelmaan' }).click()
  await expect(page.getByText('2 tallennetta on lisätty kokoelmaan Kaksi puhelua.').last()).toBeVisible()
  await expect(boxes.nth(0)).not.toBeChecked()
  await page.getByRole('link', { name: 'Siirry kokoelmaan' }).click()
  await expect(page.getByRole('heading', { name: '1. Tervehdys 1' })).toBeVisible()
  await expect(page.getByRole('heading', { name: '2. Tervehdys 2' })).toBeVisible()
})
