import { expect, test } from 'vitest'
import { barsOf } from './hour-bars.ts'
import { roughText, targetOf, taskText } from './waiting-shapes.ts'

const t = (key: string, values?: object) => `${key} ${JSON.stringify(values ?? {})}`
const me = { personId: 'me', rights: [] }
const row = { count: 1, urgency: 'waits' } as const

test('a row for one item links to the item, and a row for several to their list', () => {
  expect(targetOf({ ...row, kind: 'request', id: '7' }, me)).toEqual({ to: '/requests/$id', params: { id: '7' } })
  expect(targetOf({ ...row, kind: 'request', count: 4 }, me)).toEqual({ to: '/requests' })
  expect(targetOf({ ...row, kind: 'research-check', id: '7', item: 2 }, me)).toEqual({
    to: '/disclosures/research/$id/items/$item/check',
    params: { id: '7', item: '2' },
  })
  expect(targetOf({ ...row, kind: 'pending-disclosure', about: 'AUTHORITY', id: '7' }, me).to).toBe(
    '/disclosures/authority/$id',
  )
  expect(targetOf({ ...row, kind: 'right-ending', id: '7' }, me).search).toEqual({ person: 'me', renew: '7' })
})

test('a row for one alarm has the name of its kind, and a row for several alarms a general name', () => {
  expect(taskText({ kind: 'alarm', about: 'night' }, t)).toContain('watch.alarm.night.title')
  expect(taskText({ kind: 'alarm' }, t)).toContain('start.waits.alarm')
})

test('ages are in whole days, hours or minutes, and never negative', () => {
  expect(roughText(49 * 3_600_000, t)).toBe('shell.time.days {"count":2}')
  expect(roughText(3_600_000, t)).toBe('shell.time.hours {"count":1}')
  expect(roughText(-5, t)).toBe('shell.time.minutes {"count":0}')
})

test('hours without a shown count are empty bars between other hours; without any count there are no bars', () => {
  const hour = (key: string, judged: number | null, recorded: number | null) => ({ key, figures: { judged, recorded } })
  expect(barsOf({ rows: [hour('8', 10, 5), hour('9', null, null), hour('10', 5, null)] })).toEqual([
    { hour: 8, answered: 10, recorded: 5 },
    { hour: 9, answered: 0, recorded: 0 },
    { hour: 10, answered: 5, recorded: 0 },
  ])
  expect(barsOf({ rows: [hour('9', null, null)] })).toEqual([])
})
