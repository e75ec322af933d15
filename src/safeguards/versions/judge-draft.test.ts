import { expect, test } from 'vitest'
import { judgeText } from './judge-draft.ts'

test('a text of 20,000 unknown fields is judged without delaying anybody', () => {
  const fields = Array.from({ length: 20_000 }, (_, index) => `field${index}: 1`).join('\n')
  const began = process.cpuUsage()
  const { problems, document } = judgeText(fields, [])
  expect(process.cpuUsage(began).user / 1e6).toBeLessThan(3)
  expect(problems).toHaveLength(500)
  expect(document).toMatchObject({ field19999: 1 })
})

test.each(['title: *other', 'title: x\ntitle: y', 'title: !!js/function x', ': : :'])(
  'an unreadable text has problems and no values: %s',
  (text) => {
    const judged = judgeText(text, [])
    expect(judged.problems).not.toEqual([])
    expect(judged).not.toHaveProperty('document')
  },
)
