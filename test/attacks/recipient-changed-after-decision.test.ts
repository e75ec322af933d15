/**
 * Recordings are lent to the recipient named in the decision (R30, R31): if the institute's name or address changes
 * after the decision, it is another recipient.
 */
import { describe, expect, test } from 'vitest'
import type { RegisterTables } from '#register/tables.ts'
import { createTestDatabase } from '../database/create-test-database.ts'
import { openPackages } from '../disclosure/open-packages.ts'

const database = await createTestDatabase<RegisterTables>()
const {
  preparedDisclosure,
  enterInstitute,
  disclosureWithSound,
  release,
  until,
  fetchLink,
  send,
  read,
  decide,
  instituteKeys,
} = await openPackages(database)

const key = instituteKeys.recipient
const detailsOf = (name: string, email: string) => ({
  name,
  contact: 'Kirjaamo',
  email,
  language: 'sv',
  recipient: key,
})
/** Changes the institute, as the expert who prepared the disclosure. */
async function changeInstitute(id: string, changes: object) {
  const { institute } = await read(id)
  const { status } = await send('eero', 'PUT', `/api/institutes/${institute.id}`, {
    ...detailsOf(institute.name, mail),
    ...changes,
  })
  expect(status).toBe(204)
  return institute
}
const mail = 'kirjaamo@tutkimus.example'

describe('an institute that has another name or address after the decision', () => {
  test.each([
    ['name', { name: 'Aivan Muu Oy' }],
    ['address', { email: 'eero@muualla.example' }],
  ])('receives nothing under the decision: changed %s', async (_what, changes) => {
    const { id } = await disclosureWithSound()
    const earlier = await changeInstitute(id, changes)
    const request = { method: 'PASSPHRASE', delivery: 'LINK' }
    expect(await release(id, request)).toMatchObject({ status: 409, code: 'research.institute-changed' })
    await changeInstitute(id, { name: earlier.name })
    expect((await release(id, request)).status).toBe(201)
  })

  test('cannot download a package that is ready', async () => {
    const { id } = await disclosureWithSound()
    const made = await release(id)
    expect(made.status).toBe(201)
    await until(id, 'ready')
    await changeInstitute(id, { email: 'eero@muualla.example' })
    expect((await fetchLink(made.body['link'] as string)).status).toBe(404)
    await changeInstitute(id, {})
    expect((await fetchLink(made.body['link'] as string)).status).toBe(200)
  })

  test('needs a new decision if it changes while somebody decides', async () => {
    const { id } = await preparedDisclosure({ instituteId: await enterInstitute({ recipient: key }) })
    const { seen } = await read(id, 'riitta')
    await changeInstitute(id, { email: 'eero@muualla.example' })
    expect(await decide(id, 'GRANTED', 'riitta', { seen })).toMatchObject({
      ...{ status: 409, code: 'research.changed-meanwhile' },
    })
  })
})
