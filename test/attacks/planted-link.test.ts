// R20: the owner of the database plants a one-time link, or replaces the token of one that an administrator made. Whoever
// uses the link sets the password of its person, and the log names that person.
import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import type { RegisterTables } from '#register/tables.ts'
import { makeOperatorsLink, useLink } from '#safeguards/sign-in/links.ts'
import { createTestDatabase } from '../database/create-test-database.ts'
import { makeTestPromises } from '../register/make-test-promises.ts'

const database = await createTestDatabase<RegisterTables>()
const { db: admin } = database.as()
const desk = database.as('seloste_desk').db
const { check, tamper, colleague, aino } = await makeTestPromises(database)
const broken = async () => (await check({ afresh: true })).broken.map(({ promise }) => promise)
const newToken = () => randomBytes(32).toString('base64url')
const password = 'kolme harmaata hanhea'

test('a link made on the command line breaks no promise, but one whose token was replaced does', async () => {
  const token = await makeOperatorsLink(admin, { personId: aino.id })
  expect(await useLink(desk, token, password)).toEqual({ used: true })
  expect(await broken()).toEqual([])
  await makeOperatorsLink(admin, { personId: aino.id })
  const other = newToken()
  await tamper(
    `update one_time_link set hash = sha256(convert_to('${other}', 'UTF8')) where person_id = '${aino.id}' and used_at is null`,
  )
  expect(await useLink(desk, other, 'neljä vihreää sammakkoa')).toEqual({ used: true })
  expect(await broken()).toEqual(['access.personal'])
})

test('the use of a planted link is reported, also when its row is deleted', async () => {
  const token = newToken()
  await tamper(
    `insert into one_time_link (hash, person_id, expires_at)
     values (sha256(convert_to('${token}', 'UTF8')), '${colleague.id}', now() + interval '1 hour')`,
  )
  expect(await useLink(desk, token, password)).toEqual({ used: true })
  await tamper(`delete from one_time_link where person_id = '${colleague.id}'`)
  const found = (await check({ afresh: true })).broken
  expect(found.map(({ promise }) => promise)).toEqual(['access.personal'])
  expect(found[0]!.facts).toMatchObject({ strangeVerifiers: 2 })
})
