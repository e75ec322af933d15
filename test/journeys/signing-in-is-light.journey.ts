import { expect } from '@playwright/test'
import { test } from './shared-register.ts'
import { measureSignIn } from './measure-sign-in.ts'

for (const [userId, role] of [
  ['sari', 'a supervisor'],
  ['paula', 'a clerk of the Service Unit'],
  ['outi', 'a data protection officer'],
  ['anssi', 'an administrator'],
] as const) {
  test(`${role} can use the start page after at most 25 requests and 250 kB`, async ({ browser, seloste }) => {
    const measured = await measureSignIn(browser, { url: seloste.url, userId, password: seloste.password })
    const heaviest = measured.transfers
      .toSorted((a, b) => b.bytes - a.bytes)
      .map(({ path, bytes }) => `${path} ${bytes}`)
      .join('\n')
    expect(measured.transfers.length, heaviest).toBeLessThanOrEqual(25)
    expect(
      measured.transfers.reduce((sum, { bytes }) => sum + bytes, 0),
      heaviest,
    ).toBeLessThanOrEqual(250_000)
    // Hovering a link prefetches its chunk, so pressing it requests none.
    expect(measured.hovered.programs).toEqual([])
  })
}
