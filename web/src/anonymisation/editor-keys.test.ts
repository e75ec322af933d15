import { expect, test } from 'vitest'
import { editorActionOf } from './editor-keys.ts'

const press = (key: string, more = {}) => ({
  key,
  ctrlKey: false,
  altKey: false,
  metaKey: false,
  shiftKey: false,
  ...more,
})

test('[ or I sets the start of a redaction, ] or O its end, and M adds it', () => {
  expect(editorActionOf(press('['), 'other')).toEqual({ do: 'mark-from' })
  expect(editorActionOf(press(']'), 'button')).toEqual({ do: 'mark-to' })
  expect(editorActionOf(press('i'), 'other')).toEqual({ do: 'mark-from' })
  expect(editorActionOf(press('O'), 'other')).toEqual({ do: 'mark-to' })
  expect(editorActionOf(press('m'), 'button')).toEqual({ do: 'mark' })
})

test('accepts the brackets of a Nordic keyboard, made with AltGr, which browsers report as Ctrl and Alt', () => {
  expect(editorActionOf(press('[', { ctrlKey: true, altKey: true }), 'other')).toEqual({ do: 'mark-from' })
})

test('arrows step as in every player, and in small steps with Shift', () => {
  expect(editorActionOf(press('ArrowLeft'), 'other')).toEqual({ do: 'skip', ms: -5000 })
  expect(editorActionOf(press('ArrowLeft', { shiftKey: true }), 'other')).toEqual({ do: 'skip', ms: -200 })
  expect(editorActionOf(press('ArrowRight', { shiftKey: true }), 'other')).toEqual({ do: 'skip', ms: 200 })
})

test('in a text field every key is text, and the browser’s own shortcuts are not intercepted', () => {
  for (const key of ['[', ']', 'm', 'i', ' ']) expect(editorActionOf(press(key), 'text')).toBeUndefined()
  expect(editorActionOf(press('m', { ctrlKey: true }), 'other')).toBeUndefined()
  expect(editorActionOf(press('[', { metaKey: true }), 'other')).toBeUndefined()
})
