import { expect, test } from 'vitest'
import { readImportGraph } from './import-graph.ts'

const graph = readImportGraph()
const roleOf = { capture: 'src/app/capture/capture.ts', desk: 'src/app/desk/desk.ts' }

test('a file is as far from a change as imports lead to it, through folders and names of packages alike', () => {
  const distances = graph.distances(['src/capture/rtp/allocate-ports.ts'])
  expect(distances.get('src/capture/rtp/allocate-ports.ts')).toBe(0)
  expect(distances.get('src/capture/rtp/receive-stream.test.ts')).toBe(1)
  expect(distances.get('test/conformance/peers/srtp.test.ts')).toBe(1)
  expect(distances.has(roleOf.capture)).toBe(true)
  expect(distances.has(roleOf.desk)).toBe(false)
})

test('a screen is reached through components, and those that are loaded later', () => {
  expect(graph.importers('web/src/listening/waveform.tsx')).toContain('web/src/listening/player-frame.tsx')
})

test('whoever names a function of SQL is one step from its text', () => {
  expect(graph.distances(['database/functions/audit/listenings.sql']).get('src/safeguards/access/decide.ts')).toBe(1)
})
