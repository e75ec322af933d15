import { expect, test } from 'vitest'
import { providerRefusal, identityProviderUrl } from './identity-provider-url.ts'

test('the link to the identity provider names the page to return to', () => {
  expect(identityProviderUrl('https://seloste.example', '/contacts?number=029&page=2')).toBe(
    'https://seloste.example/api/session/identity-provider?returnTo=%2Fcontacts%3Fnumber%3D029%26page%3D2',
  )
})

test('after the redirect only a code of the identity provider is read as a refusal', () => {
  expect(providerRefusal('#sign-in=identity-provider.unknown-person')).toBe('identity-provider.unknown-person')
  for (const hash of ['', '#content', '#sign-in=', '#sign-in=session.none', '#sign-in=identity-provider.<b>']) {
    expect(providerRefusal(hash)).toBeUndefined()
  }
})
