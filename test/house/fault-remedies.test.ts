import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { faultRemedies } from '#platform/fault-remedies.ts'

const files = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '--', 'src/*.ts'], { encoding: 'utf8' })
  .split('\n')
  .filter((path) => path !== '' && !path.endsWith('.test.ts') && path !== 'src/platform/fault-remedies.ts')

/** Returns the codes in catalogues (`export const xFaults = { … }`), and codes thrown without a catalogue. */
function codesIn(text: string): string[] {
  const catalogues = [...text.matchAll(/export const \w+Faults = \{([\s\S]*?)\n\}/g)].flatMap(([, body]) =>
    [...body!.matchAll(/^ {2}'?([\w-]+)'?:/gm)].map(([, code]) => code!),
  )
  const thrown = [...text.matchAll(/\bnew (?:\w*Fault)\(\s*'([\w-]+)'/g)].map(([, code]) => code!)
  return [...catalogues, ...thrown]
}

const thrown = new Set(files.flatMap((path) => codesIn(readFileSync(path, 'utf8'))))

test('every fault that the program throws has a remedy, and every remedy has its fault', () => {
  expect(thrown.size).toBeGreaterThan(80)
  expect([...thrown].filter((code) => !(code in faultRemedies)).sort()).toEqual([])
  expect(Object.keys(faultRemedies).filter((code) => !thrown.has(code))).toEqual([])
})

test('a remedy is one sentence that says what to do', () => {
  for (const [code, remedy] of Object.entries(faultRemedies)) {
    expect(remedy, code).toMatch(/^[A-Z"].{10,}\.$/)
    expect(remedy.length, code).toBeLessThan(130)
  }
})

test('docs/operate/faults.md lists each fault with its remedy', () => {
  const text = readFileSync('docs/operate/faults.md', 'utf8')
  const rows = [...text.matchAll(/^\| `([\w-]+)` \| (.*) \|$/gm)].map(([, code, remedy]) => [code, remedy])
  expect(Object.fromEntries(rows)).toEqual(faultRemedies)
})
