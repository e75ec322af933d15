import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { boundsOf, problemsOf, questionsOf, type Answers, type Form, type Question, type Scale } from './form.ts'
import { questionsFor, validAnswers, scoreForm } from './score-form.ts'

const question = (id: string, more: Partial<Question> = {}): Question => ({
  id,
  text: `Kysymys ${id}`,
  help: '',
  scale: { kind: 'yes-no' },
  weight: 1,
  critical: 'none',
  mayNotApply: false,
  ...more,
})
const section = (id: string, weight: number, questions: Question[]) => ({ id, title: `Osa ${id}`, weight, questions })

const scales: fc.Arbitrary<Scale> = fc.oneof(
  fc.constant<Scale>({ kind: 'yes-no' }),
  fc.constant<Scale>({ kind: 'one-to-five' }),
  fc.integer({ min: 1, max: 20 }).map((max): Scale => ({ kind: 'points', most: max })),
)
/** A form, and an answer to each of its questions, some of them “not applicable”. */
const answered: fc.Arbitrary<{ form: Form; answers: Answers }> = fc
  .array(
    fc.record({
      weight: fc.integer({ min: 1, max: 10 }),
      questions: fc.array(
        fc.record({
          scale: scales,
          weight: fc.integer({ min: 0, max: 10 }),
          critical: fc.constantFrom('none' as const, 'none' as const, 'section' as const, 'form' as const),
          share: fc.double({ min: 0, max: 1, noNaN: true }),
          applies: fc.integer({ min: 0, max: 5 }).map((n) => n > 0),
        }),
        { minLength: 1, maxLength: 6 },
      ),
    }),
    { minLength: 1, maxLength: 4 },
  )
  .map((sections) => {
    const answers: Record<string, number | null> = {}
    const form = {
      sections: sections.map(({ weight, questions }, s) =>
        section(
          `s${s}`,
          weight,
          questions.map(({ share, applies, ...rest }, q) => {
            const id = `s${s}q${q}`
            const { min, max } = boundsOf(rest.scale)
            answers[id] = applies ? min + Math.round(share * (max - min)) : null
            return question(id, { ...rest, mayNotApply: true })
          }),
        ),
      ),
    }
    return { form, answers }
  })

describe('a score', () => {
  test('is the weighted mean of its sections, each the weighted mean of its answers', () => {
    const form: Form = {
      sections: [
        section('a', 3, [question('a1', { weight: 2 }), question('a2', { scale: { kind: 'one-to-five' } })]),
        section('b', 1, [question('b1', { scale: { kind: 'points', most: 10 } })]),
      ],
    }
    // a: (2 × 1 + 1 × 0.5) / 3; b: 0.4; together (3 × 0.8333 + 0.4) / 4.
    expect(scoreForm(form, { a1: 1, a2: 3, b1: 4 })).toEqual({
      total: 72.5,
      isFailed: false,
      sections: { a: 83.3, b: 40 },
      asked: ['a1', 'a2', 'b1'],
      unanswered: [],
    })
  })

  test('is between 0 and 100, as is each section', () => {
    fc.assert(
      fc.property(answered, ({ form, answers }) => {
        const { total, sections } = scoreForm(form, answers)
        for (const value of [total, ...Object.values(sections)]) {
          expect(value === null || (value >= 0 && value <= 100)).toBe(true)
        }
      }),
    )
  })

  test('is unchanged if all weights are multiplied', () => {
    fc.assert(
      fc.property(answered, fc.integer({ min: 2, max: 9 }), ({ form, answers }, times) => {
        const heavier = {
          sections: form.sections.map((section) => ({
            ...section,
            weight: section.weight * times,
            questions: section.questions.map((each) => ({ ...each, weight: each.weight * times })),
          })),
        }
        const [score, scaled] = [scoreForm(form, answers), scoreForm(heavier, answers)]
        expect(scaled.isFailed).toBe(score.isFailed)
        expect(Math.abs((scaled.total ?? -1) - (score.total ?? -1))).toBeLessThanOrEqual(0.1001)
      }),
    )
  })

  test('is unchanged if inapplicable questions are removed', () => {
    fc.assert(
      fc.property(answered, ({ form, answers }) => {
        const without = {
          sections: form.sections.map((section) => ({
            ...section,
            questions: section.questions.filter(({ id }) => answers[id] !== null),
          })),
        }
        const { total, isFailed, sections } = scoreForm(form, answers)
        expect(scoreForm(without, answers)).toMatchObject({ total, isFailed, sections })
      }),
    )
  })

  test('never drops with a better answer', () => {
    fc.assert(
      fc.property(answered, fc.nat(), ({ form, answers }, pick) => {
        const better = questionsOf(form).filter(({ id, scale }) => {
          const answer = answers[id]
          return answer != null && answer < boundsOf(scale).max
        })
        const chosen = better[pick % Math.max(1, better.length)]
        fc.pre(chosen !== undefined)
        const raised = { ...answers, [chosen.id]: (answers[chosen.id] as number) + 1 }
        expect(scoreForm(form, raised).total ?? 0).toBeGreaterThanOrEqual(scoreForm(form, answers).total ?? 0)
      }),
    )
  })

  test('is failed and 0 exactly if a fatal question has the lowest answer, and a critical question makes its section 0', () => {
    fc.assert(
      fc.property(answered, ({ form, answers }) => {
        const lowest = questionsOf(form).filter(({ id, scale }) => answers[id] === boundsOf(scale).min)
        const scored = scoreForm(form, answers)
        expect(scored.isFailed).toBe(lowest.some(({ critical }) => critical === 'form'))
        if (scored.isFailed) expect(scored.total).toBe(0)
        for (const { id, questions } of form.sections) {
          if (questions.some((asked) => asked.critical !== 'none' && lowest.includes(asked)))
            expect(scored.sections[id]).toBe(0)
        }
      }),
    )
  })

  test('is null if nothing applies', () => {
    const form = { sections: [section('a', 1, [question('a1', { mayNotApply: true })])] }
    expect(scoreForm(form, { a1: null })).toMatchObject({ total: null, isFailed: false, unanswered: [] })
  })
})

