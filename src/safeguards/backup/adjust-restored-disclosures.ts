import type { DedicatedConnection } from '#platform/database/copy.ts'

/**
 * Adjusts disclosures of a restored register (R27, R30, R33, R34) before the ledger is replayed. Packages are in no backup:
 * open ones cannot be downloaded. A signed copy without audio has ended for good, since somebody may have its bytes and a
 * second rendering must not exist.
 * @param copies anonymised copies whose audio the place had
 */
export async function adjustRestoredDisclosures(
  connection: DedicatedConnection,
  copies: readonly string[],
): Promise<void> {
  await connection.query(`
    update disclosure_package set ended_at = clock_timestamp(), end_why = case when ready_at is null then 'failed' else 'expired' end
    where ended_at is null`)
  await connection.query('update disclosure_package set removed_at = clock_timestamp() where removed_at is null')
  await connection.query(
    "update copy_hearing set ended_at = clock_timestamp(), end_why = 'session' where ended_at is null",
  )
  await connection.query(
    `update anonymised_copy set ended_at = clock_timestamp(), work = null
     where state = 'APPROVED' and ended_at is null and not (id = any ($1::uuid[]))`,
    [copies],
  )
  await connection.query(`
    update anonymised_copy set state = 'FAILED', failure = 'custodian-ended', failed_turn = null, rendering_at = null,
      rendered_at = null, sound_sha256 = null, sound_bytes = null, sound_ms = null
    where state in ('RENDERING', 'RENDERED') and ended_at is null`)
  await connection.query(
    `update anonymised_copy set sound_at = null, removed_at = case when ended_at is null then removed_at else coalesce(removed_at, clock_timestamp()) end
     where not (id = any ($1::uuid[])) and (sound_at is not null or ended_at is not null)`,
    [copies],
  )
}

/**
 * Returns, after the replay, the open disclosures to authorities that the ledger does not show as released. Each may have been
 * released shortly before the loss: a package to an authority is released without waiting for its entry in the backup places.
 * @returns numbers
 */
export async function possiblyReleasedDisclosures(connection: DedicatedConnection): Promise<string[]> {
  const rows = await connection.query<{ number: string }>(`
    select number from authority_disclosure
    where released_at is null and closed_at is null and outcome is distinct from 'REFUSED' order by number`)
  return rows.map(({ number }) => number)
}
