import { expect, test } from 'vitest'
import { roleEnvironment } from './supervise.ts'

test('a role gets neither the owner’s database URL nor any password', () => {
  const environment = roleEnvironment(
    {
      SELOSTE_DATA: '/data',
      DATABASE_URL: 'postgres://owner:secret@db/seloste',
      SELOSTE_DEMO_PASSWORD: 'secret too',
      PGPASSWORD: 'another secret',
    },
    'desk',
  )
  expect(environment).toEqual({ SELOSTE_DATA: '/data' })
})

test('only capture and custodian get access keys of the object store', () => {
  const environment = { AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b', AWS_SESSION_TOKEN: 'c', AWS_REGION: 'd' }
  const keysFor = (role: 'capture' | 'custodian' | 'desk' | 'feeds') =>
    Object.keys(roleEnvironment(environment, role)).filter((name) => name.startsWith('AWS'))
  for (const role of ['capture', 'custodian'] as const) expect(keysFor(role)).toEqual(Object.keys(environment))
  for (const role of ['desk', 'feeds'] as const) expect(keysFor(role)).toEqual(['AWS_REGION'])
})
