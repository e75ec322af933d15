import { expect, test } from 'vitest'
import { readImportGraph } from './import-graph.ts'

const graph = readImportGraph()
const roleOf = { capture: 'src/app/capture/capture.ts', desk: 'src/app/desk/desk.ts' }

test('a file’s distance from a change is the number of imports between them, by folders and package names alike', () => {
  const distances = graph.distances(['src/capture/rtp/allocate-ports.ts'])
  expect(distances.get('src/capture/rtp/allocate-ports.ts')).toBe(0)
  expect(distances.get('src/capture/rtp/receive-stream.test.ts')).toBe(1)
  expect(distances.get('test/conformance/peers/srtp.test.ts')).toBe(1)
  expect(distances.has(roleOf.capture)).toBe(true)
  expect(distances.has(roleOf.desk)).toBe(false)
})

test('a screen depends on its components, including those loaded later', () => {
  expect(graph.importers('web/src/listening/waveform.tsx')).toContain('web/src/listening/player-frame.tsx')
})

test('a file that names an SQL function is one step from the function’s text', () => {
  expect(graph.distances(['database/functions/audit/listenings.sql']).get('src/safeguards/access/decide.ts')).toBe(1)
})
