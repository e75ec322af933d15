/**
 * Names that hide or reorder the text beside them on a page, in a letter or in the log (R21, R36). People are judged by
 * their names when rights and changes are confirmed.
 */
import { randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { addScimToken } from '#safeguards/people/scim-tokens.ts'
import { core, scimClient } from '#test/conformance/scim/client.ts'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { enterTestPerson } from '#test/database/people.ts'
import { makeTestRegister } from '#test/register/make-register.ts'
import { answer, openTestDesk } from '#test/register/open-desk.ts'
import type { RegisterTables } from '#register/tables.ts'

const database = await createTestDatabase<RegisterTables>()
const desk = await openTestDesk(database, await makeTestRegister(database))
const anssi = await enterTestPerson(database.as().db, database.as('seloste_desk').db, {
  name: 'Anssi',
  right: { role: 'ADMINISTRATOR', purposes: [], scope: { kind: 'none', units: [], numbers: [] } },
})
const editor = await desk.signIn(anssi)
const made = await addScimToken(database.as().db, 'Entra ID')
if ('refused' in made) throw new Error(made.refused)
const scim = scimClient(new URL('/scim/v2', desk.url).toString(), made.token)

const ways: Record<string, (userId: string, name: string, unit: string) => Promise<number>> = {
  'the form': async (userId, name, unit) =>
    (await answer(editor.fetch('/api/people', { json: { userId, name, unit, employedFrom: '2026-01-01' } }))).status,
  'a file': async (userId, name, unit) => {
    const text = `user_id;name;unit;supervisor;phone;employed_from;employed_to\n${userId};${name};${unit};;;2026-01-01;\n`
    const content = Buffer.from(text).toString('base64')
    return (await answer(editor.fetch('/api/people/import', { json: { content, tryOnly: false } }))).status
  },
  'the identity system': async (userId, name, unit) => {
    const extension = { 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User': { department: unit } }
    return (await scim.post('/Users', { schemas: [core], userName: userId, displayName: name, ...extension })).status
  },
}

async function readPerson(userId: string) {
  const { body } = await answer(editor.fetch(`/api/people?q=${userId}&employed=any`))
  const [person] = body['items'] as { name: string; unit?: string }[]
  return person && { name: person.name, unit: person.unit }
}

describe.each(Object.keys(ways))('a person entered by %s', (way) => {
  test.each([
    ['that reverses the line', '\u202eAino\u202c Aalto'],
    ['that reverses the text after it', 'Aino Aalto\u2067'],
    ['with invisible characters', 'Ai\u200bno\u2060 \ufeffAal\u00adto\u3164'],
  ])('a name %s is stored as it appears', async (_what, name) => {
    const userId = `p${randomUUID().slice(0, 8)}`
    expect([200, 201]).toContain(await ways[way]!(userId, name, `\u202eYksikkö\u200b 1`))
    expect(await readPerson(userId)).toEqual({ name: 'Aino Aalto', unit: 'Yksikkö 1' })
  })

  test('a name without a visible character is refused', async () => {
    const userId = `p${randomUUID().slice(0, 8)}`
    expect([400, 422]).toContain(await ways[way]!(userId, '\u2060\u200b', ''))
    expect(await readPerson(userId)).toBe(undefined)
  })
})
