import type { ChannelEvent, DetailRecord, ReadRecord } from './detail-record.ts'
import type { Fields } from './read-fields.ts'
import { readTime } from './read-time.ts'
import { sharedIdsOf } from './read-fields.ts'
import { channelTime } from './read-asterisk.ts'
import type { SourceOptions } from './source-options.ts'

/** The others tell nothing of who spoke with whom; DTMF tells what a caller typed, and is nobody's business. */
const types = ['CHAN_START', 'BRIDGE_ENTER', 'BRIDGE_EXIT', 'HANGUP', 'LINKEDID_END'] as const

/** The order of cel_custom.conf's example; a file in another says its own in `columns`. */
export const celColumns = [
  'eventtype',
  'eventtime',
  'cidname',
  'cidnum',
  'cidani',
  'cidrdnis',
  'ciddnid',
  'exten',
  'context',
  'channame',
  'appname',
  'appdata',
  'amaflags',
  'acctcode',
  'uniqueid',
  'linkedid',
  'peer',
  'userfield',
  'userdeftype',
  'extra',
] as const

/** What of a manager's CEL event is kept; undefined for an event that tells nothing of who spoke with whom. */
export function keptOfEvent(fields: Fields): Fields | undefined {
  if (!isKnown(fields['EventName'] ?? '')) return undefined
  const wanted = ['EventName', 'EventTime', 'CallerIDnum', 'CallerIDdnid', 'Exten', 'Channel', 'UniqueID', 'LinkedID']
  return Object.fromEntries([...wanted, 'UserField', 'Extra'].map((name) => [name, fields[name] ?? '']))
}

/** An event of a channel, as a part of its call; what else happened is nothing. */
export function readCel(given: Fields, options: SourceOptions): ReadRecord {
  const fields = Object.fromEntries(Object.entries(given).map(([name, value]) => [name.toLowerCase(), value.trim()]))
  const told = (...names: string[]) => names.map((name) => fields[name] ?? '').find((text) => text !== '') ?? ''
  const type = told('eventtype', 'eventname').toUpperCase()
  if (type === '') return { is: 'problem', reason: 'not-a-record' }
  const extra = told('extra', 'eventextra')
  // Who is parked hears music, and nobody who is parked as well.
  if (!isKnown(type) || extra.includes('"holding_bridge"')) return { is: 'nothing' }
  const [channelId, callId] = [told('uniqueid'), told('linkedid')]
  if (channelId === '' || callId === '') return { is: 'problem', reason: 'id-missing' }
  const time = readTime(told('eventtime'), options.zone, { notBefore: channelTime(channelId) })
  if (time.is === 'problem') return { is: 'problem', reason: time.reason }
  if (time.is === 'none') return { is: 'problem', reason: 'time-missing' }
  const rewritten = (text: string) =>
    (options.rewrite ?? []).reduce((written, { from, to }) => written.replace(from, to), text) || undefined
  const bridge = /"bridge_id"\s*:\s*"([^"]+)"/.exec(extra)?.[1]
  const event: ChannelEvent = {
    type,
    at: time.at,
    channelId,
    channel: told('channame', 'channel'),
    bridge,
    caller: rewritten(told('cidnum', 'calleridnum')),
    // What was dialled stays with the call; the extension goes on with the dial plan, by way of `s` and `h`.
    called: rewritten(/\d{2}/.test(told('exten')) ? told('exten') : told('ciddnid', 'calleriddnid')),
  }
  const record: DetailRecord = {
    callId,
    legId: [channelId, type, told('eventtime'), event.bridge ?? ''].join(' '),
    sharedIds: sharedIdsOf(
      (options.fields.sipCallId ?? []).map((name) => fields[name.toLowerCase()] ?? '').join(''),
      [],
    ),
    event,
    // Channels that meet in a conference, or by a transfer, keep the ids of the calls that they came with.
    ...(bridge !== undefined && { knownAs: [`bridge:${bridge}`], refersTo: [`bridge:${bridge}`] }),
    ...(time.isDoubtful && { isDoubtful: true as const }),
  }
  return { is: 'record', record }
}

function isKnown(type: string): type is ChannelEvent['type'] {
  return (types as readonly string[]).includes(type)
}
