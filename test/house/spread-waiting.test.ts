import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createVitest } from 'vitest/node'
import { root } from './import-graph.ts'
import { SpreadWaiting } from './spread-waiting.ts'

test('files that mostly wait are spread among the first half of the others if no file’s duration is known', async () => {
  const cacheDir = await mkdtemp(join(tmpdir(), 'seloste-order-'))
  const vitest = await createVitest({ root, config: false, watch: false }, { cacheDir })
  try {
    const waiting = ['test/faults/bad-input.test.ts', 'test/whole/later-years.test.ts']
    const others = [
      'tidy',
      'texts',
      'law-table',
      'alarm-kinds',
      'import-graph',
      'shift-clock',
      'run-folder',
      'fault-remedies',
    ].map((name) => `test/house/${name}.test.ts`)
    const specifications = [...others, ...waiting].map((path) =>
      vitest.getRootProject().createSpecification(join(root, path)),
    )
    const ordered = await new SpreadWaiting(vitest).sort(specifications)
    const paths = ordered.map(({ moduleId }) => moduleId.slice(root.length + 1))
    expect(paths.map((path) => (waiting.includes(path) ? 'waits' : 'works'))).toEqual([
      ...['waits', 'works', 'works', 'waits', 'works', 'works', 'works', 'works', 'works', 'works'],
    ])
    expect([...paths].sort()).toEqual([...others, ...waiting].sort())
  } finally {
    await vitest.close()
    await rm(cacheDir, { recursive: true, force: true })
  }
})
