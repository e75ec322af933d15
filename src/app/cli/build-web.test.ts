import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { buildWebIfStale } from './build-web.ts'

const assets = join(import.meta.dirname, '../../../web/dist/assets')

test('pages built by a test have no development code of React, like those for users', async () => {
  await buildWebIfStale(() => undefined)
  const scripts = readdirSync(assets).filter((name) => name.endsWith('.js'))
  const withDevelopmentCode = scripts.filter((name) =>
    readFileSync(join(assets, name), 'utf8').includes('react-devtools'),
  )
  expect(scripts.length).toBeGreaterThan(0)
  expect(withDevelopmentCode).toEqual([])
})

test('each script and style sheet has a Brotli and a gzip copy beside it, and code shared by many pages is one file', async () => {
  await buildWebIfStale(() => undefined)
  const texts = readdirSync(assets).filter((name) => /\.(js|css)$/.test(name))
  for (const name of texts) {
    const bytes = readFileSync(join(assets, name))
    expect(brotliDecompressSync(readFileSync(join(assets, `${name}.br`))).equals(bytes), name).toBe(true)
    expect(gunzipSync(readFileSync(join(assets, `${name}.gz`))).equals(bytes), name).toBe(true)
  }
  expect(texts.filter((name) => name.startsWith('common-'))).toHaveLength(1)
})
