import { expect, test } from 'vitest'
import { isPersonal } from './personal-user-id.ts'

test.each([
  'admin',
  'Admin2',
  'test',
  'testi-1',
  'TESTI_KAYTTAJA',
  'palvelu',
  'info@vero.example',
  'asiakas.palvelu',
  'vaihde',
  'guest',
  'Pääkäyttäjä',
  'root',
  'helpdesk01',
])('no account can have the function name %s (R20)', (userId) => {
  expect(isPersonal(userId)).toBe(false)
})

test.each([
  'aino',
  'virtanen.aino',
  'aino.virtanen@vero.example',
  'vaino1',
  'testa.maria',
  'adminen.olli',
  '12345',
  'x',
  'ä',
])('a person can have the name %s', (userId) => {
  expect(isPersonal(userId)).toBe(true)
})
