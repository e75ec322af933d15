import { readFile } from 'node:fs/promises'
import { parse } from 'yaml'
import { describe, expect, test } from 'vitest'
import { parseDescription, seedDescriptionFile } from '../read-description.ts'
import { editDescription, EditFault, type TextEdit } from './edit-description.ts'

const seed = await readFile(seedDescriptionFile, 'utf8')

test('one field changes one line', () => {
  const edited = editDescription(seed, [{ path: ['recordingPlan', 'rules', 0, 'recordingMonths'], value: 3 }])
  expect(edited).toBe(seed.replace('recordingMonths: 6', 'recordingMonths: 3'))
})

test('a value keeps the comment on its line and the lines around it', () => {
  const text = '# first\na: 1 # one\n\nlist: [ x,   y ]  # two\nb:\n  # within\n  c: "d"\n'
  expect(editDescription(text, [{ path: ['a'], value: 2 }])).toBe(text.replace('a: 1', 'a: 2'))
  expect(editDescription(text, [{ path: ['list', 1], value: 'z' }])).toBe(text.replace('y ]', 'z ]'))
  expect(editDescription(text, [{ path: ['b', 'c'], value: 'e' }])).toBe(text.replace('"d"', 'e'))
  expect(editDescription(text, [{ path: ['b', 'f'], value: [1, 2] }])).toBe(`${text}  f: [1, 2]\n`)
  expect(editDescription(text, [{ path: ['a'] }])).toBe(text.replace('a: 1 # one\n', ''))
})

test.each<[what: string, edits: TextEdit[], from: string, to: string]>([
  [
    'a field that was not there',
    [{ path: ['numbers', 0, 'validTo'], value: '2027-01-01' }],
    '    validFrom: 2026-01-01\n  - number: 029 497 001',
    '    validFrom: 2026-01-01\n    validTo: 2027-01-01\n  - number: 029 497 001',
  ],
  [
    'an item at the end of a line',
    [{ path: ['recordingPlan', 'rules', 1, 'numbers', 1], value: '029 497 000' }],
    '[029 497 099]\n      share',
    '[029 497 099, 029 497 000]\n      share',
  ],
  [
    'an item in the middle of a line',
    [{ path: ['recordingPlan', 'rules', 0, 'numbers', 1] }],
    '[029 497 000, 029 497 001, 029 497 010]\n',
    '[029 497 000, 029 497 010]\n',
  ],
  ['the last item of a line', [{ path: ['dataSubjects', 1] }], '[CALLERS, ANSWERING_OFFICIALS]', '[CALLERS]'],
  ['the only item of a line', [{ path: ['purposes', 2, 'dataSets', 0] }], '[recordings]', '[]'],
  [
    'an item of a block',
    [{ path: ['storage', 'sites', 0] }],
    seed.slice(seed.indexOf('  sites:'), seed.indexOf('\ndisclosure')),
    '  sites: []\n',
  ],
  [
    'a field of braces',
    [{ path: ['contacts', 'accessibility', 'phone'], value: '029 512 000' }],
    'saavutettavuus@vero.example }',
    'saavutettavuus@vero.example, phone: 029 512 000 }',
  ],
  [
    'a text that has to be quoted',
    [{ path: ['recordingPlan', 'rules', 0, 'names', 'en'], value: 'Numbers: all, of "us" #1' }],
    'en: Service numbers }',
    'en: "Numbers: all, of \\"us\\" #1" }',
  ],
  ['a text that looks like a number', [{ path: ['numbering', 'pbx'], value: '512' }], 'pbx: main', 'pbx: "512"'],
])('%s is edited where it stands, and nothing else', (_what, edits, from, to) => {
  const [expected, edited] = [seed.replace(from, to), editDescription(seed, edits)]
  expect(expected).not.toBe(seed)
  expect(edited).toBe(expected)
})

test('an item added to a list of blocks is one more block, and still a description', () => {
  const number = {
    number: '029 497 020',
    kind: 'REGIONAL_SERVICE',
    language: 'sv',
    region: { fi: 'Ahvenanmaa', sv: 'Åland', en: 'Åland' },
    names: { fi: 'Ahvenanmaan numero', sv: 'Ålands nummer', en: 'Number for Åland' },
    validFrom: '2027-01-01',
  }
  const edited = editDescription(seed, [{ path: ['numbers', 6], value: number }])
  expect(edited).toContain(
    '    validFrom: 2026-01-01\n  - number: 029 497 020\n    kind: REGIONAL_SERVICE\n    language: sv\n' +
      '    region: { fi: Ahvenanmaa, sv: Åland, en: Åland }\n',
  )
  expect(parseDescription(edited)).toMatchObject({ ok: true })
  expect(editDescription(edited, [{ path: ['numbers', 6] }])).toBe(seed)
})

test('edits are made in order: behind a removed item the others move up', () => {
  const edited = editDescription('list:\n  # one\n  - a: 1\n  # two\n  - a: 2\n  # three\n  - a: 3\n', [
    { path: ['list', 0] },
    { path: ['list', 1, 'a'], value: 4 },
    { path: ['list', 2], value: { a: 5 } },
  ])
  expect(parse(edited)).toEqual({ list: [{ a: 2 }, { a: 4 }, { a: 5 }] })
  for (const comment of ['# one', '# two', '# three']) expect(edited).toContain(comment)
})

test('no edits, or edits that say what is there, change no letter', () => {
  expect(editDescription(seed, [])).toBe(seed)
  expect(editDescription(seed, [{ path: ['version'], value: 1 }])).toBe(seed)
  expect(editDescription(seed, [{ path: ['nothing', 'here'] }])).toBe(seed)
})

describe('an edit that cannot be made says why, and nothing of it is made:', () => {
  const faultOf = (text: string, edit: TextEdit): EditFault['problem'] => {
    try {
      editDescription(text, [edit])
    } catch (error) {
      if (error instanceof EditFault) return error.problem
      throw error
    }
    throw new Error('no fault')
  }

  test('a text that is no YAML', () => {
    const problem = faultOf('a: 1\nb: [', { path: ['a'], value: 2 })
    expect(problem).toMatchObject({ code: 'edit.unreadable', line: 2, field: '(file)' })
    expect(problem.remedy.fi).toBe('Korjaa teksti ensin riviltä 2.')
  })

  test.each<[string, TextEdit['path']]>([
    ['inside a text', ['profile', 'name']],
    ['two past the end of a list', ['numbers', 7]],
    ['an index of something that is no list', ['controller', 0]],
    ['a name in a list', ['numbers', 'first']],
    ['a name that no field can have', ['__proto__', 'x']],
  ])('a value %s', (_, path) => {
    const problem = faultOf(seed, { path, value: 'x' })
    expect(problem).toMatchObject({ code: 'edit.no-place' })
    const [above] = seed.split(`\n${path[0] === '__proto__' ? 'version' : path[0]!}:`)
    expect(problem.line).toBe(above!.split('\n').length + 1)
  })

  test.each([NaN, Infinity, 1n, Symbol('x'), () => 1, { a: undefined }, [[NaN]]])('%s as a value', (value) => {
    expect(faultOf(seed, { path: ['version'], value })).toMatchObject({ code: 'edit.value', field: 'version', line: 3 })
  })
})