describe('a conditional question', () => {
  const form: Form = {
    sections: [
      section('a', 1, [
        question('a1'),
        question('a2', { onlyIf: { question: 'a1', answers: [0] } }),
        question('a3', { onlyIf: { question: 'a2', answers: [1] } }),
      ]),
    ],
  }
  test('is asked and counts only if its condition is met by a question that is asked', () => {
    const asked = (answers: Answers) => questionsFor(form, answers).map(({ id }) => id)
    expect(asked({})).toEqual(['a1'])
    expect(asked({ a1: 1, a2: 1 })).toEqual(['a1'])
    expect(asked({ a1: 0, a2: 1 })).toEqual(['a1', 'a2', 'a3'])
    expect(scoreForm(form, { a1: 1, a2: 0, a3: 0 }).total).toBe(100)
    expect(scoreForm(form, { a1: 0, a2: 1 }).unanswered).toEqual(['a3'])
  })
  test('must depend on an earlier question and a possible answer of it', () => {
    const wrong: Form = {
      sections: [
        section('a', 1, [
          question('a1', { onlyIf: { question: 'a2', answers: [1] } }),
          question('a2', { onlyIf: { question: 'a1', answers: [7] } }),
        ]),
      ],
    }
    expect(problemsOf(wrong)).toEqual([
      { code: 'condition-not-earlier', at: 'a1' },
      { code: 'condition-answers', at: 'a2' },
    ])
  })
})

test('a form without sections, texts or anything that counts cannot be published', () => {
  expect(problemsOf({ sections: [] })).toEqual([{ code: 'no-sections' }])
  const blank = { sections: [{ ...section('a', 1, [question('a', { text: ' ', weight: 0 })]), title: '' }] }
  expect(problemsOf(blank).map(({ code }) => code)).toEqual([
    'title-missing',
    'id-twice',
    'text-missing',
    'nothing-counts',
  ])
})

test('answers off the scale or to unknown questions are not stored', () => {
  const form = {
    sections: [
      section('a', 1, [question('a1'), question('a2', { scale: { kind: 'one-to-five' }, mayNotApply: true })]),
    ],
  }
  expect(validAnswers(form, { a1: 2, a2: null, x: 1 })).toEqual({ a2: null })
  expect(validAnswers(form, { a1: null, a2: 5 })).toEqual({ a2: 5 })
})
