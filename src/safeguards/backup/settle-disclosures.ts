import type { OwnConnection } from '#platform/database/copy.ts'

/**
 * Disclosures of a restored register (R27, R30, R33, R34). Packages and the sound of anonymised copies lie in no backup: none that
 * was open can be fetched, none that was made can be heard. A copy that was signed has ended for good, for somebody may have its
 * bytes and another rendering would be a second one. @returns the numbers of those of which something may have left since
 */
export async function settleDisclosures(connection: OwnConnection): Promise<string[]> {
  await connection.query(`
    update disclosure_package set ended_at = clock_timestamp(), end_why = case when ready_at is null then 'failed' else 'expired' end
    where ended_at is null`)
  await connection.query('update disclosure_package set removed_at = clock_timestamp() where removed_at is null')
  await connection.query(
    "update copy_hearing set ended_at = clock_timestamp(), end_why = 'session' where ended_at is null",
  )
  await connection.query(`
    update anonymised_copy set ended_at = clock_timestamp(), work = null where state = 'APPROVED' and ended_at is null`)
  await connection.query(`
    update anonymised_copy set state = 'FAILED', failure = 'custodian-ended', failed_turn = null, rendering_at = null,
      rendered_at = null, sound_sha256 = null, sound_bytes = null, sound_ms = null
    where state in ('RENDERING', 'RENDERED') and ended_at is null`)
  await connection.query(`
    update anonymised_copy set sound_at = null, removed_at = case when ended_at is null then removed_at else coalesce(removed_at, clock_timestamp()) end
    where sound_at is not null or ended_at is not null`)
  // What was released by then is on the list of what is out. Of the rest nobody here knows.
  const rows = await connection.query<{ number: string }>(`
    select number from research_disclosure
    where released_at is null and withdrawn_at is null and outcome is distinct from 'REFUSED'
    union all
    select number from authority_disclosure
    where released_at is null and closed_at is null and outcome is distinct from 'REFUSED'
    order by number`)
  return rows.map(({ number }) => number)
}
