import { expect, test } from 'vitest'
import { actionOf, nextSpeed } from './keys.ts'

const press = (key: string, more = {}) => ({ key, ctrlKey: false, altKey: false, metaKey: false, ...more })

test('Space and K start and stop, J skips ten seconds back, and the right arrow five ahead', () => {
  expect(actionOf(press(' '), 'other')).toEqual({ do: 'toggle' })
  expect(actionOf(press('K'), 'button')).toEqual({ do: 'toggle' })
  expect(actionOf(press('j'), 'other')).toEqual({ do: 'skip', ms: -10_000 })
  expect(actionOf(press('ArrowRight'), 'other')).toEqual({ do: 'skip', ms: 5000 })
})

test('Space presses a focused button, arrows move a focused slider, and letters in a text field are text', () => {
  expect(actionOf(press(' '), 'button')).toBeUndefined()
  expect(actionOf(press('ArrowLeft'), 'slider')).toBeUndefined()
  expect(actionOf(press('k'), 'text')).toBeUndefined()
})

test('the browser’s own keys are not intercepted', () => {
  expect(actionOf(press('l', { ctrlKey: true }), 'other')).toBeUndefined()
  expect(actionOf(press('ArrowLeft', { altKey: true }), 'other')).toBeUndefined()
})

test('the speed stays between 0.5 and 3', () => {
  expect(nextSpeed(1, 1)).toBe(1.25)
  expect(nextSpeed(3, 1)).toBe(3)
  expect(nextSpeed(0.5, -1)).toBe(0.5)
})
