import { expect, test } from 'vitest'
import type { RecordingRule } from '#description/register-description.ts'
import { ruleOfDecision } from './rule-of-decision.ts'

const names = (fi: string) => ({ fi, sv: fi, en: fi })
const rule = (changed: Partial<RecordingRule>): RecordingRule => ({
  id: 'service-numbers',
  version: 3,
  names: names('Palvelunumerot'),
  numbers: [],
  share: 0.1,
  recordingMonths: 6,
  from: Temporal.Instant.from('2026-01-01T00:00:00Z'),
  ...changed,
})
const version = (number: number, one: RecordingRule) =>
  ({ version: number, description: { recordingPlan: { rules: [one] } } }) as never

test('a decision is explained by the rule of the version that decided, not by a later one', () => {
  const hours = {
    days: ['MON'],
    from: Temporal.PlainTime.from('08:00'),
    to: Temporal.PlainTime.from('23:59:59.999'),
  } as const
  const versions = [
    version(1, rule({ quota: { per: 'official', weekly: 5 }, hours })),
    version(2, rule({ names: names('Uusi nimi') })),
  ]
  expect(ruleOfDecision(versions, { descriptionVersion: 1, ruleId: 'service-numbers' })).toEqual({
    rule: {
      name: names('Palvelunumerot'),
      quota: { per: 'official', weekly: 5 },
      hours: { days: ['MON'], from: '08:00', to: '24:00' },
    },
  })
  expect(ruleOfDecision(versions, { descriptionVersion: 2, ruleId: 'service-numbers' })).toEqual({
    rule: { name: names('Uusi nimi') },
  })
  expect(ruleOfDecision(versions, { descriptionVersion: 2 })).toEqual({})
})
