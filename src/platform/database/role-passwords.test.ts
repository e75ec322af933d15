import { randomBytes } from 'node:crypto'
import { Client } from 'pg'
import { expect, test } from 'vitest'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { scramVerifier, setRolePasswords } from './role-passwords.ts'

const database = await createTestDatabase()

test('a role signs in with its password and with no other', async () => {
  const role = `test_role_${randomBytes(4).toString('hex')}`
  const { pool } = database.as()
  await pool.query(`create role ${role}`)
  await setRolePasswords(database.url(), { [role]: "a'b:c/d" })
  const signIn = async (password: string) => {
    const url = new URL(database.url())
    url.username = role
    url.password = encodeURIComponent(password)
    const client = new Client({ connectionString: url.href })
    await client.connect()
    const { rows } = await client.query<{ role: string }>('select current_user as role')
    await client.end()
    return rows[0]?.role
  }
  expect(await signIn("a'b:c/d")).toBe(role)
  await expect(signIn('other')).rejects.toThrow('password authentication failed')
  await pool.query(`drop role ${role}`)
})

test('the verifier is the one of the example in RFC 7677 section 3', () => {
  // Its exchange: user "user", password "pencil"; the server signature proves ServerKey.
  const verifier = scramVerifier('pencil', Buffer.from('W22ZaJ0SNY7soEsUEjb6gQ==', 'base64'))
  expect(verifier).toBe(
    'SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=',
  )
})

test('a password that SASLprep would change is a bug', () => {
  expect(() => scramVerifier('pass word', Buffer.alloc(16))).toThrow('printable ASCII')
})
