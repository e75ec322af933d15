import Type from 'typebox'
import { expect, test } from 'vitest'
import { toJson } from './to-json.ts'

const at = Temporal.Instant.from('2026-03-29T01:00:00Z')
const instant = Type.String({ format: 'date-time' })

test('a missing optional value is omitted, at any depth', () => {
  const inner = Type.Object({ at: Type.Optional(instant), by: Type.Optional(Type.Object({ name: Type.String() })) })
  const schema = Type.Object({
    list: Type.Array(inner),
    one: Type.Optional(inner),
    kept: Type.Record(Type.String(), inner),
  })
  const nothing = { at: null, by: undefined }
  expect(toJson(schema, { list: [nothing, { at, by: { name: 'A' } }], one: null, kept: { a: nothing } })).toStrictEqual(
    {
      list: [{}, { at: '2026-03-29T01:00:00Z', by: { name: 'A' } }],
      kept: { a: {} },
    },
  )
})

test('null stays where the contract has it: a count too small to report, a form without a draft', () => {
  const count = Type.Union([Type.Integer(), Type.Null()])
  const schema = Type.Object({
    count,
    draft: Type.Union([Type.Object({ title: Type.Optional(Type.String()) }), Type.Null()]),
    mean: Type.Optional(count),
    marks: Type.Record(Type.String(), count),
    facts: Type.Record(Type.String(), Type.Unknown()),
  })
  const value = {
    count: null,
    draft: null,
    mean: null,
    marks: { a: null, b: 1 },
    facts: { since: null, of: { deep: null } },
  }
  expect(toJson(schema, value)).toStrictEqual(value)
  expect(toJson(schema, { ...value, draft: { title: null } })).toMatchObject({ draft: {} })
})

test('times are strings: days, months, and instants in UTC, also those written by the database with an offset', () => {
  const schema = Type.Object({
    day: Type.String(),
    month: Type.String(),
    at: instant,
    written: instant,
    text: Type.String(),
  })
  const value = {
    day: Temporal.PlainDate.from('2028-02-29'),
    month: Temporal.PlainYearMonth.from('2026-12'),
    at,
    written: '2026-03-29T04:00:00.5+03:00',
    text: '2026-03-29T04:00:00+03:00',
  }
  expect(toJson(schema, value)).toStrictEqual({
    day: '2028-02-29',
    month: '2026-12',
    at: '2026-03-29T01:00:00Z',
    written: '2026-03-29T01:00:00.5Z',
    text: '2026-03-29T04:00:00+03:00',
  })
})

test('values outside the contract are omitted, in parts of an intersection and of a union too', () => {
  const both = Type.Intersect([Type.Object({ a: Type.String() }), Type.Object({ b: Type.Optional(instant) })])
  const either = Type.Union([Type.Object({ c: Type.Literal(1) }), Type.Object({ d: Type.Literal(2) })])
  const schema = Type.Object({ both, either: Type.Array(either) })
  const value = { both: { a: 'a', b: at, secret: 1 }, either: [{ c: 1, secret: 1 }, { d: 2 }], secret: 1 }
  expect(toJson(schema, value)).toStrictEqual({
    both: { a: 'a', b: '2026-03-29T01:00:00Z' },
    either: [{ c: 1 }, { d: 2 }],
  })
})
