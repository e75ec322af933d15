import { expect, test } from 'vitest'
import { spreadAsEverybody } from './everybodys-spread.ts'

const shared = [-1.75, -1, -0.5, 0, 0.5, 1, 1.75]
const sorted = (values: number[]) => Float64Array.from(values).sort()
const quantiles = (values: readonly number[]) => {
  const inOrder = sorted([...values])
  return [0.04, 0.15, 0.3, 0.5, 0.7, 0.85, 0.96].map((share) => inOrder[Math.round(share * (inOrder.length - 1))]!)
}

test('any spread becomes the average spread', () => {
  const even = Array.from({ length: 1000 }, (_, n) => n / 100)
  for (const values of [even, even.map((value) => 14 * value + value ** 2), even.map((value) => -40 + 3 * value)]) {
    const spread = spreadAsEverybody(sorted(values), shared, 0.01)
    quantiles(values.map(spread)).forEach((value, knot) => expect(value).toBeCloseTo(shared[knot]!, 1))
  }
})

test('higher values stay higher, also beyond the outermost', () => {
  const values = Array.from({ length: 300 }, (_, n) => Math.sin(n * n) * (n % 7))
  const spread = spreadAsEverybody(sorted(values), shared, 0.01)
  const rising = Array.from({ length: 200 }, (_, n) => spread(-10 + n / 10))
  expect(rising.every((value, n) => n === 0 || value > rising[n - 1]!)).toBe(true)
})

test('one value, or nearly equal values, are not spread apart', () => {
  const one = spreadAsEverybody(sorted([5]), shared, 0.5)
  expect(one(5)).toBeCloseTo(0)
  expect(Math.abs(one(5.1))).toBeLessThan(1.2)
})
