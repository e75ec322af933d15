import { describe, expect, test } from 'vitest'
import { namesOfTwo } from './names-of-two.ts'

describe('a name of two recorders', () => {
  test('is told once, however many answer to it', () => {
    const nodes = ['north', 'south', 'north', 'north'].map((name) => ({ name, state: 'takes-calls' as const }))
    expect(namesOfTwo(nodes)).toEqual(['north'])
  })

  test('is none when the machine before is gone', () => {
    expect(
      namesOfTwo([
        { name: 'north', state: 'silent' },
        { name: 'north', state: 'busy' },
        { name: 'south', state: 'ended' },
        { name: 'south', state: 'draining' },
      ]),
    ).toEqual([])
  })
})
