import { join } from 'node:path'
import { expect, test } from 'vitest'
import fi from 'virtual:texts/fi'
import { keysIn, sourcesUnder } from '../../texts-used.ts'

const keys = ['a.one', 'a.two_one', 'a.two_other', 'a.role.X', 'a.role.Y.hint', 'a.state', 'a.state.on', 'b.one']
const source = join(import.meta.dirname, '..')
const allKeys = Object.keys(fi)
const keysUnder = (path: string) => keysIn(sourcesUnder(join(source, path)), allKeys)

test('texts said are those written out, with their plurals, and those that a template or another literal begins', () => {
  expect([...keysIn(["t('a.two', { count })"], keys)]).toEqual(['a.two_one', 'a.two_other'])
  expect([...keysIn(['t(`a.role.${role}`)'], keys)]).toEqual(['a.role.X', 'a.role.Y.hint'])
  expect([...keysIn(["const prefix = 'a.role'"], keys)]).toEqual(['a.role.X', 'a.role.Y.hint'])
  expect([...keysIn(["'a.state'"], keys)]).toEqual(['a.state'])
})

test('the start has every refusal and the names of the pages, and little else of them', () => {
  const start = keysUnder('main.tsx')
  expect(allKeys.filter((key) => key.startsWith('error.') && !start.has(key))).toEqual([])
  expect(start).toContain('studies.title')
  expect([...start].filter((key) => /^(anonymisation|import|studies)\./.test(key))).toEqual(['studies.title'])
})

test('a module has the texts of those that it imports, and not of those that it loads later', () => {
  const shell = keysUnder('shell/shell.tsx')
  expect(shell).toContain('account.notices.title')
  expect([...shell].filter((key) => key.startsWith('listening-room.'))).toEqual([])
})
