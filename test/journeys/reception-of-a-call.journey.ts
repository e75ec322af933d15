// R13, R16, R17: maintenance sees that one voice of a call is missing, from which client, what that client sends, and
// how the call was signalled. A listener reads about it in one sentence. Tested in three languages, on a narrow and a
// wide screen.
import { expect } from '@playwright/test'
import { numbersCalled, officialByKey } from '#test/simulator/people.ts'
import { placeCall } from '#test/simulator/place-call.ts'
import { eventually, signInAt } from '#test/whole/api.ts'
import { expectAccessible, signInOn } from './at-the-desk.ts'
import { test } from './shared-register.ts'

test.setTimeout(240_000)

const caller = '+358401239931'

test('a missing voice is traced from its hour to the client and to the ladder diagram of its call', async ({
  page,
  seloste,
}) => {
  await placeCall({
    ...{
      seed: 'how a call came in',
      caller,
      number: numbersCalled.testLine,
      official: officialByKey('oili'),
      seconds: 8,
    },
    ...{ waitedMs: 0, server: seloste.sip, faults: { missing: { who: 'official', as: 'silence' }, loss: 0.06 } },
  })
  const api = await signInAt(seloste.url, 'matti', seloste.password)
  const contact = await eventually(
    async () => {
      const [found] = await api.contacts({ purpose: 'MAINTENANCE', reference: 'VIKA-1', caller })
      return found?.segments[0]?.recording.state === 'available' ? found : undefined
    },
    'the recording is ingested',
    60_000,
  )

  const checkInEach = async (screen: string) => {
    for (const width of [1440, 320]) {
      await page.setViewportSize({ width, height: 900 })
      for (const name of ['Svenska', 'English', 'Suomi']) {
        await page.getByRole('button', { name, exact: true }).first().click()
        await expectAccessible(page, `${screen}, ${width} px, ${name}`)
        const folder = process.env['SELOSTE_PICTURES']
        if (folder) await page.screenshot({ path: `${folder}/${screen}-${width}-${name}.png`, fullPage: true })
      }
    }
    await page.setViewportSize({ width: 1440, height: 900 })
  }

  await signInOn(page, seloste, 'matti', { path: '/capture' })
  await expect(page.getByRole('heading', { level: 1, name: 'Äänen vastaanotto' })).toBeVisible()
  await expect(page.locator('.notice-warning')).toContainText('puuttuu toisen puhujan ääni')
  await checkInEach('reception')
  await page.getByRole('link', { name: 'Ajan mukaan' }).click()
  await expect(page.getByRole('row').nth(1)).toContainText('klo')

  await page.getByRole('link', { name: 'Tallennettavaa lähettävät järjestelmät (SBC)' }).click()
  const client = page.locator('a[data-client]').first()
  await client.waitFor()
  await checkInEach('clients')
  await client.click()
  await expect(page.getByRole('table', { name: 'Koodekit' })).toContainText('PCMA/8000')
  await expect(page.locator('main')).not.toContainText('1239931')
  await checkInEach('client')

  await page.getByRole('link', { name: 'Puhelujen merkinanto' }).first().click()
  await page.getByRole('link', { name: 'Ongelmalliset' }).click()
  await page.locator('a[data-flow]').first().waitFor()
  await checkInEach('flows')

  await page.getByRole('link', { name: 'Tallentimet' }).first().click()
  await expect(page.getByRole('heading', { level: 1, name: 'Tallentimet' })).toBeVisible()
  await expect(page.locator('section.panel').last()).toContainText('Ottaa puheluja vastaan')
  await checkInEach('nodes')

  // Starts from the call itself, under a fault reference.
  await page.goto(`/contacts/${contact.id}`)
  await page.locator('.purpose-form .input').fill('VIKA-1')
  await page.getByRole('button', { name: 'Käytä tätä tarkoitusta' }).click()

  await expect(page.getByText('Virkailijan ääni ei kuulu.')).toBeVisible()
  await expect(page.getByRole('table', { name: 'Äänen vastaanotto' })).toContainText('PCMA')
  await checkInEach('contact')
  await page.getByRole('link', { name: 'Näytä puhelun merkinanto' }).click()
  await page.locator('a[data-flow]').first().focus()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('table', { name: 'Vaiheet' })).toContainText('INVITE')
  await expect(page.getByRole('table', { name: 'Vaiheet' })).toContainText('RTP alkaa')
  await expect(page.locator('main')).toContainText('Toisen puhujan ääni puuttuu')
  await expect(page.locator('main')).not.toContainText('1239931')
  await checkInEach('flow')
})
