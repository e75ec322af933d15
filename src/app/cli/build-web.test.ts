import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { buildWebIfStale } from './build-web.ts'

const assets = join(import.meta.dirname, '../../../web/dist/assets')

test('pages built by a test are those that people get: without what React tells only who develops', async () => {
  await buildWebIfStale(() => undefined)
  const scripts = readdirSync(assets).filter((name) => name.endsWith('.js'))
  const told = scripts.filter((name) => readFileSync(join(assets, name), 'utf8').includes('react-devtools'))
  expect(scripts.length).toBeGreaterThan(0)
  expect(told).toEqual([])
})
