// Plants the whole catalogue of breaches in a real installation. Takes some minutes, so it runs only in the long run
// (SELOSTE_LONG=1).
import { expect, test } from 'vitest'
import { plantInNewInstallation } from './planted-installation.ts'
import { breaches } from './planted-breaches.ts'

const isLong = process.env['SELOSTE_LONG'] === '1'

test('there are at least sixty planted breaches with different names', () => {
  expect(breaches.length).toBeGreaterThanOrEqual(60)
  expect(new Set(breaches.map(({ name }) => name)).size).toBe(breaches.length)
})

test.runIf(isLong)(
  'the running Seloste finds every planted breach by the promise that it breaks',
  { timeout: 90 * 60_000 },
  async () => {
    const results = await plantInNewInstallation((result) => {
      const { foundMs, fault } = result
      process.stderr.write(
        `${result.promise}: ${result.name}: ${fault ?? (foundMs === undefined ? 'NOT FOUND' : `${foundMs} ms`)}\n`,
      )
    })
    expect(results.filter(({ foundMs }) => foundMs === undefined)).toEqual([])
  },
)
