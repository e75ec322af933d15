import { expect, test } from 'vitest'
import { forgetSought } from '../session/sought.ts'
import { inOrder, kindsOf, queueAt, queueShownAt, readQueue } from './queue.ts'

test('the queue is all that is open unless the address says otherwise', () => {
  expect(readQueue({})).toEqual({})
  expect(readQueue({ state: 'open', whose: 'all', find: ' ' })).toEqual({})
  expect(readQueue({ state: 'closed', whose: 'mine', find: ' P-2026-17 ' })).toEqual({
    state: 'closed',
    whose: 'mine',
    find: 'P-2026-17',
  })
  expect(readQueue({ state: 'other', whose: 7, find: 17 })).toEqual({ find: '17' })
})

test('a name that is looked for stands in no address, which a browser would remember for whoever is next at it', () => {
  const at = queueAt({ state: 'closed', find: ' Liisa Esimerkki ' })
  expect(at).toMatchObject({ to: '/requests', search: { state: 'closed' } })
  expect(JSON.stringify(at)).not.toContain('Liisa')
  expect(queueShownAt(at.search, at.state.sought)).toEqual({ state: 'closed', find: 'Liisa Esimerkki' })
  forgetSought()
  sessionStorage.clear()
  expect(queueShownAt(at.search, at.state.sought)).toEqual({ state: 'closed' })
  expect(queueAt({ find: 'p-2026-17' })).toEqual({ to: '/requests', search: { find: 'p-2026-17' }, state: {} })
  expect(queueAt({ whose: 'mine', find: ' ' })).toEqual({ to: '/requests', search: { whose: 'mine' }, state: {} })
  expect(readQueue({ find: 'Liisa Esimerkki' })).toEqual({})
})

test('somebody outside asks for a document, somebody spoken of for that, and a party for the rest', () => {
  const mayRequest = ['KNOW', 'LISTEN', 'PROHIBIT', 'MENTIONED', 'OPENNESS'] as const
  expect(kindsOf('CALLER', mayRequest)).toEqual(['KNOW', 'LISTEN', 'PROHIBIT'])
  expect(kindsOf('OFFICIAL', mayRequest)).toEqual(['KNOW', 'LISTEN', 'PROHIBIT'])
  expect(kindsOf('MENTIONED', mayRequest)).toEqual(['MENTIONED'])
  expect(kindsOf('OUTSIDER', mayRequest)).toEqual(['OPENNESS'])
  expect(kindsOf('OUTSIDER', ['KNOW'])).toEqual([])
})

test('what is asked is listed in the order in which it is offered, whatever order it was kept in', () => {
  expect(inOrder(['HISTORY', 'KNOW', 'PROHIBIT', 'LISTEN'])).toEqual(['KNOW', 'LISTEN', 'HISTORY', 'PROHIBIT'])
})
