// Checks that every file and test title named in docs/law/README.md and docs/attacks.md exists. Does not judge the tests.
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { promises } from '#description/promises.ts'

const root = resolve(import.meta.dirname, '../..')
const paths = ['src', 'test', 'web/src', 'database', 'docs'].flatMap(pathsUnder)
const rows = ['docs/law/README.md', 'docs/attacks.md'].flatMap(tableRows)

test('the tables have rows', () => {
  expect(rows.length).toBeGreaterThan(50)
})

test('every file named in the tables exists', () => {
  const missing = rows.flatMap(({ label, code, tests }) =>
    filesNamed(`${code} ${tests}`)
      .filter((name) => pathsEndingWith(name).length === 0)
      .map((name) => `${label}: ${name}`),
  )
  expect(missing, 'Instead: the path from the root, or the file’s name').toEqual([])
})

test('every test named in the tables is in its file', () => {
  const missing = rows.flatMap(({ label, tests }) =>
    tests.split(';').flatMap((part) => {
      const titles = titlesIn(filesNamed(part).flatMap(pathsEndingWith).map(readAll).join('\n'))
      return titlesNamed(part)
        .filter((title) => !titles.some((one) => one.includes(title)))
        .map((title) => `${label}: ${part.trim().split(':')[0]}: ${title}`)
    }),
  )
  expect(missing, 'Instead: words of the title, as the file has them').toEqual([])
})

test('every database function named before a pointer to its file is in that file', () => {
  const sources = [...pathsUnder('src'), ...pathsUnder('docs'), 'SECURITY.md', 'ARCHITECTURE.md']
    .filter((path) => /\.(ts|md)$/.test(path))
    .map((path) => ({ path, text: readAll(path) }))
  const wrong = sources.flatMap(({ path, text }) =>
    [...text.matchAll(/`?(\w+)`?,? (?:\(|in )?`?(database\/[\w/-]+\.sql)/g)].flatMap(([, name = '', file = '']) => {
      if (!paths.includes(file)) return [`${path}: ${file} is not there`]
      return !name.includes('_') || readAll(file).includes(name) ? [] : [`${path}: ${name} is not in ${file}`]
    }),
  )
  expect(wrong).toEqual([])
})

// After a union merge both versions of a changed row may be in the table.
test('no attack is listed twice with code in the same files and the same tests', () => {
  const attacks = tableRows('docs/attacks.md')
  const keys = attacks.map(({ code, tests }) => `${filesNamed(code).toSorted().join(' ')} | ${tests}`)
  expect(keys.filter((key, at) => keys.indexOf(key) !== at)).toEqual([])
})

test('every row names a test', () => {
  expect(rows.filter(({ tests }) => filesNamed(tests).length === 0).map(({ label }) => label)).toEqual([])
})

test.each([
  { file: 'docs/law/README.md', column: 2, says: 'what it is checked on, and by which test' },
  { file: 'docs/operate/README.md', column: 1, says: 'what to do when it is broken' },
])('every promise has its row in $file, which says $says', ({ file, column }) => {
  const [, table = ''] = readAll(file).split(/^\|(?: \|)? promise \|.*\n/m)
  const named = table
    .slice(0, table.indexOf('\n\n'))
    .split('\n')
    .flatMap((row) => [...(row.split('|')[column] ?? '').matchAll(/`([\w.-]+)`/g)].map(([, id]) => id))
  expect([...new Set(named)].sort()).toEqual([...promises].sort())
})

/** Returns the table rows of a document, without their headings. */
function tableRows(path: string) {
  return readFileSync(join(root, path), 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('| ') && !/^\| +\||^\| promise \|/.test(line))
    .map((line) => ({ label: line.slice(0, 60), cells: line.split(/(?<!\\)\|/).map((cell) => cell.trim()) }))
    .map(({ label, cells }) => ({ label, code: cells.at(-3) ?? '', tests: cells.at(-2) ?? '' }))
}

/** Returns paths and file names in backticks; other code words have neither a slash nor a file extension. */
function filesNamed(cell: string): string[] {
  return [...cell.matchAll(/`([\w./-]+(?:\/|\.(?:ts|tsx|sql|md|yaml)))`|`((?:src|test|web)\/[\w./-]+)`/g)].map(
    ([, file, folder]) => file ?? folder ?? '',
  )
}

/** Returns all strings that may be titles of a test or group, or of a row in a table of tests. */
function titlesIn(text: string): string[] {
  return [...text.matchAll(/'((?:[^'\\\n]|\\.)*)'|`([^`]*)`|"((?:[^"\\\n]|\\.)*)"/g)].map(
    ([, single, template, double]) => (single ?? template ?? double ?? '').replace(/\\(.)/g, '$1'),
  )
}

function titlesNamed(cell: string): string[] {
  return [...cell.matchAll(/[“"]([^”"]+)[”"]/g)].map(([, title]) => title ?? '')
}

/** Returns the files and folders whose path ends like this. */
function pathsEndingWith(name: string): string[] {
  const end = name.replace(/\/$/, '')
  return paths.filter((path) => path === end || path.endsWith(`/${end}`))
}

function pathsUnder(folder: string): string[] {
  const below = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
  return below.map((path) => `${folder}/${path}`)
}

function readAll(path: string): string {
  const whole = join(root, path)
  if (!statSync(whole).isDirectory()) return readFileSync(whole, 'utf8')
  return readdirSync(whole)
    .map((name) => readAll(`${path}/${name}`))
    .join('\n')
}
