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
  )
  expect(told).toEqual({
    SELOSTE_DATA: '/data',
    SELOSTE_ROLE_DATABASE_URL: 'postgres://seloste_desk:its-own@db/seloste',
  })
})
