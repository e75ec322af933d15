import { expect, test } from 'vitest'
import { challengeMinutes, createChallenges } from './challenges.ts'

const start = Temporal.Instant.from('2026-03-02T08:00:00Z')
const approve = ['act', 'session', 'draft.approve', 'a', 3] as const

test('a challenge is valid for its purpose, and for nothing else', () => {
  const challenges = createChallenges(() => start)
  const challenge = challenges.issue(approve)
  expect(challenges.judge(challenge, approve)).toBe('good')
  expect(challenges.judge(challenge, ['act', 'session', 'draft.approve', 'a', 4])).toBe('foreign')
  expect(challenges.judge(challenge, ['act', 'session', 'draft.reject', 'a', 3])).toBe('foreign')
  expect(challenges.judge(challenge, ['sign-in'])).toBe('foreign')
})

test('a challenge of another process, a changed one and a missing one are foreign', () => {
  const challenges = createChallenges(() => start)
  const bytes = Buffer.from(challenges.issue(approve), 'base64url')
  bytes[20]! ^= 1
  expect(challenges.judge(bytes.toString('base64url'), approve)).toBe('foreign')
  expect(challenges.judge(createChallenges(() => start).issue(approve), approve)).toBe('foreign')
  expect(challenges.judge('', approve)).toBe('foreign')
})

test('a challenge is valid for five minutes', () => {
  let now = start
  const challenges = createChallenges(() => now)
  const challenge = challenges.issue(approve)
  now = start.add({ minutes: challengeMinutes }).subtract({ milliseconds: 1 })
  expect(challenges.judge(challenge, approve)).toBe('good')
  now = start.add({ minutes: challengeMinutes })
  expect(challenges.judge(challenge, approve)).toBe('late')
})

test('a challenge is valid once, in any encoding', () => {
  let now = start
  const challenges = createChallenges(() => now)
  const challenge = challenges.issue(approve)
  expect(challenges.spend(challenge)).toBe(true)
  expect(challenges.judge(challenge, approve)).toBe('late')
  expect(challenges.judge(`${challenge}=`, approve)).toBe('late')
  expect(challenges.spend(`${challenge}==`)).toBe(false)
  now = start.add({ minutes: challengeMinutes })
  challenges.spend(challenges.issue(approve))
  expect(challenges.judge(challenge, approve)).toBe('late')
})

test.each([2, 9, 60])('a used challenge stays used when the clock jumps ahead and goes back by %i minutes', (back) => {
  let now = start
  const challenges = createChallenges(() => now)
  const challenge = challenges.issue(approve)
  challenges.spend(challenge)
  now = now.add({ minutes: back + 1 })
  challenges.spend(challenges.issue(approve))
  now = now.subtract({ minutes: back })
  expect(challenges.judge(challenge, approve)).not.toBe('good')
  expect(challenges.judge(challenges.issue(approve), approve)).toBe('good')
})
