import { expect, test } from 'vitest'
import type { NodeStatus } from '#register/capture-nodes.ts'
import { describeNodes } from './nodes.ts'

const node = (name: string, state: NodeStatus['state'], sharesName = false): NodeStatus => ({
  ...{
    id: name,
    name,
    version: '1',
    state,
    pressures: [],
    sessions: 1,
    recordings: 0,
    waiting: 0,
    openCalls: 2,
    blockers: [],
    sharesName,
  },
  ...{
    startedAt: Temporal.Instant.from('2026-11-26T20:00:00Z'),
    aliveAt: Temporal.Instant.from('2026-11-26T20:15:03Z'),
  },
})

test('each capture has a line, and a duplicate name is reported once', () => {
  const now = 'sessions: 1, recordings: 0, waiting for the register: 0'
  expect(
    describeNodes([
      node('north', 'silent'),
      node('north', 'takes-calls'),
      node('south', 'draining', true),
      node('south', 'takes-calls', true),
    ]),
  ).toEqual([
    'north  no heartbeat since 2026-11-26T20:15:03Z; open calls: 2 (docs/operate/several-machines.md)',
    `north  accepts new sessions; ${now}`,
    `south  is draining; ${now}`,
    `south  accepts new sessions; ${now}`,
    'south  is used by two running capture nodes: give each its own name in SELOSTE_NODE',
  ])
})
