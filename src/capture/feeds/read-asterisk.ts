import { isPrivateName } from '#description/phone-numbers/withheld.ts'
import type { DetailRecord, ReadRecord } from './detail-record.ts'
import { readFields, type Fields, type Mapping } from './read-fields.ts'
import type { SourceOptions } from './source-options.ts'

/** Columns of Master.csv (cdr_csv), as Asterisk writes it with `loguniqueid` and `loguserfield` (cdr.conf). */
export const asteriskColumns = [
  'accountcode',
  'src',
  'dst',
  'dcontext',
  'clid',
  'channel',
  'dstchannel',
  'lastapp',
  'lastdata',
  'start',
  'answer',
  'end',
  'duration',
  'billsec',
  'disposition',
  'amaflags',
  'uniqueid',
  'userfield',
] as const

/** Source fields: names as in Master.csv and in CDR backends with column names, and names in the manager's Cdr event. */
const mapping: Mapping = {
  callId: ['linkedid', 'LinkedID', 'uniqueid', 'UniqueID'],
  startedAt: ['start', 'StartTime', 'calldate'],
  answeredAt: ['answer', 'AnswerTime'],
  endedAt: ['end', 'EndTime'],
  duration: ['duration', 'Duration'],
  talked: ['billsec', 'BillableSeconds'],
  caller: ['src', 'Source'],
  called: ['dst', 'Destination'],
}

/**
 * Reads a detail record of Asterisk: a line of Master.csv, or a Cdr event of its manager. A queue or an announcement can also
 * answer the channel, so an official has answered only if the record has a second channel (R16), as in a conference of two
 * parties.
 */
export function readAsteriskCdr(fields: Fields, options: SourceOptions): ReadRecord {
  const valuesOf = (...names: string[]) => names.map((name) => fields[name] ?? '').find((text) => text !== '') ?? ''
  const [callerChannel, channel] = [valuesOf('channel', 'Channel'), valuesOf('dstchannel', 'DestinationChannel')]
  const [app, data] = [valuesOf('lastapp', 'LastApplication'), valuesOf('lastdata', 'LastData')]
  // The other end of a call, which has its own record.
  if (app.startsWith('App') && data === '(Outgoing Line)') return { is: 'nothing' }
  const answered = valuesOf('disposition', 'Disposition').toUpperCase() === 'ANSWERED' && channel !== ''
  const unique = valuesOf('uniqueid', 'UniqueID')
  const queue = app === 'Queue' ? (data.split(',')[0] ?? '') : ''
  const isNamed = options.names?.has(queue) ?? false
  const own: Fields = {
    ...fields,
    ...(!answered && { answer: '', AnswerTime: '' }),
    'leg of channels': [unique, valuesOf('sequence'), channel, valuesOf('start', 'StartTime')]
      .filter(Boolean)
      .join(' '),
    'official of channel': answered ? deviceOf(channel) : '',
    // Without logged ids (cdr.conf loguniqueid=no) the channel's name and start time identify the call.
    'call of channel': [callerChannel, valuesOf('start', 'StartTime')].filter(Boolean).join(' '),
    'number of queue': isNamed ? queue : '',
    device: deviceOf(callerChannel),
  }
  const read = readFields(own, {
    ...options,
    sharedIds: [
      ...(options.sharedIds ?? []),
      ...recordId(unique, valuesOf('src', 'Source'), valuesOf('dst', 'Destination')),
    ],
    hint: channelTime(unique),
    mapping: {
      ...mapping,
      callId: [...(mapping.callId ?? []), 'call of channel'],
      legId: ['leg of channels'],
      called: ['number of queue', ...(mapping.called ?? [])],
      official: ['official of channel'],
      ...options.fields,
      ...(withholdsNumber(valuesOf('clid', 'CallerID')) && { caller: [] }),
    },
  })
  if (read.is !== 'record') return read
  const conferenceIds = app === 'ConfBridge' ? [`conference:${channel === '' ? callerChannel : channel}`] : []
  // A transfer can change the context from which the direction is read. A call that waited in a queue may still be incoming.
  const isByContext = ['dcontext', 'DestinationContext'].includes(options.incoming?.field ?? '')
  const record: DetailRecord = {
    ...read.record,
    ...(isByContext && app === 'Queue' && read.record.direction === 'outgoing' && { direction: undefined }),
    device: deviceOf(callerChannel),
    // A transfer can change `dst` in all records of the call, also in earlier ones.
    ...(!isNamed && !options.fields.called && { mayBeTransferred: { queue } }),
    ...(conferenceIds.length > 0 && (channel === '' ? { knownAs: conferenceIds } : { refersTo: conferenceIds })),
  }
  return { is: 'record', record }
}

/** Returns true if the name in `"name" <number>` asks for privacy (AC9). */
function withholdsNumber(callerId: string): boolean {
  return isPrivateName(
    callerId
      .replace(/<[^<]*$/, '')
      .replaceAll('"', '')
      .trim(),
  )
}

/**
 * Returns ids of a call that are the same in Master.csv, in the manager's events and in channel events: the channel's id with
 * caller and number, so that equal ids of two Asterisk servers remain two calls. A second id is without the number, which
 * queue_log lacks.
 */
export function recordId(channelId: string, caller: string, called: string): string[] {
  if (channelId === '') return []
  return [
    `asteriskRecord:${channelId} ${caller} ${called}`,
    ...(caller === '' ? [] : [`asteriskCaller:${channelId} ${caller}`]),
  ]
}

/** Returns the device, usually the official's number, from `PJSIP/1042-0000001a`, `SIP/1042-…` or `Local/1042@agents-0003;1`. */
export function deviceOf(channel: string): string {
  return /^[^/]+\/(.+?)(?:@.*)?(?:-[0-9a-f]+(?:;\d)?)?$/i.exec(channel)?.[1] ?? ''
}

/** Returns when a channel was created: its id begins with that second (`1793000123.57`), possibly after a system's name. */
export function channelTime(unique: string): Temporal.Instant | undefined {
  const seconds = /(?:^|-)(\d{10})\.\d+$/.exec(unique)?.[1]
  return seconds === undefined ? undefined : Temporal.Instant.fromEpochMilliseconds(Number(seconds) * 1000)
}
