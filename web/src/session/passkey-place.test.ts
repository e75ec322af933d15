import { expect, test } from 'vitest'
import { passkeyPlace } from './passkey-place.ts'

test('passkeys work only at the public URL, and nobody is redirected to another machine', () => {
  const at = (url: string) => new URL(url)
  expect(passkeyPlace('https://seloste.example', at('https://seloste.example/account'))).toBe('here')
  expect(passkeyPlace('https://seloste.example', at('http://10.0.0.7:8080/'))).toBe('elsewhere')
  expect(passkeyPlace('http://localhost:8080', at('http://127.0.0.1:8080/'))).toBe('elsewhere')
  expect(passkeyPlace('http://localhost:8080', at('https://seloste.example/'))).toBe('nowhere')
  expect(passkeyPlace(undefined, at('https://seloste.example/'))).toBe('nowhere')
})
