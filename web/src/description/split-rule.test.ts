import { expect, test } from 'vitest'
import { applyEdits } from './edits.ts'
import { splitRule } from './split-rule.ts'

test('a number split from its rule gets a rule of its own with the same values', () => {
  const names = { fi: 'Numerot', sv: 'Nummer', en: 'Numbers' }
  const rule = { id: 'a', version: 3, names, numbers: ['029 497 000', '029 497 001'], recordingMonths: 6 }
  const document = { recordingPlan: { rules: [rule, { id: 'b' }] } }
  const edits = splitRule(document, ['recordingPlan', 'rules', 0], '029 497 000', 'rule-3')
  expect(applyEdits(document, edits)).toEqual({
    recordingPlan: {
      rules: [
        { ...rule, numbers: ['029 497 001'] },
        { id: 'b' },
        {
          ...rule,
          id: 'rule-3',
          version: 1,
          names: { fi: 'Numerot 029 497 000', sv: 'Nummer 029 497 000', en: 'Numbers 029 497 000' },
          numbers: ['029 497 000'],
        },
      ],
    },
  })
})
