import { isPrivateName, requestsPrivacy } from '#description/phone-numbers/withheld.ts'
import type { Bridge, Channel, DetailRecord, ReadRecord, Participation } from './detail-record.ts'
import { readFields, type Fields, type Mapping } from './read-fields.ts'
import { readTime } from './read-time.ts'
import type { SourceOptions } from './source-options.ts'

const profile = 'callflow.0.caller_profile'
const mapping: Mapping = {
  callId: ['variables.uuid', `${profile}.uuid`, 'variables.call_uuid'],
  startedAt: ['variables.start_uepoch', 'variables.start_epoch', 'variables.start_stamp'],
  // A queue or an announcement may have answered first; the official answers when the two channels are bridged (R16).
  answeredAt: ['variables.bridge_uepoch', 'variables.bridge_epoch', 'variables.bridge_stamp'],
  endedAt: ['variables.end_uepoch', 'variables.end_epoch', 'variables.end_stamp'],
  duration: ['variables.duration'],
  // The original caller: a transfer may swap the parties of a later profile.
  caller: ['oldest.caller_profile.caller_id_number', 'variables.sip_from_user', 'variables.caller_id_number'],
  // From the request URI, not from To, which the caller can choose freely.
  called: [
    'variables.sip_req_user',
    'oldest.caller_profile.destination_number',
    `${profile}.destination_number`,
    'variables.destination_number',
    'variables.sip_to_user',
  ],
  reached: [`${profile}.destination_number`],
  sipCallId: ['variables.sip_call_id'],
}
/** Fields with the party of an outgoing channel. */
const ownNumber = ['variables.dialed_user', 'oldest.caller_profile.destination_number', 'variables.sip_to_user']

/** Maximum number of profiles read per channel. A channel gets a new profile when it is transferred or connected. */
const maxProfiles = 50
/** Maximum depth of nesting that is read. */
const maxDepth = 8

/**
 * Reads a record of FreeSWITCH's mod_json_cdr, which describes one channel: its bridges with their times, and its conferences.
 * Only incoming channels are calls. Values are URL-encoded unless `encode-values` is off.
 */
export function readFreeswitch(value: unknown, options: SourceOptions): ReadRecord[] {
  const raw = flatten(value)
  const isInbound =
    (raw['channel_data.direction'] ?? raw['variables.direction']) !== 'outbound' &&
    // Halves of FreeSWITCH's internal loopback channels are not incoming: they have no caller.
    raw['variables.originating_leg_uuid'] === undefined &&
    raw['variables.loopback_leg'] === undefined
  if (raw['channel_data.direction'] === undefined && raw['variables.uuid'] === undefined)
    return [{ is: 'problem', reason: 'not-a-record' }]
  const profiles = Math.min(maxProfiles, 1 + highestIndex(Object.keys(raw), /^callflow\.(\d+)\./))
  const fields: Record<string, string> = {}
  for (const [name, text] of Object.entries(raw)) {
    // If FreeSWITCH is registered at a trunk, the request URI has the gateway's name (`gw+…`) instead of the number called.
    if (name === 'variables.sip_req_user' && decoded(text).startsWith('gw+')) continue
    fields[name] = decoded(text)
    if (name.startsWith(`callflow.${profiles - 1}.`)) fields[name.replace(/^callflow\.\d+/, 'oldest')] = decoded(text)
  }
  const read = readFields(fields, {
    ...options,
    isPart: !isInbound,
    mapping: {
      ...mapping,
      ...{ official: isInbound ? [] : ownNumber, ...options.fields },
      ...(withholdsNumber(fields) && { caller: [] }),
    },
  })
  if (read.is !== 'record') return [read]
  const channel = channelOf(fields, read.record, { isInbound, profiles, options })
  const own = channel.id
  const refersTo = [
    ...channel.originatedFor,
    ...channel.bridges.map((bridge) => bridge.with),
    ...[...channel.threeWays, ...channel.conferences].map(({ id }) => id),
    fields['variables.other_loopback_leg_uuid'] ?? '',
  ].filter((id) => id !== '' && id !== own)
  return [{ is: 'record', record: { ...read.record, legId: own, channel, knownAs: [own], refersTo } }]
}

/** Returns true if the caller asked for privacy: the caller id is then the number that the network asserted (AC9). */
function withholdsNumber(fields: Fields): boolean {
  const value = (name: string) => fields[name]?.trim() ?? ''
  return (
    requestsPrivacy(value('variables.sip_Privacy')) ||
    /;\s*privacy=(?:full|uri)\b/i.test(value('variables.sip_Remote-Party-ID')) ||
    /^anonymous$/i.test(value('variables.sip_from_user')) ||
    /^anonymous\.invalid$/i.test(value('variables.sip_from_host')) ||
    [value('variables.sip_from_display'), value('oldest.caller_profile.caller_id_name')].some(isPrivateName)
  )
}

