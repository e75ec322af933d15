import { join } from 'node:path'
import { expect, test } from 'vitest'
import fi from 'virtual:texts/fi'
import { keysIn, sourcesUnder } from '../../texts-used.ts'

const keys = ['a.one', 'a.two_one', 'a.two_other', 'a.role.X', 'a.role.Y.hint', 'a.state', 'a.state.on', 'b.one']
const source = join(import.meta.dirname, '..')
const allKeys = Object.keys(fi)
const keysUnder = (path: string) => keysIn(sourcesUnder(join(source, path)), allKeys)

test('finds the texts whose key is a literal, with plurals, and the texts whose key begins with a template or a literal', () => {
  expect([...keysIn(["t('a.two', { count })"], keys)]).toEqual(['a.two_one', 'a.two_other'])
  expect([...keysIn(['t(`a.role.${role}`)'], keys)]).toEqual(['a.role.X', 'a.role.Y.hint'])
  expect([...keysIn(["const prefix = 'a.role'"], keys)]).toEqual(['a.role.X', 'a.role.Y.hint'])
  expect([...keysIn(["'a.state'"], keys)]).toEqual(['a.state'])
})

test('the first download has the texts of all refusals and the names of the pages, and no other texts of large pages', () => {
  const start = keysUnder('main.tsx')
  expect(allKeys.filter((key) => key.startsWith('error.') && !start.has(key))).toEqual([])
  expect(start).toContain('studies.title')
  expect([...start].filter((key) => /^(anonymisation|import|studies)\./.test(key))).toEqual(['studies.title'])
})

test('a module has the texts of the modules that it imports, and not of modules that it loads later', () => {
  const shell = keysUnder('shell/shell.tsx')
  expect(shell).toContain('account.notices.title')
  expect([...shell].filter((key) => key.startsWith('listening-room.'))).toEqual([])
})
