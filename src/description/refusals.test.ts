import { readFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { refusals } from '#test/description/refusals.ts'
import texts from '#texts/server/problem.json' with { type: 'json' }
import { parseDescription, seedDescriptionFile } from './read-description.ts'
import { languages } from './closed-lists.ts'

const seed = await readFile(seedDescriptionFile, 'utf8')

test.each(refusals)('$rule is refused with its code, field and line', ({ change, to, code, field, line }) => {
  const changed = seed.replace(change, to)
  expect(changed).not.toBe(seed)
  const parsed = parseDescription(changed)
  const problems = parsed.ok ? [] : parsed.problems
  expect(problems.map((problem) => `${problem.code} ${problem.field}`)).toContain(`${code} ${field}`)
  const [found] = problems.filter((problem) => problem.code === code && problem.field === field)
  expect(changed.split('\n')[found!.line - 1]!.trimStart()).toContain(line)
  for (const language of languages) {
    expect(`${found!.message[language]} ${found!.remedy[language]}`).not.toMatch(/[{}]|undefined|\[object/)
  }
})

test('every problem of the catalogue occurs in a test', () => {
  const seen = new Set<string>(refusals.map(({ code }) => code))
  const unseen = Object.keys(texts)
    .filter((key) => !/[.]expected[.]|[.]remedy$/.test(key))
    .map((key) => key.slice('problem.'.length))
    .filter((code) => !seen.has(code))
  // The others need a previous version, or an edit: check-succession.test.ts and edit-description.test.ts.
  expect(unseen.sort()).toEqual([
    'edit.no-place',
    'edit.unreadable',
    'edit.value',
    'number.kind-changed',
    'number.vanished',
    'rule.version-idle',
    'rule.version-skipped',
    'rule.version-unraised',
    'version.not-later',
    'version.number',
  ])
})

describe('an unknown field', () => {
  const remedies = (from: string, to: string): string[] => {
    const parsed = parseDescription(seed.replace(from, to))
    return parsed.ok ? [] : parsed.problems.map(({ field, remedy }) => `${field}: ${remedy.en}`)
  }

  test('is reported with a suggestion if a known field has a similar name', () => {
    expect(remedies('recordingPlan:\n  defaultShare', 'recordingPlan:\n  defaultshare')).toContain(
      'recordingPlan.defaultshare: Did you mean defaultShare? Correct its name, or remove it.',
    )
    expect(remedies('    validFrom: 2026', '    validForm: 2026')).toContain(
      'numbers[0].validForm: Did you mean validFrom? Correct its name, or remove it.',
    )
  })

  test('is reported without a suggestion if no known field has a similar name', () => {
    expect(remedies('profile: seed', 'profile: seed\nsähköposti: x')).toEqual([
      'sähköposti: Check its spelling and place, or remove it.',
    ])
  })
})
