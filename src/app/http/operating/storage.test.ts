import { expect, test } from 'vitest'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { enterTestPerson } from '#test/database/people.ts'
import { makeTestRegister } from '#test/register/make-register.ts'
import { answer, openTestDesk } from '#test/register/open-desk.ts'
import type { RegisterTables } from '#register/tables.ts'
import { judgePlaces } from '#safeguards/places/registry.ts'
import { readVersions, versionAt } from '#safeguards/versions/versions.ts'

const database = await createTestDatabase<RegisterTables>()
const desk = await openTestDesk(database, await makeTestRegister(database))
const { db: admin } = database.as()
const custodian = database.as('seloste_custodian').db

test('every place with data is listed to an administrator with its site and its faults', async () => {
  const now = Temporal.Now.instant()
  const { sites } = versionAt(await readVersions(admin), now).description.storage
  const today = now.toZonedDateTimeISO('Europe/Helsinki').toPlainDate()
  await judgePlaces(
    custodian,
    [
      { kind: 'backup', name: 'far', location: 's3://bucket/ at https://s3.example', elsewhere: true },
      { kind: 'data', name: 'data', location: '/srv/seloste', elsewhere: false },
    ],
    { sites, today, now },
  )
  const person = await enterTestPerson(admin, database.as('seloste_desk').db, {
    name: 'Otto Hoitaja',
    right: { role: 'ADMINISTRATOR', purposes: [], scope: { kind: 'none', units: [], numbers: [] } },
  })
  const browser = await desk.signIn(person)
  const { body } = await answer(browser.fetch('/api/storage'))
  expect(body).toMatchObject({
    rotationDays: 30,
    items: [
      { name: 'data', location: '/srv/seloste', state: 'in-use', site: { id: 'server-room' } },
      {
        name: 'far',
        state: 'refused',
        location: 's3://bucket/ at https://s3.example',
        backup: {
          backups: 0,
          keysPending: 0,
          fault: expect.stringContaining('its storage site is not set') as string,
          faultCode: 'place-unattested',
        },
      },
    ],
  })
})

test('the storage page is offered only to roles that the route allows', async () => {
  const none = { kind: 'none' as const, units: [], numbers: [] }
  for (const role of ['ADMINISTRATOR', 'DATA_PROTECTION_OFFICER', 'DECISION_MAKER', 'SECURITY'] as const) {
    const isSecurity = role === 'SECURITY'
    const right = isSecurity
      ? { role, purposes: ['CRIME_OR_MISUSE' as const], scope: { ...none, kind: 'all' as const } }
      : { role, purposes: [], scope: none }
    const person = await enterTestPerson(admin, database.as('seloste_desk').db, { name: role, right })
    const browser = await desk.signIn(person)
    const overview = (await answer(browser.fetch('/api/retention'))).body as { may?: { seeStorage: boolean } }
    const { status } = await answer(browser.fetch('/api/storage'))
    expect([role, overview.may?.seeStorage, status]).toEqual([role, !isSecurity, isSecurity ? 403 : 200])
  }
})
