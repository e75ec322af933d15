import { sql, type Transaction } from 'kysely'
import { historyEndsAt, recordingTerms } from '#description/terms.ts'
import type { RegisterTables } from './tables.ts'

/** When no segment goes on any more the call has ended, and every term counts from there (R22, R25). */
export async function settleEnd(
  tx: Transaction<RegisterTables>,
  contact: { id: string; startedAt: Temporal.Instant },
  inferred: boolean,
): Promise<void> {
  const { live, lastEnd } = await tx
    .selectFrom('segment')
    .select((eb) => [
      sql<boolean>`bool_or(${eb.ref('ended_at')} is null)`.as('live'),
      eb.fn.max('ended_at').as('lastEnd'),
    ])
    .where('contact_id', '=', contact.id)
    .where('contact_started_at', '=', contact.startedAt)
    .executeTakeFirstOrThrow()
  const endedAt = live ? null : lastEnd
  await tx
    .updateTable('contact')
    .set({
      ended_at: endedAt,
      end_inferred: inferred && endedAt !== null,
      history_ends_at: endedAt && historyEndsAt(endedAt),
    })
    .where('id', '=', contact.id)
    .where('started_at', '=', contact.startedAt)
    .execute()
  if (!endedAt) return
  const recordings = await tx
    .selectFrom('recording')
    .select(['id', 'recording_months'])
    .where('contact_id', '=', contact.id)
    .where('state', 'in', ['CAPTURING', 'STORED'])
    // The months may be becoming fewer at this moment.
    .forUpdate()
    .execute()
  for (const recording of recordings) {
    const terms = recordingTerms(endedAt, recording.recording_months)
    await tx
      .updateTable('recording')
      .set({
        call_ended_at: endedAt,
        // A call that went on across a month's end may have an earlier floor than its first part gave it; a floor that
        // was promised stays (R23).
        min_keep_until: sql<Temporal.Instant>`greatest(min_keep_until, ${terms.minKeepUntil}::timestamptz)`,
        destroy_at: sql<Temporal.Instant>`greatest(min_keep_until, ${terms.destroyAt}::timestamptz)`,
        expiry_month: sql<Temporal.PlainDate>`coalesce(expiry_month, ${monthOf(terms.destroyAt)}::date)`,
      })
      .where('id', '=', recording.id)
      .execute()
  }
}

function monthOf(instant: Temporal.Instant): string {
  return instant.toZonedDateTimeISO('UTC').toPlainDate().with({ day: 1 }).toString()
}
