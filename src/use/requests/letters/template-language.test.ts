import { describe, expect, test } from 'vitest'
import { fillTemplate, problemsOf } from './template-language.ts'

const fields = { names: ['name', 'calls'], needed: ['calls'] }
const list = [{ kind: 'list' as const, items: ['one', 'two'] }]

describe('a template', () => {
  test('has a title, headings, paragraphs, items and fields', () => {
    const text =
      '# Title\n\nOne line\nand another.\n\n## Heading\n- first {name}\n- second\n  goes on\n\nBefore {calls} after.'
    expect(fillTemplate(text, { name: 'Maija', calls: list })).toEqual({
      title: 'Title',
      parts: [
        { kind: 'paragraph', text: 'One line and another.' },
        { kind: 'heading', level: 2, text: 'Heading' },
        { kind: 'list', items: ['first Maija', 'second goes on'] },
        { kind: 'paragraph', text: 'Before' },
        ...list,
        { kind: 'paragraph', text: 'after.' },
      ],
    })
  })

  test('is parsed once, and values are not parsed as templates', () => {
    expect(fillTemplate('{name}', { name: '# {calls}\n- <b>' }).parts).toEqual([
      { kind: 'paragraph', text: '# {calls} - <b>' },
    ])
  })

  test('leaves out a paragraph or item whose fields all lack a value', () => {
    expect(fillTemplate('{name}\n\n- {name}\n- kept\n\n{name}.', {}).parts).toEqual([{ kind: 'list', items: ['kept'] }])
  })

  test('skips no heading level, even where a field has its own headings', () => {
    const call = { kind: 'heading' as const, level: 3 as const, text: 'Call' }
    const levels = (text: string) =>
      fillTemplate(text, { calls: [call] }).parts.flatMap((part) => (part.kind === 'heading' ? part.level : []))
    expect([levels('# Title\n\n{calls}'), levels('# Title\n\n# Calls\n\n{calls}')]).toEqual([[2], [2, 3]])
  })
})

test('every problem of a template is reported once: unknown, missing or unclosed fields', () => {
  expect(problemsOf('{nmae} and {nmae}, {name', fields)).toEqual([
    { code: 'unknown-field', field: 'nmae' },
    { code: 'unclosed', field: '{name' },
    { code: 'missing-field', field: 'calls' },
  ])
  expect(problemsOf('{ calls } and {name}', fields)).toEqual([])
})
