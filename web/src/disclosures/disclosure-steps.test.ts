import { expect, test } from 'vitest'
import { authorityStepState } from './authority-steps.ts'
import type { Package, ResearchDetail, ResearchItem } from './disclosure-shapes.ts'
import { researchStepState, researchSteps } from './research-steps.ts'

type Facts = Pick<ResearchDetail, 'state' | 'lacks' | 'itemList'>

const item = (state: ResearchItem['copy']['state']): ResearchItem => ({
  item: 1,
  recording: 'available',
  copy: { state },
  outcome: 'none',
})
const somePackage: Omit<Package, 'state'> = {
  downloads: [],
  id: 'a',
  method: 'PASSPHRASE',
  delivery: 'LINK',
  files: 1,
  done: 1,
  madeAt: '2026-11-27T09:00:00Z',
  madeBy: { id: 'b', name: 'Riitta' },
  expiresAt: '2026-12-04T09:00:00Z',
}
const statesOf = (facts: Facts) => researchSteps.map((step) => researchStepState(step, facts)).join(' ')

test('a step that waits for no other step is `missing`, and later steps are `ahead`', () => {
  const begun: Facts = {
    state: 'DRAFT',
    lacks: [{ what: 'items' }, { what: 'undertaking' }, { what: 'decision' }, { what: 'release' }],
    itemList: [],
  }
  expect(statesOf(begun)).toBe('done missing ahead ahead missing ahead ahead ahead')
})

test('the check of a rendered item is `missing`, and the decision is `ahead`', () => {
  const rendered: Facts = {
    state: 'ANONYMISED',
    lacks: [{ what: 'check', items: [1] }, { what: 'decision' }, { what: 'release' }],
    itemList: [item('RENDERED')],
  }
  expect(statesOf(rendered)).toBe('done done done missing done ahead ahead ahead')
})

test('the decision is `missing` once all steps before it are done, and then the release', () => {
  const checked: Facts = {
    state: 'UNDERTAKING',
    lacks: [{ what: 'decision' }, { what: 'release' }],
    itemList: [item('APPROVED')],
  }
  expect(statesOf(checked)).toBe('done done done done done missing ahead ahead')
  expect(statesOf({ ...checked, state: 'DECIDED', lacks: [{ what: 'release' }] })).toBe(
    'done done done done done done missing ahead',
  )
  expect(statesOf({ ...checked, state: 'RELEASED', lacks: [] })).toBe('done done done done done done done open')
})

test('a request of an authority can be refused once it is assessed, and a release waits only for its own conditions', () => {
  const request = {
    state: 'ASSESSED',
    lacks: [{ what: 'provision' }, { what: 'decision' }, { what: 'release' }],
  } as const
  const facts = { ...request, lacks: [...request.lacks], packages: [] }
  expect(authorityStepState('decision', facts)).toBe('missing')
  expect(authorityStepState('request', facts)).toBe('missing')
  expect(authorityStepState('release', facts)).toBe('ahead')
  expect(authorityStepState('release', { state: 'DECIDED', lacks: [{ what: 'release' }], packages: [] })).toBe(
    'missing',
  )
})

test('a released disclosure is closed after its package has ended, and not before', () => {
  const closing = (...states: Package['state'][]) =>
    authorityStepState('close', {
      state: 'RELEASED',
      lacks: [],
      packages: states.map((state) => ({ ...somePackage, state })),
    })
  expect([closing('making'), closing('ready'), closing('ready', 'withdrawn')]).toEqual(['ahead', 'ahead', 'ahead'])
  expect([closing('taken'), closing('expired', 'withdrawn')]).toEqual(['missing', 'missing'])
})
