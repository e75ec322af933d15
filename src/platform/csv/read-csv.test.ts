import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readCsv } from './read-csv.ts'

const utf8 = (text: string) => Buffer.from(text, 'utf8')
const latin1 = (text: string) => Buffer.from(text, 'latin1')

function problemsOf(content: Buffer, shape?: Parameters<typeof readCsv>[1]) {
  const read = readCsv(content, shape)
  return read.ok
    ? []
    : read.problems.map(({ row, code, column }) => [row, code, ...(column === undefined ? [] : [column])])
}

describe('valid input', () => {
  test.each([
    ['semicolons', 'Nimi;Yksikkö\nÄijä;Öljy\n'],
    ['commas', 'nimi,yksikkö\nÄijä,Öljy'],
    ['a byte order mark and Windows line ends', '\uFEFFNIMI;YKSIKKÖ\r\nÄijä;Öljy\r\n'],
    ['line ends of both kinds', 'nimi;yksikkö\r\nÄijä;Öljy\n\r\n'],
    ['quotes', '"nimi";"yksikkö"\n"Äijä";"Öljy"'],
    ['trailing spaces and separators', ' nimi ; yksikkö ;;\n Äijä ;Öljy;;\n;;;\n'],
    ['a separator line of Excel', 'sep=;\nnimi;yksikkö\nÄijä;Öljy'],
    ['decomposed letters (NFD)', 'nimi;yksikkö\nÄijä;Öljy'.normalize('NFD')],
  ])('a file with %s is read the same', (_, text) => {
    const read = readCsv(utf8(text))
    expect(read).toMatchObject({ ok: true, columns: ['nimi', 'yksikkö'] })
    expect(read.ok && read.rows.map(({ values }) => values)).toEqual([{ nimi: 'Äijä', yksikkö: 'Öljy' }])
  })

  test('a row is identified by its first line, whatever precedes it', () => {
    const read = readCsv(utf8('a;b\n1;"two\nlines"\n\n3;4\n;\n"5\n";6\n7;8'))
    expect(read.ok && read.rows.map(({ row, values }) => [row, values['a']])).toEqual([
      [2, '1'],
      [5, '3'],
      [7, '5'],
      [9, '7'],
    ])
  })

  test('every written cell is read back', () => {
    const cell = fc.stringMatching(/^[a-zåäö0-9 ;,"\n]{0,12}$/)
    fc.assert(
      fc.property(
        fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 8 }),
        fc.constantFrom(';', ','),
        (rows, mark) => {
          const quoted = rows.map((cells) => cells.map((text) => `"${text.replaceAll('"', '""')}"`).join(mark))
          const read = readCsv(utf8([`a${mark}b`, ...quoted].join('\r\n')))
          const filled = rows.map((cells) => cells.map((text) => text.trim())).filter(([a, b]) => a !== '' || b !== '')
          if (filled.length === 0) expect(read.ok).toBe(false)
          else expect(read.ok && read.rows.map(({ values }) => [values['a'], values['b']])).toEqual(filled)
        },
      ),
    )
  })

  test('no bytes throw', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => void readCsv(Buffer.from(bytes))))
    fc.assert(fc.property(fc.stringMatching(/^[a;,"\r\n ]{0,40}$/), (text) => void readCsv(utf8(text))))
  })
})

describe('refused input', () => {
  test('a file in Windows-1252 is reported with the place of its first wrong character, and the cell as that encoding reads it', () => {
    const read = readCsv(latin1('nimi;paikka\nMatti;Helsinki\nAino;Jyväskylä\n'))
    expect(read).toMatchObject({ ok: false, problems: [{ row: 3, code: 'csv.encoding' }] })
    expect(!read.ok && read.problems[0]?.message.fi).toMatch(/^Rivin 3 merkki 9 ei ole UTF-8.*”Jyväskylä”/)
  })

  test('the place counts characters, not bytes', () => {
    const read = readCsv(Buffer.concat([utf8('nimi\nÄÄÄ '), latin1('pää')]))
    expect(!read.ok && read.problems[0]?.message.en).toMatch(/^Character 6 of row 2/)
  })

  test.each([
    ['UTF-16 with a mark', Buffer.from('\uFEFFa;b\n1;2', 'utf16le')],
    ['UTF-16 without one', Buffer.from('a;b\n1;2', 'utf16le')],
    ['UTF-16, big-endian', Buffer.from('\uFEFFa;b\n1;2', 'utf16le').swap16()],
  ])('%s', (_, content) => {
    expect(problemsOf(content)).toEqual([[1, 'csv.encoding-utf-16']])
  })

  test.each([
    ['xlsx', '504b030414000600'],
    ['xls', 'd0cf11e0a1b11ae1'],
  ])('a spreadsheet saved as %s is not CSV', (_, start) => {
    expect(problemsOf(Buffer.from(start, 'hex'))).toEqual([[1, 'csv.spreadsheet']])
  })

  test('characters corrupted before the file was sent', () => {
    expect(problemsOf(utf8('a\nok\nHenkilÃ¶verotus'))).toEqual([[3, 'csv.encoding-broken']])
    expect(problemsOf(utf8('a\nHenkil\uFFFDverotus'))).toEqual([[2, 'csv.encoding-broken']])
  })

  test.each([
    ['nothing', '', 'csv.empty', 1],
    ['a heading alone', 'a;b\n', 'csv.empty', 1],
    ['a heading and empty rows', 'a;b\n;\n\n', 'csv.empty', 1],
    ['an unclosed quotation mark', 'a;b\n1;2\n"3;4\n5;6', 'csv.quote', 3],
    ['a quotation mark within a cell', 'a;b\n1;2"3"', 'csv.quote', 2],
    ['too few cells', 'a;b\n1;2\n3', 'csv.fields', 3],
    ['too many cells', 'a;b\n1;2\n3;4;5', 'csv.fields', 3],
    ['a cell that is too long', `a;b\n1;${'x'.repeat(2001)}`, 'csv.cell-too-long', 2],
    ['a column twice', 'a;A\n1;2', 'csv.column-twice', 1],
    ['a column without a name', 'a;;c\n1;2;3', 'csv.column-unknown', 1],
    ['too many rows', `a\n${'1\n'.repeat(20_001)}`, 'csv.too-long', 20_002],
  ])('%s', (_, text, code, row) => {
    expect(problemsOf(utf8(text))[0]?.slice(0, 2)).toEqual([row, code])
  })

  test('missing or unknown columns are named', () => {
    const shape = { required: ['name', 'phone'], optional: ['unit'] }
    expect(problemsOf(utf8('Name;unit;colour\nx;y;z'), shape)).toEqual([
      [1, 'csv.column-missing', 'phone'],
      [1, 'csv.column-unknown', 'colour'],
    ])
    expect(problemsOf(utf8('phone;name\n1;2'), shape)).toEqual([])
  })

  test('every wrong row is reported, not only the first', () => {
    expect(problemsOf(utf8('a;b\n1\n2;3\n4;5;6'))).toEqual([
      [2, 'csv.fields'],
      [4, 'csv.fields'],
    ])
  })
})
