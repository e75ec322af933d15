import { expect, test } from 'vitest'
import { mailtoUrl } from './notice-to.tsx'

test('a notice has one recipient, and its header contains only the subject', () => {
  const text = 'Utlämnande T-2026-8, punkt 2: förstör kopian genast & bekräfta.'
  const written = new URL(mailtoUrl('registratur?bcc=spy@institut.example', text))
  expect(written.pathname).toBe('registratur%3Fbcc%3Dspy@institut.example')
  expect([...written.searchParams.keys()]).toEqual(['subject', 'body'])
  expect(written.searchParams.get('subject')).toBe('Utlämnande T-2026-8, punkt 2')
  expect(written.searchParams.get('body')).toBe(text)
})
