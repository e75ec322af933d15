import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { enterTestPerson, password } from '#test/database/people.ts'
import { tokenHolds } from '#safeguards/people/view-with-token.ts'
import { readLink, useLink } from '#safeguards/sign-in/links.ts'
import { signIn } from '#safeguards/sign-in/sign-in.ts'
import type { SafeguardTables } from '#safeguards/tables.ts'

const database = await createTestDatabase<SafeguardTables>()
const desk = database.as('seloste_desk').db
const program = fileURLToPath(new URL('../../../bin/seloste.js', import.meta.url))

async function seloste(...args: string[]): Promise<{ code: number; out: string; error: string }> {
  const env = { ...process.env, DATABASE_URL: database.url() }
  try {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [program, ...args], { env })
    return { code: 0, out: stdout.trim(), error: stderr }
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string }
    return { code, out: stdout, error: stderr.trim() }
  }
}

test('scim-token prints a token once and lists it by name, and a revoked token is refused', async () => {
  const made = await seloste('scim-token', 'add', '--name', 'Entra ID')
  const token = /: (seloste-scim-[\w-]{43})$/.exec(made.out)?.[1] ?? ''
  expect(await tokenHolds(desk, token)).toBe(true)
  expect(await seloste('scim-token', 'add', '--name', 'Entra ID')).toMatchObject({
    code: 1,
    error: expect.stringContaining('choose another name') as string,
  })
  expect((await seloste('scim-token', 'list')).out).toMatch(/^Entra ID {2}made 20[-\dT:]+Z$/)
  expect(await seloste('scim-token', 'revoke', '--name', 'Entra ID')).toMatchObject({ code: 0 })
  expect(await tokenHolds(desk, token)).toBe(false)
  expect((await seloste('scim-token', 'list')).out).toMatch(/, revoked 20[-\dT:]+Z$/)
  expect(await seloste('scim-token', 'revoke', '--name', 'Entra ID')).toMatchObject({ code: 1 })
  expect((await seloste('scim-token', 'add')).error).toMatch(/^seloste: scim-token needs add or revoke with --name/)
})

test('people link prints a link for a new password of a person in the directory, once, and invalidates the old password', async () => {
  const person = await enterTestPerson(database.as().db, desk, { name: 'Maija' })
  const { out } = await seloste('people', 'link', '--user-id', person.userId.toUpperCase())
  const token = /\/welcome#([\w-]{43})$/m.exec(out)?.[1] ?? ''
  const signInWith = (secret: string) =>
    signIn(desk, { userId: person.userId, password: secret }, Temporal.Now.instant())
  expect(await signInWith(password)).toMatchObject({ personId: person.id })
  expect(await useLink(desk, token, 'marja on tänä vuonna hyvä')).toEqual({ used: true })
  expect(await signInWith(password)).toBe('refused')
  expect(await signInWith('marja on tänä vuonna hyvä')).toMatchObject({ personId: person.id })
  expect(await useLink(desk, token, 'marja on ensi vuonna hyvä')).toEqual({ refused: 'link.none' })
  expect(await seloste('people', 'link', '--user-id', 'nobody')).toMatchObject({
    code: 1,
    error: 'seloste: the directory has no person with the user id "nobody"',
  })
})

test('people add enters one natural person, who sets the first password by a link', async () => {
  const { out } = await seloste('people', 'add', '--user-id', 'Koivu.Kaisa', '--name', 'Kaisa Koivu')
  expect(out).toMatch(/^Kaisa Koivu \(Koivu\.Kaisa\) .*\/welcome#[\w-]{43}$/)
  const link = await readLink(desk, /#([\w-]{43})$/.exec(out)?.[1] ?? '', Temporal.Now.instant())
  expect(link).toMatchObject({ kind: 'first-password', person: { userId: 'koivu.kaisa', name: 'Kaisa Koivu' } })
  expect((await seloste('people', 'add', '--user-id', 'KOIVU.kaisa', '--name', 'Toinen')).error).toContain(
    'never used again',
  )
  for (const userId of ['admin', 'Test-1', 'palvelu', 'info@vero.example']) {
    expect(await seloste('people', 'add', '--user-id', userId, '--name', 'X')).toMatchObject({
      code: 1,
      error: expect.stringContaining('one natural person') as string,
    })
  }
})
