import { describe, expect, test } from 'vitest'
import { isOnlyFactor } from './password-length.ts'
import { judgePassword } from './password-rules.ts'

const words = ['aino.virtanen', 'Aino Virtanen', 'Verohallinto', 'Skatteförvaltningen', 'Tax Administration', 'seloste']
const alone = (password: string) => judgePassword(password, { secondFactor: false, words }).map(({ code }) => code)

describe('a password that is the only factor', () => {
  test.each([
    'kolme harmaata hanhea',
    'Tunturissa sataa räntää',
    'correct horse battery staple',
    'blå bär växer i skogen',
    'ääääkkösiä öisin äänekosken åån',
    'x7!kQ2#mP9@vL4$',
    'ei tarvita isoja kirjaimia',
    '漢字のパスワードは長くてもよい十五文字',
    'verohallinnon kahvi on kylmää',
  ])('is accepted: %s', (password) => {
    expect(alone(password)).toEqual([])
  })

  test.each([
    ['lyhyt', ['too-short']],
    ['fourteen chars', ['too-short']],
    ['', ['too-short']],
    ['a'.repeat(257), ['too-long', 'repeated']],
    ['aaaaaaaaaaaaaaaa', ['repeated']],
    ['abcabcabcabcabcabc', ['repeated']],
    ['123456789012345', ['repeated', 'common']],
    ['qwertyuiopåäölkj', ['repeated']],
    ['qwertyuiopasdfgh', ['repeated', 'common']],
    ['passwordpassword', ['common']],
    ['password123456789', ['common']],
    ['P@ssw0rd!!!!!!!!!', ['common']],
    ['salasana2026!!!!', ['common']],
    ['monkeybaseball2026', ['common']],
    ['verohallinto2026', ['context']],
    ['aino.virtanen.26', ['context']],
    ['Virtanen-Seloste', ['context']],
  ])('is refused: %s', (password, codes) => {
    expect(alone(password)).toEqual(codes)
  })

  test('has no rules of composition: one kind of character is enough', () => {
    expect(alone('kolmeharmaatahanhea')).toEqual([])
    expect(alone('KOLMEHARMAATAHANHEA')).toEqual([])
    expect(alone('918273048576291038')).toEqual([])
  })

  test('is counted in characters after NFKC, however they were typed', () => {
    const fifteen = 'ääkköset öisin!'
    expect([...fifteen.normalize('NFC')]).toHaveLength(15)
    expect(alone(fifteen.normalize('NFD'))).toEqual([])
    expect(alone('𝄞🎵'.repeat(3) + 'laulu on')).toEqual(['too-short'])
  })

  test('can have 64 characters and more, up to 256', () => {
    const sentence = 'tämä on pitkä lause jonka joku ihminen todella haluaa kirjoittaa '
    expect([...sentence].length).toBeGreaterThan(64)
    expect(alone(sentence)).toEqual([])
    expect(alone((sentence + 'eikä kahta samaa ').repeat(4).slice(0, 256))).toEqual([])
  })
})

test('with a second factor eight characters are enough, and the other rules still apply', () => {
  const judge = (password: string) => judgePassword(password, { secondFactor: true, words })
  expect(judge('hanhi tu')).toEqual([])
  expect(judge('hanhi t')).toEqual([{ code: 'too-short', least: 8 }])
  expect(judge('password')).toEqual([{ code: 'common' }])
  expect(judge('virtanen')).toContainEqual({ code: 'context', word: 'virtanen' })
})

test('everything wrong is reported at once, with what is required', () => {
  expect(judgePassword('virtanen', { secondFactor: false, words, current: 'virtanen' })).toEqual([
    { code: 'too-short', least: 15 },
    { code: 'context', word: 'virtanen' },
    { code: 'same' },
  ])
})

test('the present password is refused as a new one', () => {
  const current = 'kolme harmaata hanhea'
  expect(judgePassword(current, { secondFactor: false, words, current })).toEqual([{ code: 'same' }])
})

test('only a password of fifteen characters can be the only factor', () => {
  expect(isOnlyFactor('a'.repeat(15))).toBe(true)
  expect(isOnlyFactor('a'.repeat(14))).toBe(false)
})
