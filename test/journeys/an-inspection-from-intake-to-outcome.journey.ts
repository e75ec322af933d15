// AC16 (R42-R47): a caller asks to listen to their call, is identified, verified as its party, answered, and offered
// times at offices before the recording's destruction day. The caller listens there in the listening mode, which has no
// way out, with the host signed in.
import { expect } from '@playwright/test'
import { expectAccessible } from './at-the-desk.ts'
import { recordCall } from './record-call.ts'
import { logOf } from './log-of.ts'
import { moveAppointmentToNow, atServiceDesk, languagesOfRun } from './service-desk.ts'
import { test } from './shared-register.ts'

test.describe.configure({ timeout: 180_000 })
/** Name of the demo's office whose host is Olli. */
const offices = { fi: 'Oulun toimipiste', sv: 'Verksamhetsstället i Uleåborg', en: 'Oulu office' } as const

for (const language of languagesOfRun('fi')) {
  test(`a caller listens to their call at the agreed office (${language})`, async ({ browser, seloste }) => {
    const call = await recordCall(seloste)
    const start = Temporal.Now.instant()
    const desk = await atServiceDesk(browser, seloste, { language })
    const { page, t } = desk
    const number = await desk.enterVerified(
      { name: 'Maija Esimerkki', kinds: ['KNOW', 'LISTEN', 'HISTORY'], language },
      { at: Temporal.Now.instant().subtract({ minutes: 4 }), callerNumber: call.caller.replace('+358', '0') },
    )
    await expect(desk.call()).toContainText('Aino Virtanen')
    await expect(desk.call()).toContainText(t('contact.recording.sentence.available'))
    const answer = await desk.letter('answer')
    expect(answer).toContain(number)
    expect(answer).toContain('Aino Virtanen')
    await desk.handOver('answer')

    await desk.button('offices.book.open').press('Enter')
    await expect(page.locator('.offered-office')).toHaveCount(2)
    expect(await page.locator('.offered .radio-card').count()).toBeGreaterThanOrEqual(3)
    // Every slot can be chosen without a pointer, including those that are shown last.
    await page.keyboard.press('Tab')
    await expect(page.locator('.offered input:focus')).toHaveCount(1)
    await page.locator('.offered > button').press('Enter')
    await expect(page.locator('.offered input:focus')).toHaveCount(1)
    await page.locator('.offered-office', { hasText: offices[language] }).locator('.radio-card').first().click()
    await desk.button('offices.book.do').click()
    await expect(desk.content).toContainText(offices[language])

    const confirmed = await desk.letter('appointment')
    expect(confirmed).toContain(offices[language])
    await desk.handOver('appointment')

    // The office: its workstation, and the host in person.
    const host = await atServiceDesk(browser, seloste, { userId: 'olli', language })
    await host.page.goto('/offices')
    await host.page.getByRole('link', { name: offices[language] }).click()
    await host.button('offices.workstations.code').click()
    await host.page.getByLabel(t('offices.workstations.name'), { exact: true }).fill('Huone 2')
    await host.button('offices.workstations.code.do').click()
    const code = (await host.page.locator('.workstation-code').innerText()).replace(/\s/g, '')
    await host.page.goto('/workstation')
    await host.page.getByLabel(t('offices.workstation.code'), { exact: true }).fill(code)
    await host.button('offices.workstation.enrol.do').click()
    await expect(host.page.getByRole('heading', { name: t('offices.workstation.today'), exact: true })).toBeFocused()
    await moveAppointmentToNow(seloste, number)
    await host.page.reload()
    await host.button('offices.appointment.open').click()

    const room = host.page
    await expect(room.getByRole('heading', { level: 1, name: t('listening-room.title') })).toBeVisible()
    await expect(room.locator('nav, a')).toHaveCount(0)
    await expect(room.locator('.room')).toContainText('Aino Virtanen')
    await expectAccessible(room, 'the listening mode')
    for (const elsewhere of ['/requests', '/contacts', '/']) {
      await room.goto(elsewhere)
      await expect(room.getByRole('heading', { level: 1, name: t('listening-room.title') })).toBeVisible()
    }
    expect((await room.request.get('/api/requests')).status()).toBe(403)
    await room.getByRole('button', { name: t('listening.start'), exact: true }).click()
    await expect(room.getByRole('button', { name: t('listening.player.pause'), exact: true })).toBeVisible({
      timeout: 20_000,
    })
    await room.waitForTimeout(1_500)
    await host.button('listening-room.end').click()
    // The listener can end the session; only the host can confirm that the recording was listened to.
    await host.button('listening-room.end.heard').click()
    await expect(room.locator('.room-heard')).toContainText(t('listening-room.end.password.missing'))
    await room.locator('.room-heard input').fill('not the password')
    await host.button('listening-room.end.heard').click()
    await expect(room.locator('.room-heard')).toContainText(t('listening-room.end.password.wrong'))
    await room.locator('.room-heard input').fill(seloste.password)
    await host.button('listening-room.end.heard').click()
    await expect(room.locator('#signin-userId')).toBeVisible()
    await expect(room.locator('.notice-success')).toContainText(t('session.signin.because.room-heard'))

    await page.reload()
    await expect(desk.content).toContainText(t('offices.appointment.state.HEARD'))
    await expect(desk.content).toContainText(t('offices.appointment.next.HEARD'))
    await desk.button('requests.request.close').click()
    await page
      .getByRole('alertdialog')
      .getByRole('button', { name: t('requests.request.close'), exact: true })
      .click()
    await expect(desk.content).toContainText(t('requests.request.over.ANSWERED'))
    await expect
      .poll(async () => (await logOf(seloste, 'olli', start)).map(({ action }) => action))
      .toEqual(expect.arrayContaining(['room.opened', 'listening.started', 'listening.ended', 'room.closed']))
  })
}
