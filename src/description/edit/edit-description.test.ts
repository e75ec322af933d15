import { readFile } from 'node:fs/promises'
import fc from 'fast-check'
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
    'a field that did not exist',
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
    'a text that needs quotes',
    [{ path: ['recordingPlan', 'rules', 0, 'names', 'en'], value: 'Numbers: all, of "us" #1' }],
    'en: Service numbers }',
    'en: "Numbers: all, of \\"us\\" #1" }',
  ],
  ['a text that looks like a number', [{ path: ['numbering', 'pbx'], value: '512' }], 'pbx: main', 'pbx: "512"'],
])('%s is edited in place, and nothing else', (_what, edits, from, to) => {
  const [expected, edited] = [seed.replace(from, to), editDescription(seed, edits)]
  expect(expected).not.toBe(seed)
  expect(edited).toBe(expected)
})

test('an item added to a list of blocks is one more block, and the result is a valid description', () => {
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

test('edits are applied in order: removing an item moves the following items up', () => {
  const edited = editDescription('list:\n  # one\n  - a: 1\n  # two\n  - a: 2\n  # three\n  - a: 3\n', [
    { path: ['list', 0] },
    { path: ['list', 1, 'a'], value: 4 },
    { path: ['list', 2], value: { a: 5 } },
  ])
  expect(parse(edited)).toEqual({ list: [{ a: 2 }, { a: 4 }, { a: 5 }] })
  for (const comment of ['# one', '# two', '# three']) expect(edited).toContain(comment)
})

test('if an edit in place is not possible, the text is formatted again, with its comments', () => {
  const edited = editDescription('# all\n? a # why\n: 1\n# more\nb: 2\n', [{ path: ['a'], value: { x: [{ y: 2 }] } }])
  expect(parse(edited)).toEqual({ a: { x: [{ y: 2 }] }, b: 2 })
  for (const comment of ['# all', '# why', '# more']) expect(edited).toContain(comment)
})

test('no character changes without edits, or if edits only set the present values', () => {
  expect(editDescription(seed, [])).toBe(seed)
  expect(editDescription(seed, [{ path: ['version'], value: 1 }])).toBe(seed)
  expect(editDescription(seed, [{ path: ['nothing', 'here'] }])).toBe(seed)
})

describe('after any edits', () => {
  type Path = (string | number)[]
  const file = parse(seed) as Record<string, unknown>
  const leaves: Path[] = []
  const lists: Path[] = []
  walk(file, [])
  const scalar = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 12 }),
    fc.constantFrom(
      '',
      ' ',
      'null',
      'true',
      '1.5',
      '-',
      '- a',
      'a: b',
      '# a',
      "it's",
      '"',
      '{',
      '029 497 000',
      'a\nb',
      'PL 1, 2',
    ),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
  )
  const value = fc.oneof(
    scalar,
    fc.array(scalar, { maxLength: 3 }),
    fc.dictionary(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 5 }), scalar, {
      maxKeys: 3,
      noNullPrototype: true,
    }),
  )
  const newValue = fc.oneof(
    fc.record({ path: fc.constantFrom(...leaves), value }),
    fc.constantFrom(...lists).chain((path) => fc.record({ path: fc.constant([...path, at(path).length]), value })),
  )
  const removal = fc.constantFrom(...leaves, ...lists).map((path): TextEdit => ({ path }))

  test('the text has exactly the edited values and keeps every comment', () => {
    const comments = seed.split('\n').filter((line) => line.trimStart().startsWith('#'))
    expect(comments.length).toBeGreaterThan(8)
    fc.assert(
      fc.property(fc.uniqueArray(newValue, { minLength: 1, maxLength: 4, selector: sectionOf }), (edits) => {
        const edited = editDescription(seed, edits)
        expect(parse(edited)).toEqual(valuesAfter(edits))
        const lines = edited.split('\n')
        for (const comment of comments) expect(lines).toContain(comment)
      }),
      { numRuns: 50 },
    )
  })

  test('the text has exactly the remaining values if fields and items were removed', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.oneof(newValue, removal), { minLength: 1, maxLength: 4, selector: sectionOf }),
        (edits) => {
          expect(parse(editDescription(seed, edits))).toEqual(valuesAfter(edits))
        },
      ),
      { numRuns: 50 },
    )
  })

  function at(path: Path): unknown[] {
    return path.reduce<unknown>((value, part) => (value as Record<string, unknown>)[part], file) as unknown[]
  }

  /** Returns an edit's section: edits of different sections do not shift one another's positions. */
  function sectionOf({ path }: TextEdit): string {
    return String(path[0])
  }

  function valuesAfter(edits: readonly TextEdit[]): unknown {
    const values = structuredClone(file)
    for (const { path, value } of edits) {
      const holder = path.slice(0, -1).reduce<unknown>((node, part) => (node as Record<string, unknown>)[part], values)
      if (value !== undefined) (holder as Record<string, unknown>)[path.at(-1)!] = value
      else if (Array.isArray(holder)) holder.splice(path.at(-1) as number, 1)
      else Reflect.deleteProperty(holder as object, path.at(-1)!)
    }
    return values
  }

  function walk(value: unknown, path: Path): void {
    if (Array.isArray(value)) lists.push(path)
    if (typeof value !== 'object' || value === null) leaves.push(path)
    else
      for (const [key, item] of Object.entries(value)) walk(item, [...path, Array.isArray(value) ? Number(key) : key])
  }
})

describe('an edit that cannot be applied gives the reason, and none of the edits is applied:', () => {
  const faultOf = (text: string, edit: TextEdit): EditFault['problem'] => {
    try {
      editDescription(text, [edit])
    } catch (error) {
      if (error instanceof EditFault) return error.problem
      throw error
    }
    throw new Error('no fault')
  }

  test('a text that is not YAML', () => {
    const problem = faultOf('a: 1\nb: [', { path: ['a'], value: 2 })
    expect(problem).toMatchObject({ code: 'edit.unreadable', line: 2, field: '(file)' })
    expect(problem.remedy.fi).toBe('Korjaa teksti ensin riviltä 2.')
  })

  test('a text with a zero character, which cannot be stored, even without an edit', () => {
    expect(() => editDescription('a: 1\nb: \0', [])).toThrow(
      'Line 2, (file): The text has a character that cannot be seen: U+0000.',
    )
  })

  test.each<[string, TextEdit['path']]>([
    ['inside a text', ['profile', 'name']],
    ['two past the end of a list', ['numbers', 7]],
    ['an index of something that is not a list', ['controller', 0]],
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
