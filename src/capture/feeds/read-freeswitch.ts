import type { DetailRecord, ReadRecord } from './detail-record.ts'
import { readFields, type Fields, type Mapping } from './read-fields.ts'
import type { SourceOptions } from './source-options.ts'

const profile = 'callflow.0.caller_profile'
const originatee = `${profile}.originatee.originatee_caller_profiles.0`
const mapping: Mapping = {
  callId: ['variables.call_uuid', 'variables.uuid', 'core-uuid'],
  legId: ['variables.uuid'],
  startedAt: ['variables.start_uepoch', 'variables.start_epoch', 'variables.start_stamp'],
  // What answers first may be a queue or an announcement: the official does when the two are bridged (R16).
  answeredAt: ['variables.bridge_uepoch', 'variables.bridge_epoch', 'variables.bridge_stamp'],
  endedAt: ['variables.end_uepoch', 'variables.end_epoch', 'variables.end_stamp'],
  duration: ['variables.duration'],
  caller: [`${profile}.caller_id_number`, 'variables.sip_from_user', 'variables.caller_id_number'],
  called: ['variables.sip_to_user', `${profile}.destination_number`, 'variables.destination_number'],
  reached: [`${profile}.destination_number`],
  official: [
    'variables.dialed_user',
    `${originatee}.destination_number`,
    'variables.last_sent_callee_id_number',
    'variables.callee_id_number',
  ],
  sipCallId: ['variables.sip_call_id'],
}

/** Fields nested deeper are none that a record is read by. */
const deepest = 8

/**
 * A record of FreeSWITCH's mod_json_cdr. The calling leg (a) tells the whole call, the called leg (b) nothing that the
 * other does not. Values are URL-encoded unless `encode-values` is off.
 */
export function readFreeswitch(value: unknown, options: SourceOptions): ReadRecord[] {
  const raw = flatten(value)
  if (raw['channel_data.direction'] === undefined && raw['variables.uuid'] === undefined)
    return [{ is: 'problem', reason: 'not-a-record' }]
  const fields = Object.fromEntries(Object.entries(raw).map(([name, text]) => [name, decoded(text)]))
  const isCalledLeg =
    fields['variables.originating_leg_uuid'] !== undefined ||
    fields['variables.originator'] !== undefined ||
    fields[`${profile}.originator.originator_caller_profiles.0.uuid`] !== undefined
  if (isCalledLeg) return [{ is: 'nothing' }]
  const read = readFields(fields, { ...options, mapping: { ...mapping, ...options.fields } })
  return read.is === 'record' ? [read, ...earlierTalks(fields, read.record, options)] : [read]
}

/**
 * The record has a profile for each time that the call was passed on, the latest first; the record itself tells of that one. Of
 * the others: with whom the caller was bridged, and from when until when.
 */
function earlierTalks(fields: Fields, whole: DetailRecord, options: SourceOptions): ReadRecord[] {
  const talks: ReadRecord[] = []
  for (let n = 1; fields[`callflow.${n}.times.bridged_time`] !== undefined; n++) {
    const flow = `callflow.${n}`
    const talk = readFields(fields, {
      ...options,
      isPart: true,
      mapping: {
        callId: mapping.callId!,
        legId: [`{variables.uuid} {${flow}.times.bridged_time}`],
        answeredAt: [`${flow}.times.bridged_time`],
        endedAt: [`${flow}.times.transfer_time`, `callflow.${n - 1}.times.profile_created_time`],
        official: [`${flow}.caller_profile.originatee.originatee_caller_profiles.0.destination_number`],
      },
    })
    const { answeredAt, endedAt, official, legId } = talk.is === 'record' ? talk.record : whole
    if (talk.is === 'record' && answeredAt && endedAt && official !== undefined)
      talks.push({ is: 'record', record: { ...whole, legId, answeredAt, endedAt, official } })
  }
  return talks
}

/** Nested values by their path: `callflow.0.caller_profile.caller_id_number`. */
export function flatten(value: unknown, path = '', depth = 0): Record<string, string> {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return { [path]: String(value) }
  if (typeof value !== 'object' || value === null || depth > deepest) return {}
  return Object.assign(
    {},
    ...Object.entries(value).map(([key, inner]) => flatten(inner, path === '' ? key : `${path}.${key}`, depth + 1)),
  ) as Fields
}

function decoded(text: string): string {
  if (!text.includes('%')) return text
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
