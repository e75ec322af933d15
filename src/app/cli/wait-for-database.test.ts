import { afterEach, expect, test, vi } from 'vitest'
import { waitForDatabase } from './wait-for-database.ts'

const failing = (code: string) => Object.assign(new Error(`failed with ${code}`), { code })
afterEach(() => vi.restoreAllMocks())

test('prepare --wait waits for a database that is down and then starting', async () => {
  const said = vi.spyOn(console, 'log').mockImplementation(() => undefined)
  const answers = [failing('ENOENT'), failing('57P03'), undefined]
  let asked = 0
  await waitForDatabase(() => (answers[asked++] ? Promise.reject(answers[asked - 1]!) : Promise.resolve()), 60, 1)
  expect(asked).toBe(3)
  expect(said).toHaveBeenCalledTimes(2)
})

test('prepare --wait stops waiting at once after a wrong password, and when the time is over', async () => {
  vi.spyOn(console, 'log').mockImplementation(() => undefined)
  await expect(waitForDatabase(() => Promise.reject(failing('28P01')), 60, 1)).rejects.toThrow('28P01')
  await expect(waitForDatabase(() => Promise.reject(failing('ECONNREFUSED')), 0.01, 1)).rejects.toThrow('ECONNREFUSED')
  await expect(waitForDatabase(() => Promise.resolve(), NaN)).rejects.toThrow('--wait')
})
