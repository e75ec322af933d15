import { expect, test } from 'vitest'
import { clearSearchWords } from '../session/search-words.ts'
import { inOrder, kindsOf, queueUrl, queueFiltersOfUrl, readQueue } from './queue.ts'

test('the queue has all open requests by default', () => {
  expect(readQueue({})).toEqual({})
  expect(readQueue({ state: 'open', whose: 'all', find: ' ' })).toEqual({})
  expect(readQueue({ state: 'closed', whose: 'mine', find: ' P-2026-17 ' })).toEqual({
    state: 'closed',
    whose: 'mine',
    find: 'P-2026-17',
  })
  expect(readQueue({ state: 'other', whose: 7, find: 17 })).toEqual({ find: '17' })
})

test('a searched name is in no URL, which the browser would show to its next user', () => {
  const at = queueUrl({ state: 'closed', find: ' Liisa Esimerkki ' })
  expect(at).toMatchObject({ to: '/requests', search: { state: 'closed' } })
  expect(JSON.stringify(at)).not.toContain('Liisa')
  expect(queueFiltersOfUrl(at.search, at.state.searchWordsKey)).toEqual({ state: 'closed', find: 'Liisa Esimerkki' })
  clearSearchWords()
  sessionStorage.clear()
  expect(queueFiltersOfUrl(at.search, at.state.searchWordsKey)).toEqual({ state: 'closed' })
  expect(queueUrl({ find: 'p-2026-17' })).toEqual({ to: '/requests', search: { find: 'p-2026-17' }, state: {} })
  expect(queueUrl({ whose: 'mine', find: ' ' })).toEqual({ to: '/requests', search: { whose: 'mine' }, state: {} })
  expect(readQueue({ find: 'Liisa Esimerkki' })).toEqual({})
})

test('an outsider asks for a document, a mentioned person for their own rights, and a party for the rest', () => {
  const mayRequest = ['KNOW', 'LISTEN', 'PROHIBIT', 'MENTIONED', 'OPENNESS'] as const
  expect(kindsOf('CALLER', mayRequest)).toEqual(['KNOW', 'LISTEN', 'PROHIBIT'])
  expect(kindsOf('OFFICIAL', mayRequest)).toEqual(['KNOW', 'LISTEN', 'PROHIBIT'])
  expect(kindsOf('MENTIONED', mayRequest)).toEqual(['MENTIONED'])
  expect(kindsOf('OUTSIDER', mayRequest)).toEqual(['OPENNESS'])
  expect(kindsOf('OUTSIDER', ['KNOW'])).toEqual([])
})

test('requested kinds are listed in the order in which they are offered, whatever their stored order', () => {
  expect(inOrder(['HISTORY', 'KNOW', 'PROHIBIT', 'LISTEN'])).toEqual(['KNOW', 'LISTEN', 'HISTORY', 'PROHIBIT'])
})
