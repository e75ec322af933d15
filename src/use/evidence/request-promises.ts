/** Promises about requests: listening at an agreed office, and prohibitions that end the recording. */
import { sql } from 'kysely'
import { queryOne } from './evidence-queries.ts'
import { unloggedTimes } from './lost-times.ts'
import type { Check } from './promise.ts'

type InspectionFacts = {
  /** Appointments recorded as listened to. */
  heard: number
  /** Listening modes opened. */
  rooms: number
  /**
   * Listening modes opened outside the appointment's time or at another office, and appointments recorded as listened to too
   * early.
   */
  elsewhere: number
  /** Views for inspection in roles other than the Service Unit's and an official's. */
  others: number
  example: string | null
}

/** R45, R47. */
export const inspectionsAtOffice: Check<InspectionFacts> = {
  rule: 'Every listening mode was opened for an appointment, within its time and at a workstation of its office. No appointment was recorded as listened to before it began. Only the Service Unit, and officials of their own calls, viewed anything for an inspection.',
  test: {
    file: 'test/requests/room.test.ts',
    title: 'is opened by its host, at a workstation of its office, during the slot',
  },
  remedy:
    'The example is the id of an appointment or the number of an entry in the audit log. Ask the host where the requester listened. End a workstation that is not at its office, at the desk.',
  async check({ db }) {
    const row = await queryOne(
      db,
      sql<{
        heard: number
        rooms: number
        early: string[]
        elsewhere: string[]
        others: number[]
      }>`
        with rooms as (
          select a.id, e.at, s.starts_at, s.ends_at, s.office_id,
            (select w.office_id from workstation w where w.id::text = e.detail ->> 'workstation') as opened_at_office
          from audit_entry e join appointment a on a.id = e.object_id join office_slot s on s.id = a.slot_id
          where e.action = 'room.opened' and e.result = 'ok'
        )
        select
          (select count(*) from appointment a where a.state = 'HEARD') as heard,
          (select count(*) from rooms) as rooms,
          (select coalesce(array_agg(a.id), '{}') from appointment a join office_slot s on s.id = a.slot_id
            where a.state = 'HEARD' and a.ended_at < s.starts_at - interval '1 hour') as early,
          (select coalesce(array_agg(distinct r.id), '{}') from rooms r
            where r.at < r.starts_at - interval '1 hour' or r.at > r.ends_at or r.opened_at_office is distinct from r.office_id) as elsewhere,
          (select coalesce(array_agg(e.seq), '{}') from data_access e
            where e.purpose = 'INSPECTION' and e.role not in ('SERVICE_UNIT', 'OFFICIAL')) as others`,
    )
    const elsewhere = row.early.length + row.elsewhere.length
    return {
      holds: elsewhere === 0 && row.others.length === 0,
      facts: {
        heard: row.heard,
        rooms: row.rooms,
        elsewhere,
        others: row.others.length,
        example: row.elsewhere[0] ?? row.early[0] ?? row.others[0]?.toString() ?? null,
      },
    }
  },
}

type ProhibitionFacts = {
  prohibitions: number
  carriedOut: number
  waiting: number
  overdue: number
  /** Prohibitions recorded as carried out although the recording still exists. */
  standing: number
  /** Forbidden recordings that were served for development afterwards. */
  used: number
  /** Destroyed recordings with a key or a transcript left. */
  leftovers: number
  example: string | null
}

/** R49-R51. */
export const prohibitionsObeyed: Check<ProhibitionFacts> = {
  rule: 'Within an hour of its receipt, every prohibition has led to the destruction of its recording, or waits for a preservation order or an open request that is in the audit log. No prohibition is recorded as carried out while the recording exists. Nothing forbidden was served for development afterwards. No key of a destroyed recording and no transcript of its copy is left.',
  test: {
    file: 'test/ends/prohibition.test.ts',
    title: 'by its caller, through the Service Unit, long before the minimum, without giving a reason',
  },
  remedy:
    'The example is the id of a recording. The page of destruction shows what it waits for. If it is overdue, the custodian does not destroy recordings: read its log.',
  async check(context) {
    const row = await queryOne(
      context.db,
      sql<{
        prohibitions: number
        carried_out: number
        waiting: number
        overdue: string[]
        standing: string[]
        used: string[]
        leftovers: string[]
      }>`select * from prohibitions_obeyed(${await unloggedTimes(context)}::tstzmultirange)`,
    )
    const wrong = [...row.standing, ...row.used, ...row.overdue, ...row.leftovers]
    return {
      holds: wrong.length === 0,
      facts: {
        prohibitions: row.prohibitions,
        carriedOut: row.carried_out,
        waiting: row.waiting,
        overdue: row.overdue.length,
        standing: row.standing.length,
        used: row.used.length,
        leftovers: row.leftovers.length,
        example: wrong[0] ?? null,
      },
    }
  },
}
