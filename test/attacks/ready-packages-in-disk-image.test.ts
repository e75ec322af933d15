import * as age from 'age-encryption'
import { describe, expect, test } from 'vitest'
import { destroyBlocked } from '#destruction/destroy-blocked.ts'
import { packageKey, subjectCopyKey } from '#register/recordings/objects.ts'
import type { RegisterTables } from '#register/tables.ts'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { openPackages, unpackPackage } from '#test/disclosure/open-packages.ts'
import type { TestRegister } from '#test/register/make-register.ts'
import { openGdprServiceUnit } from '#test/requests/open-gdpr-service-unit.ts'

// R50: a file that is ready for release is also a copy of the recording. A disk image contains it, and the recipient
// has the passphrase or the key.
async function imageOf({ objects }: TestRegister, key: string): Promise<Buffer> {
  return objects.readRange(key, 0, await objects.sizeBytes(key))
}

describe('a package that is ready', async () => {
  const database = await createTestDatabase<RegisterTables>()
  const open = await openPackages(database)
  const { ends, instituteKeys, register, disclosureWithSound, release, until, fetchLink } = open

  test('cannot be decrypted from a disk image with the recipient’s key, unlike the downloaded file', async () => {
    const { id, recordings } = await disclosureWithSound(2)
    const { body } = await release(id)
    await until(id, 'ready')
    const image = await imageOf(register, packageKey(body['id'] as string))
    await expect(unpackPackage(image, instituteKeys.identity)).rejects.toThrow()
    const { status, bytes } = await fetchLink(body['link'] as string)
    expect(status).toBe(200)
    // Each copy has a vCon beside it.
    expect((await unpackPackage(bytes, instituteKeys.identity)).size).toBe(2 * recordings.length + 2)
    expect(bytes.length).toBe(image.length)
  })

  test.each([false, true])(
    'is served without a check only if its row states that an earlier version may have made it: %s',
    async (mayBePlain) => {
      const { id } = await disclosureWithSound(1)
      const { body } = await release(id)
      await until(id, 'ready')
      const key = packageKey(body['id'] as string)
      const image = await imageOf(register, key)
      const plain = Buffer.concat([Buffer.from('age-encryption.org/v1\n'), image]).subarray(0, image.length)
      await register.objects.put(key, plain)
      const { pool } = database.as()
      if (mayBePlain) await pool.query('update disclosure_package set may_be_plain = true where id = $1', [body['id']])
      const served = await fetchLink(body['link'] as string).catch(() => undefined)
      expect(served?.bytes.equals(plain) ?? false).toBe(mayBePlain)
    },
  )

  test('cannot be used once one of its recordings is destroyed, even if its object is put back', async () => {
    const { id, recordings } = await disclosureWithSound(2)
    const { body } = await release(id)
    await until(id, 'ready')
    const key = packageKey(body['id'] as string)
    const image = await imageOf(register, key)
    await ends.forbidByOfficial(recordings[0]!)
    // As the custodian does: what waits is tried again.
    await expect
      .poll(() => destroyBlocked(ends.expunging, Temporal.Now.instant()))
      .toMatchObject({ waiting: [], failures: [] })
    expect((await ends.stateOf(recordings[0]!)).state).toBe('DESTROYED')
    await register.objects.put(key, image).catch(() => undefined)
    await database
      .as()
      .pool.query(
        `update disclosure_package set ended_at = null, end_why = null, ended_by = null, removed_at = null where id = $1`,
        [body['id']],
      )
      .catch(() => undefined)
    const { status } = await fetchLink(body['link'] as string)
    expect(status).not.toBe(200)
    await expect(unpackPackage(image, instituteKeys.identity)).rejects.toThrow()
  })
})

const acts = await openGdprServiceUnit(await createTestDatabase<RegisterTables>())

test('a requester’s copy cannot be decrypted from a disk image with the passphrase, unlike the downloaded file', async () => {
  const { id, link, passphrase, recording } = await acts.readyCopy()
  const image = await imageOf(acts.register, subjectCopyKey(recording.id, id))
  const open = (bytes: Buffer) => {
    const decrypter = new age.Decrypter()
    decrypter.addPassphrase(passphrase!)
    return decrypter.decrypt(bytes)
  }
  await expect(open(image)).rejects.toThrow()
  const download = await acts.fetchCopy(link)
  expect(
    Buffer.from(await open(Buffer.from(await download.arrayBuffer())))
      .subarray(0, 4)
      .toString(),
  ).toBe('RIFF')
})
