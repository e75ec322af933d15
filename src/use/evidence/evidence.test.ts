import { describe, expect, test } from 'vitest'
import { readVersions } from '#safeguards/versions/versions.ts'
import type { RegisterTables } from '#register/tables.ts'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { makeTestRegister } from '#test/register/make-register.ts'
import { checkPromises } from './check-promises.ts'
import type { Looking } from './promise.ts'
import { readProofs } from './read-proofs.ts'
import type { EvidenceTables } from './tables.ts'

const database = await createTestDatabase<RegisterTables & EvidenceTables>()
const register = await makeTestRegister(database as never)
const custodian = database.as('seloste_custodian').db

test('smoke', async () => {
  const versions = await readVersions(custodian)
  const looking: Looking = {
    db: custodian,
    versions,
    version: versions[0]!,
    now: Temporal.Now.instant(),
    objects: register.objects,
    keys: register.keys,
    places: [{ name: 'data', folder: '/tmp' }],
    drawKey: Buffer.alloc(32),
  }
  const checked = await checkPromises(looking)
  console.log(checked)
  for (const proof of await readProofs(database.as('seloste_desk').db, Temporal.Now.instant()))
    console.log(proof.promise, proof.holds, proof.text)
})
