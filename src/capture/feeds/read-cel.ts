import type { ChannelEvent, DetailRecord, ReadRecord } from './detail-record.ts'
import type { Fields } from './read-fields.ts'
import { readTime } from './read-time.ts'
import { sharedIdsOf } from './read-fields.ts'
import { channelTime } from './read-asterisk.ts'
import type { SourceOptions } from './source-options.ts'

/** Event types that show who spoke with whom. Others are not read, in particular not DTMF, which has what a caller typed. */
const types = ['CHAN_START', 'BRIDGE_ENTER', 'BRIDGE_EXIT', 'HANGUP', 'LINKEDID_END'] as const

/** Column order of cel_custom.conf's example; for another order set `columns`. */
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

/** Returns the fields to store of a manager's CEL event; undefined for an event that does not show who spoke with whom. */
export function storedFields(fields: Fields): Fields | undefined {
  if (!isKnown(fields['EventName'] ?? '')) return undefined
  const wanted = ['EventName', 'EventTime', 'CallerIDnum', 'CallerIDdnid', 'Exten', 'Channel', 'UniqueID', 'LinkedID']
  return Object.fromEntries([...wanted, 'UserField', 'Extra'].map((name) => [name, fields[name] ?? '']))
}

/** Reads a channel event as a part of its call; other events are `nothing`. */
export function readCel(given: Fields, options: SourceOptions): ReadRecord {
  const fields = Object.fromEntries(Object.entries(given).map(([name, value]) => [name.toLowerCase(), value.trim()]))
  const valuesOf = (...names: string[]) => names.map((name) => fields[name] ?? '').find((text) => text !== '') ?? ''
  const type = valuesOf('eventtype', 'eventname').toUpperCase()
  if (type === '') return { is: 'problem', reason: 'not-a-record' }
  const extra = valuesOf('extra', 'eventextra')
  // Holding bridges are skipped: a parked party hears music, not the other parked parties.
  if (!isKnown(type) || extra.includes('"holding_bridge"')) return { is: 'nothing' }
  const [channelId, callId] = [valuesOf('uniqueid'), valuesOf('linkedid')]
  if (channelId === '' || callId === '') return { is: 'problem', reason: 'id-missing' }
  const time = readTime(valuesOf('eventtime'), options.zone, { notBefore: channelTime(channelId) })
  if (time.is === 'problem') return { is: 'problem', reason: time.reason }
  if (time.is === 'none') return { is: 'problem', reason: 'time-missing' }
  const rewritten = (text: string) =>
    (options.rewrite ?? []).reduce((written, { from, to }) => written.replace(from, to), text) || undefined
  const bridge = /"bridge_id"\s*:\s*"([^"]+)"/.exec(extra)?.[1]
  const event: ChannelEvent = {
    type,
    at: time.at,
    channelId,
    channel: valuesOf('channame', 'channel'),
    bridge,
    caller: rewritten(valuesOf('cidnum', 'calleridnum')),
    // The extension if it is a number; the dial plan can change it to `s` or `h`, then the dialled number.
    called: rewritten(/\d{2}/.test(valuesOf('exten')) ? valuesOf('exten') : valuesOf('ciddnid', 'calleriddnid')),
  }
  const record: DetailRecord = {
    callId,
    legId: [channelId, type, valuesOf('eventtime'), event.bridge ?? ''].join(' '),
    sharedIds: sharedIdsOf(
      (options.fields.sipCallId ?? []).map((name) => fields[name.toLowerCase()] ?? '').join(''),
      [],
    ),
    event,
    // Links calls that share a bridge: after a conference or a transfer, channels keep the ids of their original calls.
    ...(bridge !== undefined && { knownAs: [`bridge:${bridge}`], refersTo: [`bridge:${bridge}`] }),
    ...(time.isDoubtful && { isDoubtful: true as const }),
  }
  return { is: 'record', record }
}

function isKnown(type: string): type is ChannelEvent['type'] {
  return (types as readonly string[]).includes(type)
}
