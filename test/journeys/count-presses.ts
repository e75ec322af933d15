// Counts what a person presses in a page: mouse buttons, Enter, and Space outside text fields. Moving by Tab and typing
// are not presses.
import type { Page } from '@playwright/test'

// A shared window may get the script more than once.
const count = `if (!window.presses) {
  window.presses = true
  const add = () => sessionStorage.setItem('presses', String(1 + Number(sessionStorage.getItem('presses'))))
  addEventListener('pointerdown', (event) => {
    // Playwright cancels a press whose target has moved away meanwhile, and presses again.
    if (event.isTrusted) setTimeout(() => event.defaultPrevented || add())
  }, true)
  addEventListener('keydown', ({ isTrusted, key, repeat, target }) => {
    const isTyping = target.matches('textarea, [role=spinbutton], input:not([type=checkbox], [type=radio])')
    if (isTrusted && !repeat && (key === 'Enter' || (key === ' ' && !isTyping))) add()
  }, true)
}`

/** Starts to count on the page as it is; the result is what has been pressed since. */
export async function countPresses(page: Page): Promise<() => Promise<number>> {
  const read = () => page.evaluate<number>("Number(sessionStorage.getItem('presses'))")
  await page.addInitScript(count)
  await page.reload()
  const before = await read()
  return async () => (await read()) - before
}
