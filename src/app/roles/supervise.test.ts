import { expect, test } from 'vitest'
import { roleEnvironment } from './supervise.ts'

test('a role is told its own way to the database and not the owner’s, nor anybody’s password', () => {
  const told = roleEnvironment(
    {
      SELOSTE_DATA: '/data',
      DATABASE_URL: 'postgres://owner:secret@db/seloste',
      SELOSTE_DEMO_PASSWORD: 'secret too',
      PGPASSWORD: 'another secret',
    },
    'postgres://seloste_desk:its-own@db/seloste',
    'desk',
  )
  expect(told).toEqual({
    SELOSTE_DATA: '/data',
    SELOSTE_ROLE_DATABASE_URL: 'postgres://seloste_desk:its-own@db/seloste',
  })
})

test('access keys of the object store are told to capture and custodian alone', () => {
  const environment = { AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b', AWS_SESSION_TOKEN: 'c', AWS_REGION: 'd' }
  const told = (role: 'capture' | 'custodian' | 'desk' | 'feeds') =>
    Object.keys(roleEnvironment(environment, '', role)).filter((name) => name.startsWith('AWS'))
  for (const role of ['capture', 'custodian'] as const) expect(told(role)).toEqual(Object.keys(environment))
  for (const role of ['desk', 'feeds'] as const) expect(told(role)).toEqual(['AWS_REGION'])
})
