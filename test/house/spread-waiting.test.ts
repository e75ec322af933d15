import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createVitest } from 'vitest/node'
import { root } from './import-graph.ts'
import { WaitingFirst } from './waiting-first.ts'

test('files that mostly wait come before all others if no file’s duration is known', async () => {
  const cacheDir = await mkdtemp(join(tmpdir(), 'seloste-order-'))
  const vitest = await createVitest({ root, config: false, watch: false }, { cacheDir })
  try {
    const files = ['test/house/tidy.test.ts', 'test/faults/bad-input.test.ts', 'test/whole/later-years.test.ts']
    const specifications = files.map((path) => vitest.getRootProject().createSpecification(join(root, path)))
    const ordered = await new WaitingFirst(vitest).sort(specifications)
    const paths = ordered.map(({ moduleId }) => files.indexOf(moduleId.slice(root.length + 1)))
    expect(paths.slice(0, 2).sort()).toEqual([1, 2])
    expect(paths[2]).toBe(0)
  } finally {
    await vitest.close()
    await rm(cacheDir, { recursive: true, force: true })
  }
})
