import { expect, test } from 'vitest'
import { signInAs } from './sign-in-as.ts'

test('a URL without a user gets the role, and one with a user stays unchanged', () => {
  expect(signInAs('postgres:///seloste?host=/run/postgresql', 'seloste_desk')).toBe(
    'postgres:///seloste?host=%2Frun%2Fpostgresql&user=seloste_desk',
  )
  expect(signInAs('postgres://db.example:5432/seloste', 'seloste_capture')).toBe(
    'postgres://db.example:5432/seloste?user=seloste_capture',
  )
  for (const url of ['postgres://seloste_desk:secret@db.example/seloste', 'postgres:///seloste?user=somebody']) {
    expect(signInAs(url, 'seloste_custodian')).toBe(url)
  }
})