function channelOf(
  fields: Fields,
  record: DetailRecord,
  { isInbound, profiles, options }: { isInbound: boolean; profiles: number; options: SourceOptions },
): Channel {
  const field = (name: string) => fields[name]?.trim() ?? ''
  const instant = (name: string) => {
    const time = readTime(field(name) === '0' ? '' : field(name), options.zone, {})
    return time.is === 'at' ? time.at : undefined
  }
  /** Returns the number in the first field with a value, as readFields does: rewritten, or looked up in `options.names`. */
  const numberIn = (...fieldNames: string[]) => {
    const read = readFields(fields, {
      ...options,
      isPart: true,
      mapping: { callId: mapping.callId!, official: fieldNames },
    })
    return read.is === 'record' ? read.record.official : undefined
  }
  const bridges: Bridge[] = []
  const originatedFor = ['originating_leg_uuid', 'cc_member_session_uuid'].map((name) => field(`variables.${name}`))
  for (let n = 0; n < profiles; n++) {
    const flow = `callflow.${n}`
    const from = instant(`${flow}.times.bridged_time`)
    // After a transfer the profile of the receiving channel names the originator, that of the transferring channel the originatee.
    const partner = ['originatee', 'originator']
      .map((side) => `${flow}.caller_profile.${side}.${side}_caller_profiles.0`)
      .find((path) => field(`${path}.uuid`) !== '' || field(`${path}.destination_number`) !== '')
    if (!from || partner === undefined) continue
    if (partner.includes('.originator.')) originatedFor.push(field(`${partner}.uuid`))
    bridges.push({
      with: field(`${partner}.uuid`),
      number: numberIn(...(n === 0 ? (options.fields.official ?? []) : []), `${partner}.destination_number`),
      reached: numberIn(`${flow}.caller_profile.destination_number`),
      from,
      until:
        instant(`${flow}.times.transfer_time`) ??
        (n > 0 ? instant(`callflow.${n - 1}.times.profile_created_time`) : undefined),
    })
  }
  // Older releases write all profiles under the same key, so that parsed JSON has only one, possibly without the bridge.
  if (bridges.length === 0 && record.answeredAt)
    bridges.push({
      with: field('variables.bridge_uuid') || field('variables.last_bridge_to'),
      number: numberIn(
        ...(options.fields.official ?? []),
        ...['dialed_user', 'last_sent_callee_id_number', 'callee_id_number'].map((name) => `variables.${name}`),
      ),
      ...{ reached: undefined, from: record.answeredAt, until: undefined },
    })
  return {
    ...{ id: record.callId, isInbound, bridges, originatedFor: originatedFor.filter((id) => id !== '') },
    number: isInbound ? record.caller : record.official,
    ...participationsOf(fields, instant),
  }
}

function highestIndex(names: readonly string[], pattern: RegExp): number {
  return names.reduce((max, name) => Math.max(max, Number(pattern.exec(name)?.[1] ?? -1)), -1)
}

/** Returns a channel's times in conferences and three-way calls. An application without a time begins with the last profile. */
function participationsOf(
  fields: Fields,
  instant: (name: string) => Temporal.Instant | undefined,
): Pick<Channel, 'conferences' | 'threeWays'> {
  const conferences: Participation[] = []
  const threeWays: Participation[] = []
  const conference = fields['variables.conference_uuid'] ?? ''
  for (let n = 0; fields[`app_log.applications.${n}.app_name`] !== undefined; n++) {
    const app = `app_log.applications.${n}`
    const from = instant(`${app}.app_stamp`) ?? instant('callflow.0.times.profile_created_time')
    const until = instant(`app_log.applications.${n + 1}.app_stamp`)
    const [name, data] = [fields[`${app}.app_name`], fields[`${app}.app_data`] ?? '']
    if (!from || conferences.length + threeWays.length >= maxProfiles) continue
    if (name === 'three_way' && data !== '') threeWays.push({ id: data.trim(), from, until })
    if (name === 'conference' && conference !== '') conferences.push({ id: `conference:${conference}`, from, until })
  }
  return { conferences, threeWays }
}

/** Returns nested values by path, such as `callflow.0.caller_profile.caller_id_number`. */
export function flatten(value: unknown, path = '', depth = 0): Record<string, string> {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return { [path]: String(value) }
  if (typeof value !== 'object' || value === null || depth > maxDepth) return {}
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
