// The whole catalogue of planted breaches in a real installation: some minutes, so in the long run alone (SELOSTE_LONG=1).
import { expect, test } from 'vitest'
import { plantInNewInstallation } from './planted-installation.ts'
import { breaches } from './planted-breaches.ts'

const isLong = process.env['SELOSTE_LONG'] === '1'

test('there are at least sixty planted breaches, each of another name', () => {
  expect(breaches.length).toBeGreaterThanOrEqual(60)
  expect(new Set(breaches.map(({ name }) => name)).size).toBe(breaches.length)
})

test.runIf(isLong)(
  'every planted breach is found by the running Seloste itself, by the promise it breaks',
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
