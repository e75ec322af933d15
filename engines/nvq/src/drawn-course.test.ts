import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { Chance } from './chance.ts'
import { drawCourse } from './drawn-course.ts'

const chance = new Chance(randomBytes)
const minute = 200 * 60

test('a course varies about zero by the given amount and rate, differently at each draw', () => {
  const course = drawCourse(minute, { height: 3, slowest: 0.5, fastest: 2 }, chance)
  const mean = course.reduce((sum, value) => sum + value, 0) / minute
  const deviation = Math.sqrt(course.reduce((sum, value) => sum + value ** 2, 0) / minute)
  expect(Math.abs(mean)).toBeLessThan(0.1)
  // Waves of nearly equal frequency reinforce or cancel each other for a while.
  expect(deviation).toBeGreaterThan(1)
  expect(deviation).toBeLessThan(3)
  const crossings = course.filter((value, frame) => frame > 0 && value > 0 !== course[frame - 1]! > 0).length
  expect(crossings / 2 / 60).toBeGreaterThan(0.4)
  expect(crossings / 2 / 60).toBeLessThan(2.1)
  expect(drawCourse(minute, { height: 3, slowest: 0.5, fastest: 2 }, chance)).not.toEqual(course)
})
